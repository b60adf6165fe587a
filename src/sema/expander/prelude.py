"""The standard macros that need nothing but forms.

They are ordinary global values, which the interpreter puts into every environment, and anyone may
define their names anew. Their operands are forms, and their binding pairs lists or vectors.
"""

from __future__ import annotations

from sema.errors import CompileError
from sema.expander import primitives
from sema.expander.forms import Form, Parts, is_sequence
from sema.expander.gensym import fresh_symbol
from sema.expander.macros import Macro
from sema.vm.values import Pair, Symbol, intern_keyword, intern_symbol, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BUILTIN_MACROS: dict[str, Macro] = {}
"""The standard macros by name."""

CONVERT = intern_keyword("convert")
RAW = intern_keyword("raw")


def _builtin_macro(
    name: str, min_args: int, max_args: int | None = None
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def enter(transformer: Callable[..., object]) -> Callable[..., object]:
        BUILTIN_MACROS[name] = Macro(
            name, transformer, min_args, max_args, transformer.__doc__ or ""
        )
        return transformer

    return enter


def _form(*parts: Form) -> Form:
    """A list form."""
    return make_list(parts)


def _use(name: str, *operands: Form) -> Form:
    """A use of a special form, macro or function."""
    return make_list([intern_symbol(name), *operands])


def _binding(who: str, form: Form, least: int = 2, most: int = 2) -> Parts:
    if not is_sequence(form):
        raise CompileError(f"{who}: expected a list")
    parts: Parts = list(form)
    if not least <= len(parts) <= most:
        raise CompileError(f"{who}: binding must have {least} elements")
    return parts


def _thread_first(value: Form, form: Form) -> Form:
    if type(form) is Pair:
        return _form(form.first, value, *form.rest)
    return _form(form, value)


@_builtin_macro("->", 1)
def thread_first(value: Form, *forms: Form) -> Form:
    """(-> value form ...): each result becomes the first argument of the next form."""
    for form in forms:
        value = _thread_first(value, form)
    return value


@_builtin_macro("->>", 1)
def thread_last(value: Form, *forms: Form) -> Form:
    """(->> value form ...): each result becomes the last argument of the next form."""
    for form in forms:
        value = _form(*form, value) if type(form) is Pair else _form(form, value)
    return value


@_builtin_macro("as->", 2)
def thread_as(value: Form, name: Form, *forms: Form) -> Form:
    """(as-> value name form ...): each form sees the result before it as the name."""
    bindings = [_form(name, each) for each in (value, *forms)]
    return _use("let*", make_list(bindings), name)


@_builtin_macro("some->", 1)
def thread_some(value: Form, *forms: Form) -> Form:
    """(some-> value form ...): like ->, but stops with nil at a value that is nil."""
    if not forms:
        return value
    kept = fresh_symbol("v")
    going_on = _use("some->", _thread_first(kept, forms[0]), *forms[1:])
    return _use("let", _form(_form(kept, value)), _use("if", _use("nil?", kept), None, going_on))


@_builtin_macro("when-let", 1)
def when_let(binding: Form, *body: Form) -> Form:
    """(when-let (name value) form ...): the forms, with the name bound, unless it is nil."""
    name, value = _binding("when-let", binding)
    then = _use("begin", *body)
    if type(name) is Symbol:
        test = _use("if", _use("nil?", name), None, then)
        return _use("let", _form(_form(name, value)), test)
    kept = fresh_symbol("v")
    then = _use("let", _form(_form(name, kept)), then)
    return _use("let", _form(_form(kept, value)), _use("if", _use("nil?", kept), None, then))


@_builtin_macro("if-let", 3, 3)
def if_let(binding: Form, then: Form, otherwise: Form) -> Form:
    """(if-let (name value) then else): then, with the name bound, unless it is nil."""
    name, value = _binding("if-let", binding)
    kept = fresh_symbol("v")
    bound = _use("let", _form(_form(name, kept)), then)
    test = _use("if", _use("nil?", kept), otherwise, bound)
    return _use("let", _form(_form(kept, value)), test)


@_builtin_macro("guard", 1)
def guard(binding: Form, *body: Form) -> Form:
    """(guard (name clause ...) form ...): the forms; the clauses, as of cond, handle errors."""
    if not is_sequence(binding) or len(binding) == 0:
        raise CompileError("guard: expected (var clause...)")
    name, *clauses = binding
    caught = fresh_symbol("caught")
    handled = _use("cond", *clauses, _use("else", _use(primitives.RETHROW, caught)))
    raised = _use(primitives.RAISED, caught)
    handler = _use("catch", caught, _use("let", _form(_form(name, raised)), handled))
    return _use("try", *body, handler)


@_builtin_macro("parameterize", 1)
def parameterize(bindings: Form, *body: Form) -> Form:
    """(parameterize ((parameter value) ...) form ...): the forms, with other values."""
    if not is_sequence(bindings):
        raise CompileError("parameterize: expected a list")
    evaluated: Parts = []
    converted, saved, entries, exits = [], [], [], []
    for binding in bindings:
        parameter, value = fresh_symbol("parameter"), fresh_symbol("value")
        new, old = fresh_symbol("new"), fresh_symbol("old")
        evaluated += map(_form, (parameter, value), _binding("parameterize", binding))
        converted.append(_form(new, _form(parameter, value, CONVERT)))
        saved.append(_form(old, _form(parameter)))
        entries.append(_form(parameter, new, RAW))
        exits.append(_form(parameter, old, RAW))
    guarded = _use("try", *entries, _use("let", _form(), *body), _use("finally", *exits))
    inner = _use("let", _form(*converted), _use("let", _form(*saved), guarded))
    return _use("let", _form(*evaluated), inner)


def _with_stream(who: str, binding: Form, body: Parts) -> Form:
    name, stream = _binding(who, binding)
    kept = fresh_symbol("stream")
    used = _use("let", _form(_form(name, kept)), *body)
    guarded = _use("try", used, _use("finally", _use("stream/close", kept)))
    return _use("let", _form(_form(kept, stream)), guarded)


@_builtin_macro("with-stream", 1)
def with_stream(binding: Form, *body: Form) -> Form:
    """(with-stream (name stream) form ...): the forms; then, in any case, closes the stream."""
    return _with_stream("with-stream", binding, list(body))


@_builtin_macro("with-open", 1)
def with_open(binding: Form, *body: Form) -> Form:
    """(with-open (name stream) form ...): the forms; then, in any case, closes the stream."""
    return _with_stream("with-open", binding, list(body))


@_builtin_macro("dotimes", 1)
def dotimes(binding: Form, *body: Form) -> Form:
    """(dotimes (name n) form ...): the forms with the name from 0 to n - 1."""
    name, n = _binding("dotimes", binding)
    step = _form(name, 0, _use("+", name, 1))
    return _use("do", _form(step), _form(_use("=", name, n), None), *body)


@_builtin_macro("for-range", 1)
def for_range(binding: Form, *body: Form) -> Form:
    """(for-range (name start end [step]) form ...): the forms as long as the name is below end."""
    name, start, end, *step = _binding("for-range", binding, 3, 4)
    loop = _form(name, start, _use("+", name, *(step or [1])))
    test = _use("not", _use("<", name, end))
    return _use("do", _form(loop), _form(test, None), *body)
