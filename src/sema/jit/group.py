"""A group: a hot function and what it calls, compiled together.

Inside a group calls are plain machine calls that LLVM may inline; functions are compiled once for
each list of argument kinds they are called with (a *version*). A group is thrown away as a whole
when an operator in its code is redefined, or to be compiled anew with what its exits taught.
"""

from __future__ import annotations

from array import array
from time import perf_counter

from llvmlite import ir

from sema.jit.bytecode import Instruction, decode
from sema.jit.compilation import Compilation
from sema.jit.kinds import ANY, INT, NAME, PAIR, VECTOR, Function, Native, join
from sema.jit.links import Links
from sema.jit.locations import Locations
from sema.jit.runtime import CFunctions, Helpers
from sema.jit.values import I64, POINTER, RESULT, is_reference, type_of_kind
from sema.jit.walk import Walk
from sema.jit.wrapper import write_wrapper
from sema.vm import native
from sema.vm.code import Code, Patch
from sema.vm.values import Builtin, Closure, Keyword, Pair, Symbol, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sema.jit import Jit
    from sema.jit.kinds import Kind
    from sema.jit.llvm import Engine
    from sema.jit.store import Store

_KINDS = {Pair: PAIR, Vector: VECTOR, Symbol: NAME}
MOST_VERSIONS = 48
MOST_INSTRUCTIONS = 4000
MOST_VERSIONS_OF_ONE = 4
MOST_EXITS = 1 << 14


class Version:
    """A function compiled for certain kinds of what its registers hold at the beginning.

    ``start`` is where it begins: 0, or the head of a loop that the interpreter is in. ``ret`` is
    the kind of its value, None while none is known. It ``owns`` the
    running closure if it was called in tail position, by a frame that is gone.
    """

    def __init__(
        self,
        code: Code,
        start: int,
        entry: tuple[tuple[int, Kind], ...],
        closure: Closure | None,
        owns: bool = False,
    ) -> None:
        self.owns = owns
        self.code = code
        self.start = start
        self.entry = entry
        self.closure = closure
        self.ret: Kind | None = None
        self.boxed = False
        self.name = ""
        self.function: Any = None
        self.tail_calls: list[Version] = []
        self.walk: Walk | None = None

    @property
    def returns_int(self) -> bool:
        """Whether it returns a shifted integer rather than a word."""
        return self.ret == INT and not self.boxed

    def note_return(self, kind: Kind) -> None:
        self.ret = kind if self.ret is None else join(self.ret, kind)

    def note_tail_call(self, callee: Version) -> None:
        self.tail_calls.append(callee)


class Exit:
    """A place where machine code leaves; ``number`` is that of its counter, which counts down from
    ``allowance``."""

    def __init__(
        self,
        group: Group,
        number: int,
        version: Version,
        offset: int,
        reason: str,
        register: int,
        allowance: int,
    ) -> None:
        self.group = group
        self.number = number
        self.version = version
        self.code = version.code
        self.start = version.start
        self.offset = offset
        self.reason = reason
        self.register = register
        self.allowance = allowance
        self.known = self.feedback
        group.counters[number] = allowance

    @property
    def feedback(self) -> list[Any]:
        """What is known of the place; ``known`` is what was when the code was written."""
        feedback = self.code.feedback or {}
        offset = self.offset
        entry = "entry", self.start, self.register
        places = ("operands", offset), ("callee", offset), ("result", offset), entry
        return [feedback.get(place) for place in places]

    @property
    def count(self) -> int:
        """How often machine code has left here."""
        return self.allowance - self.group.counters[self.number]

    @property
    def address(self) -> int:
        """Where its counter is."""
        return self.group.counters.buffer_info()[0] + 8 * self.number

    def refill(self, more: int) -> None:
        """Let it happen so many times more before something is done about it."""
        self.allowance += more - self.group.counters[self.number]
        self.group.counters[self.number] = more

    def forget(self) -> None:
        """Begin to count at nothing."""
        self.allowance = self.group.counters[self.number]


class Group:
    """The machine code of a root version and all versions that it calls."""

    def __init__(self, jit: Jit, code: Code, start: int, patch_offset: int) -> None:
        self.jit = jit
        self.root_code = code
        self.start = start
        self.patch_offset = patch_offset
        self.alive = False
        self._is_invalid = False
        self.addresses = jit.addresses
        self.versions: list[Version] = []
        self.module: ir.Module = ir.Module(name=f"sema.{code.name or 'lambda'}")
        self.locations = Locations(self.module) if jit.shown is not None else None
        self.exits: list[Exit] = []
        self.counters = array("q", bytes(8 * MOST_EXITS))
        self.entered = array("q", [0])
        self._flag = array("q", [1])
        self.codes: set[Code] = set()
        self.seconds: dict[str, float] = {}
        self.size = 0
        self._kept: dict[int, Any] = {}
        self._decoded: dict[Code, dict[int, Instruction] | None] = {}
        self._functions = CFunctions(self.module, self.addresses)
        self.links = Links(self.module)
        self._helpers = Helpers(self.module, self._functions, self.links)
        self._size = 0
        self._engine: Engine | None = None

    @property
    def alive_address(self) -> int:
        """The address of a word that is zero when the group is out of use."""
        return self._flag.buffer_info()[0]

    @property
    def counters_address(self) -> int:
        """The address of the exits' counters, of 8 bytes each."""
        return self.counters.buffer_info()[0]

    # --- What walks ask --------------------------------------------------------------------------

    def instructions(self, code: Code) -> dict[int, Instruction] | None:
        """A function's instructions; None if it cannot be compiled."""
        if code not in self._decoded:
            self._decoded[code] = decode(code)
        return self._decoded[code]

    def version(
        self,
        code: Code,
        start: int,
        entry: tuple[tuple[int, Kind], ...],
        closure: Closure | None,
        owns: bool = False,
    ) -> Version | None:
        """The version for these kinds, made if there is room for it in the group."""
        if code not in self.codes:
            self.jit.adopt(code)
        entry = self.jit.widened(code, start, entry)
        # A version for each keyword would be too many.
        entry = tuple((r, ANY if _is_keyword(kind) else kind) for r, kind in entry)
        instructions = self.instructions(code)
        if instructions is None:
            return None
        for known in self.versions:
            if (
                known.code is code
                and known.start == start
                and known.entry == entry
                and known.closure is closure
                and known.owns == owns
            ):
                return known
        of_one = [v for v in self.versions if v.code is code and v.start == start]
        if len(of_one) >= MOST_VERSIONS_OF_ONE:
            general = tuple((register, ANY) for register, _ in entry)
            if entry != general or closure is not None:
                return self.version(code, start, general, None, owns)
        too_many = len(self.versions) >= MOST_VERSIONS
        if self.versions and (too_many or self._size + len(instructions) > MOST_INSTRUCTIONS):
            return None
        self._size += len(instructions)
        made = Version(code, start, entry, closure, owns)
        if closure is not None:
            self.keep(closure)
        self.codes.add(code)
        self.versions.append(made)
        return made

    def remembered(self, code: Code, i: Instruction) -> Kind | None:
        """What a patched call site has seen, if it is one callee or one lambda."""
        if i.form not in ("_MONO", "_CODE", "_NATIVE"):
            return None
        known = code.known_at(i.offset)
        kind = self.kind_of_object(known[0]) if len(known) == 1 else None
        return None if isinstance(kind, str) else kind

    def kind_of_object(self, value: Any) -> Kind:
        """The kind of an object that is known."""
        if isinstance(value, Closure):
            return Function(native.code_of(value), value)
        if isinstance(value, (Builtin, Keyword)):
            return Native(value)
        if isinstance(value, Code):
            return Function(value)
        return _KINDS.get(type(value), ANY)

    def keep(self, value: Any) -> None:
        """Keep an object whose address is in the code."""
        self._kept[id(value)] = value

    def kept(self) -> list[Any]:
        """The objects whose addresses are in the code."""
        return list(self._kept.values())

    def exit(self, version: Version, offset: int, reason: str, register: int) -> int:
        """The number of a new exit, which is that of its counter."""
        number = len(self.exits)
        if number >= MOST_EXITS:
            raise OverflowError("too many exits")
        allowance = self.jit.patience_with(reason)
        self.exits.append(Exit(self, number, version, offset, reason, register, allowance))
        return number

    @property
    def machine(self) -> Any:
        """The address of the machine, as a word."""
        return self.links.word(self.addresses["machine"])

    def field_address(self, name: str) -> Any:
        """A pointer to one of the machine's fields."""
        machine = self.addresses["machine"]
        return self.links.pointer(machine, self.addresses[name] - machine)

    def c_function(self, name: str) -> Any:
        return self._functions[name]

    def helper(self, name: str) -> Any:
        return self._helpers[name]

    # --- Compiling -------------------------------------------------------------------------------

    def write(self, entry: tuple[tuple[int, Kind], ...], store: Store | None) -> Compilation | None:
        """Write the group's code as LLVM's: what is left to do, in any thread. None if the root
        cannot be compiled."""
        began = perf_counter()
        self.jit.adopt(self.root_code)
        root = self.version(self.root_code, self.start, entry, self._own_closure())
        if root is None:
            return None
        self._infer()
        for version in self.versions:
            self._declare(version)
        for version in self.versions:
            assert version.walk is not None
            version.walk.write()
        write_wrapper(self, root)
        self._decoded.clear()
        for version in self.versions:
            version.walk = None
            version.function = None
        # From here on a change of its code invalidates it, though it is not compiled yet.
        for code in self.codes:
            self.jit.note_copy(code, self)
        text = str(self.module)
        symbols = self._functions.declared | self.links.bound
        self.seconds = {"building": perf_counter() - began}
        is_shown = self.jit.shown is not None
        return Compilation(text, self.jit.optimise, symbols, store, is_shown)

    def install(self, compilation: Compilation) -> bool:
        """Let the interpreter enter the machine code; False if it is out of use already."""
        if self._is_invalid or compilation.engine is None:
            return False
        self._engine = compilation.engine
        self.seconds |= compilation.seconds
        self.size = compilation.size
        if self.jit.shown is not None and compilation.listing is not None:
            from sema.jit.listing import Shown

            self.jit.shown.append(Shown(self, compilation.listing))
        self.alive = True
        self.root_code.patch(Patch(self.patch_offset, self._engine.address_of("run"), self))
        return True

    def _own_closure(self) -> Closure | None:
        """The closure that the root calls by a global's name, if it calls itself: so that it need
        not be compiled once more for that."""
        code = self.root_code
        if self.jit.has_many_closures(code, self.start):
            return None
        for at, name in code.unit.globals:
            if name == code.name:
                raw = native.raw_at(native.raw_word(code, at))
                value = native.object_of(raw) if is_reference(raw) else None
                if isinstance(value, Closure) and native.code_of(value) is code:
                    return value
        return None

    def _infer(self) -> None:
        """Find every version's kinds and that of its value: the least fixed point."""
        while True:
            changed = True
            while changed:
                changed = False
                for version in self.versions:
                    before = version.ret
                    version.tail_calls.clear()
                    version.walk = Walk(version, self)
                    version.walk.infer()
                    changed = changed or version.ret != before
            endless = [version for version in self.versions if version.ret is None]
            for version in endless:
                version.ret = ANY
            mixed = [
                v for v in self.versions for callee in v.tail_calls
                if v.returns_int != callee.returns_int and not (v.boxed and callee.boxed)
            ]  # fmt: skip
            for version in mixed:
                version.boxed = True
                for callee in version.tail_calls:
                    callee.boxed = True
            if not endless and not mixed:
                return

    def _declare(self, version: Version) -> None:
        kinds = [POINTER, I64]
        if version.closure is None:
            kinds.append(I64)
        kinds += [type_of_kind(kind) for _, kind in version.entry]
        version.name = f"{version.code.name or 'lambda'}.{self.versions.index(version)}"
        function = ir.Function(self.module, ir.FunctionType(RESULT, kinds), version.name)
        function.linkage = "internal"
        function.calling_convention = "tailcc"
        function.attributes.add("nounwind")
        version.function = function
        if self.locations is not None:
            self.locations.declare(function)

    def invalidate(self) -> None:
        """Give the interpreter back what the group stands for."""
        self._is_invalid = True
        if not self.alive:
            return
        self.alive = False
        self._flag[0] = 0
        patch = self.root_code.unpatch(self.patch_offset)
        if patch is not None and patch.owner is not self:
            self.root_code.patch(patch)
        self.jit.forget(self)

    def __del__(self) -> None:
        self.jit.statistics.note_end(self)


def _is_keyword(kind: Kind) -> bool:
    return isinstance(kind, Native) and isinstance(kind.function, Keyword)
