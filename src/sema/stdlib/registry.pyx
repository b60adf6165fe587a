# cython: language_level=3
"""The builtins: each declared once, with name, arity, doc string and example.

A family is a module of this package. It declares its builtins when it is loaded, and it is loaded
when one of its names (see ``index.py``) is first asked for. Names, completion, documentation,
arity errors and the sandbox all go by these declarations. Names that begin with ``__vm-`` are
primitives, which only the system itself calls.

Functions in C are declared with ``declare`` (see ``registry.pxd``), functions in Python with
:func:`builtin`, others, such as those of the prelude, with :func:`declare_elsewhere`.
Each has a signature (``signature.py``), from which its arity follows.
"""

from importlib import import_module
from time import perf_counter_ns

from sema.stdlib.index import INDEX
from sema.vm.limits import Unlimited
from sema.vm.values cimport Builtin, CEntry

STARTED = perf_counter_ns()

cdef dict declarations = {}
cdef str loading = ""


cdef class Declaration:
    """What is known of one builtin. ``value`` is None for one that is defined elsewhere."""

    cdef readonly str name
    cdef readonly tuple aliases
    cdef readonly int min_args
    cdef readonly int max_args
    cdef readonly str doc
    cdef readonly str example
    cdef readonly object capability
    cdef readonly str tier
    cdef readonly str family
    cdef readonly object value
    cdef str signature
    cdef list known_parameters

    @property
    def parameters(self):
        """What it takes, one after the other; None for a variable."""
        if self.known_parameters is None and self.signature is not None:
            from sema.stdlib.signature import parse_signature
            self.known_parameters = parse_signature(self.signature)
        return self.known_parameters

    @property
    def call_form(self):
        """How it is called, such as ``(take n:count seq:elements)``; a variable's name."""
        if self.parameters is None:
            return self.name
        return f"({' '.join([self.name, *map(str, self.parameters)])})"

    def __repr__(self):
        return f"<declaration of {self.name}>"


cdef (int, int) arity_of(str signature):
    """The least and the most arguments that a signature's text allows, -1 for no limit.

    The text itself is parsed only when somebody wants to see it.
    """
    cdef int n = 0, n_optional = 0
    cdef Py_UCS4 before = u" ", char
    for char in signature:
        if before == u" ":
            n += 1
            n_optional += char == u"["
        before = char
    if before == u".":
        return n - 1 - n_optional, -1
    return n - n_optional, n


cdef Declaration enter(
    str name, tuple aliases, int min_args, int max_args, str doc, str example, value,
    str signature=None, capability=None, str tier="T1",
):
    cdef Declaration made = Declaration.__new__(Declaration)
    made.name = name
    made.aliases = aliases
    made.min_args = min_args
    made.max_args = max_args
    made.signature = signature
    made.doc = doc
    made.example = example
    made.capability = capability
    made.tier = tier
    made.family = INDEX.get(name) or loading
    made.value = value
    for spelling in (name, *aliases):
        declarations[spelling] = made
    return made


cdef int declare(
    CEntry entry, str name, str signature, str doc, str example,
    tuple aliases=(), bint spreads=False, str reported=None, str tier="T1",
) except -1:
    """Declare a builtin in C; it checks its arguments itself.

    ``reported`` is what arity errors call it, if that is not its name.
    """
    min_args, max_args = arity_of(signature)
    cdef Builtin made = Builtin(name, None, min_args, max_args, doc, spreads)
    made.entry = entry
    if reported is not None:
        made.reported = reported
    enter(name, aliases, min_args, max_args, doc, example, made, signature, None, tier)
    return 0


def builtin(name, *, doc, example, aliases=(), capability=None, tier="T1", spreads=False,
            blocking=False, waits=False, owned=False):
    """Declare the decorated Python function as a builtin.

    Its parameters give the arity, their annotations what is checked before it is called
    (``signature.py``). ``capability`` is what a sandbox must grant for it, one word or several.
    One that is ``blocking`` waits for the world outside: where other tasks
    could go on meanwhile it is called in a thread of its own. One that ``waits`` may return a
    promise, whose outcome the caller then waits for. One that is ``owned`` gets as an argument in
    front of the others what the namespaces of the running interpreter share.
    """
    from sema.stdlib.signature import checks_of, signature_of

    def declare_function(function):
        cdef Declaration made
        parameters = signature_of(function)[owned:]
        max_args = len(parameters)
        min_args = max_args - len(function.__defaults__ or ())
        if parameters and parameters[-1].is_rest:
            min_args -= 1
            max_args = -1
        value = Builtin(name, function, min_args, max_args, doc, spreads,
                        checks_of(parameters, name), blocking, waits, owned)
        made = enter(
            name, aliases, min_args, max_args, doc, example, value, None, capability, tier)
        made.known_parameters = parameters
        # A family that imports another one loads it as well.
        made.family = function.__module__.rpartition(".")[2]
        return function

    return declare_function


def declare_constant(name, value, doc, example, aliases=(), tier="T1", capability=None):
    """Declare a variable of the library."""
    cdef Declaration made = enter(
        name, aliases, 0, 0, doc, example, value, None, capability, tier)
    made.family = INDEX.get(name, loading)


def declare_elsewhere(name, aliases, signature, doc, example, capability=None, tier="T1"):
    """Declare a function that ``prelude.sema`` defines, or that each namespace has its own of."""
    min_args, max_args = arity_of(signature)
    enter(name, aliases, min_args, max_args, doc, example, None, signature, capability, tier)


def declaration(str name):
    """The declaration of a builtin, or None; loads its family if need be."""
    global loading
    found = declarations.get(name)
    if found is not None:
        return found
    family = INDEX.get(name)
    if family is None:
        return None
    previous, loading = loading, family
    try:
        with Unlimited():
            import_module(f"sema.stdlib.{family}")
    finally:
        loading = previous
    return declarations.get(name)


def find(str name):
    """The value of a builtin, or None if there is none of that name outside the prelude."""
    cdef Declaration found = declaration(name)
    return None if found is None else found.value


def names():
    """All names of the library, the hidden primitives among them; loads nothing."""
    return INDEX.keys()


def declared_by(str family):
    """What one family declares, by name; loads it."""
    for name, module in INDEX.items():
        if module == family:
            declaration(name)
            break
    return {name: found for name, found in declarations.items() if found.family == family}
