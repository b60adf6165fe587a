"""Machine code for what is hot: bytecode and what call sites saw in, LLVM's machine code out.

====================  ============================================================================
``kinds.py``          what is known of a value before the program runs
``bytecode.py``       reading instructions
``walk.py``           one walk that infers kinds, and writes code when they are known
``frame.py``          the frame that machine code stands for; leaving it for the interpreter
``arithmetic.py``     numbers
``calls.py``          calls
``inline.py``         builtins that need no call
``group.py``          a function and what it calls, compiled together
``wrapper.py``        how the interpreter enters
``runtime.py``        what machine code calls
``links.py``          what it refers to in this process
``llvm.py``           LLVM
``compilation.py``    from LLVM's code to machine code
``worker.py``         the thread in which that is done
``store.py``          what is kept for the next run
``locations.py``      what LLVM's code stands for
``listing.py``        LLVM's code and assembly, to be shown
``statistics.py``     what was compiled, and where machine code was left
====================  ============================================================================
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from os import abort
from traceback import print_exc
from weakref import WeakSet

from sema.collector import collector_paused
from sema.jit.kinds import ANY, FLOAT, INT, NUMBERS, PAIR, PLAIN, Function, Native
from sema.jit.statistics import Statistics
from sema.jit.worker import worker
from sema.vm import native
from sema.vm.values import Builtin, Closure, Keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sema.jit.compilation import Compilation
    from sema.jit.group import Exit, Group
    from sema.jit.kinds import Kind
    from sema.jit.listing import Shown
    from sema.jit.store import Profile
    from sema.jit.worker import Job
    from sema.vm.code import Code
    from sema.vm.machine import Machine

CLOSURE = -2
"""The register in front of a frame's own, which holds the running closure."""
PATIENCE = 30
"""After how many exits at one place something is done about them."""
ENTRY_PATIENCE = 3
MOST_GROUPS = 8
"""How often a function is compiled anew before it stays with the interpreter."""
PASSES_PER_EXIT = 4
"""How often machine code must be entered for each time that it leaves where it always does."""
ENDLESS = 1 << 62
ENDLESS_REASONS = ("tick", "error", "throw", "unbound", "invalidated")


class Jit:
    """What compiles for one machine; with ``background``, while the program goes on. ``program`` is
    the file of the program whose machine code is kept for its next run, if any."""

    tolerant = True
    """Whether a failure to compile only means that everything is interpreted from then on."""

    def __init__(
        self, machine: Machine, background: bool = False, program: str | None = None
    ) -> None:
        self.machine = machine
        self.background = background and not machine.eager
        self.profile: Profile | None = None
        if program is not None and not machine.eager:
            from sema.jit.store import Profile

            self.profile = Profile(program)
        self.addresses = native.addresses(machine)
        self.patience = 2 if machine.eager else PATIENCE
        self.optimise = 1 if machine.eager else 2
        # A group lives as long as the code that it is patched into.
        self.groups: WeakSet[Group] = WeakSet()
        self.statistics = Statistics()
        # Everything that was compiled, as text, if somebody wants to see it.
        self.shown: list[Shown] | None = None
        self.interrupted = False
        self.trouble: BaseException | None = None
        self._retired: list[Group] = []
        self._pending: list[tuple[Group, Compilation, Job]] = []

    # --- What the machine calls ------------------------------------------------------------------

    def hot(self, code: Code, offset: int) -> None:
        """The function at work in the machine's frame is hot: at the LOOP at ``offset``, or at
        its beginning (-1)."""
        self._guarded(self._hot, code, offset)

    def recall(self, code: Code, offset: int) -> None:
        """The same, if that is known from an earlier run."""
        self._guarded(self._recall, code, offset)

    def install(self) -> None:
        """Let the machine use what has been made in the background."""
        self._guarded(self._install_pending)

    def first_call(self, code: Code) -> None:
        """A function is called for the first time, where everything is compiled at once."""
        self._guarded(self._compile, code, 0, 0, self._parameters(code))

    def exited(self, address: int) -> None:
        """Machine code has left often at one place."""
        self._guarded(self._exited, address)

    def _guarded(self, function: Any, *arguments: Any) -> None:
        """Nothing that goes wrong here may disturb the program, which can go on without."""
        try:
            with self._interrupts_held_back():
                function(*arguments)
        except Exception as error:
            if not self.tolerant:
                print_exc()
                abort()
            self.trouble = error
            self.machine.hot_after = 0
            self.machine.eager = False
            self._pending.clear()
            for group in list(self.groups):
                group.invalidate()

    @contextmanager
    def _interrupts_held_back(self) -> Iterator[None]:
        """Ctrl-C comes when the machine is back at work, and not somewhere in a destructor, where
        Python would lose it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._hold_back)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _hold_back(self, number: int, frame: object) -> None:
        self.interrupted = True

    def _hot(self, code: Code, offset: int) -> None:
        from sema.jit.bytecode import decode, is_leaf

        if native.is_patched(code, max(offset, 0)) or self._is_pending(code, max(offset, 0)):
            return
        instructions = decode(code)
        if instructions is None:
            self._give_up(code, "an instruction has no machine code")
            return
        if code.in_library and self._compile_caller():
            return
        if offset < 0:
            if is_leaf(instructions):
                # Entering machine code costs more than it saves; as part of its callers it pays.
                code.heat = -ENDLESS_HEAT
            else:
                self._compile(code, 0, 0, self._parameters(code))
            return
        head = instructions[offset].target
        self._compile(code, head, offset, self._registers_at(code, head, offset))

    def _compile_caller(self) -> bool:
        """Compile the function that called the library, in whose machine code the library's will
        know what it calls back. False if that has been tried before."""
        caller = native.caller_outside_library(self.machine)
        if caller is None or caller.name == "<main>" or "calls library" in (caller.feedback or {}):
            return False
        self._learn(caller, "calls library", True)
        if native.is_patched(caller, 0):
            return False
        self._compile(caller, 0, 0, _unknown_parameters(caller))
        return True

    def _parameters(self, code: Code) -> tuple[tuple[int, Kind], ...]:
        n = code.n_params + code.has_rest
        return tuple((r, self._kind_in_frame(r)) for r in range(n))

    def _kind_in_frame(self, register: int) -> Kind:
        found = native.kind_in_frame(self.machine, register)
        if not isinstance(found, str):
            return Function(found)
        # What is a list with elements now will be an empty one some time.
        return ANY if found in (PAIR, PLAIN) else found

    def _registers_at(self, code: Code, head: int, loop: int) -> tuple[tuple[int, Kind], ...]:
        """The registers that are live at a loop's head, with the kinds they have now."""
        from sema.jit.group import Group, Version
        from sema.jit.walk import Walk

        group = Group(self, code, 0, 0)
        version = Version(code, 0, _unknown_parameters(code), None)
        group.versions.append(version)
        walk = Walk(version, group)
        walk.cautious = True
        walk.infer()
        owned = native.live_registers(code, loop)
        found: list[tuple[int, Kind]] = []
        for register, kind in sorted(walk.entries.get(head, {}).items()):
            if owned >> register & 1:
                kind = self._kind_in_frame(register)
            elif kind not in (INT, FLOAT):
                kind = PLAIN if kind == PLAIN else ANY
            found.append((register, kind))
        return tuple(found)

    def compile_cold(self, code: Code) -> None:
        """Compile a function that was not hot, of whose arguments nothing is known."""
        self._guarded(self._compile, code, 0, 0, _unknown_parameters(code))

    def _compile(
        self, code: Code, start: int, offset: int, entry: tuple[tuple[int, Kind], ...]
    ) -> None:
        from sema.jit.group import Group

        tries = (code.feedback or {}).get("groups", 0)
        if self.is_given_up(code):
            return
        if tries >= MOST_GROUPS:
            self._give_up(code, "compiled anew too often")
            return
        group = Group(self, code, start, offset)
        with collector_paused:
            compilation = group.write(entry, None if self.profile is None else self.profile.store)
        if compilation is None:
            self._give_up(code, "an instruction has no machine code")
            return
        self._learn(code, "groups", tries + 1)
        if self.background:
            self._pending.append((group, compilation, worker.submit(compilation)))
            self.machine.awaits = True
            return
        with worker.busy:
            compilation()
        self._install(group, compilation)

    def _install(self, group: Group, compilation: Compilation) -> None:
        if group.install(compilation):
            self.groups.add(group)
            self.statistics.note_compiled(group, compilation.is_recalled)
            self._remember(group)

    # --- In the background -----------------------------------------------------------------------

    def _is_pending(self, code: Code, offset: int) -> bool:
        return any(
            group.root_code is code and group.patch_offset == offset
            for group, _, _ in self._pending
        )

    def _install_pending(self) -> None:
        ready = [pending for pending in self._pending if pending[2].done]
        self._pending = [pending for pending in self._pending if not pending[2].done]
        self.machine.awaits = bool(self._pending)
        for group, compilation, job in ready:
            job.result()
            self._install(group, compilation)

    # --- From one run to the next ----------------------------------------------------------------

    def _recall(self, code: Code, offset: int) -> None:
        known = None if self.profile is None else self.profile.known(code)
        if known is None:
            code.recalled = True
        elif offset in known[0]:
            code.recalled = True
            self._hot(code, offset)

    def adopt(self, code: Code) -> None:
        """Learn what exits taught in an earlier run."""
        known = None if self.profile is None else self.profile.known(code)
        if known is not None and known[1]:
            code.feedback = known[1] | (code.feedback or {})

    def _remember(self, group: Group) -> None:
        """Keep what is known of a group's functions for the next run."""
        profile = self.profile
        if profile is None:
            return
        for code in group.codes:
            profile.note(code, None)
        offset = group.patch_offset
        profile.note(group.root_code, offset if group.start or offset else -1)
        content = profile.content()
        if self.background:
            worker.submit(lambda: profile.write(content))
        else:
            profile.write(content)

    def _give_up(self, code: Code, why: str) -> None:
        """Leave a function to the interpreter for good."""
        code.heat = -ENDLESS_HEAT
        self._learn(code, "given up", True)
        self.statistics.note_given_up(code, why)

    def _exited(self, address: int) -> None:
        for group in self.groups:
            first = group.counters.buffer_info()[0]
            if first <= address < first + 8 * len(group.exits):
                self._learn_from(group.exits[(address - first) // 8])
                return

    # --- Learning --------------------------------------------------------------------------------

    def _learn_from(self, exit_: Exit) -> None:
        lesson = self._lesson(exit_)
        if lesson is None:
            self._weigh(exit_)
            return
        place, what = lesson
        if what is not None:
            self._learn(exit_.code, place, what)
            if what == FLOAT:
                # What else is guessed of the function's numbers will be like that.
                self._learn(exit_.code, "number", FLOAT)
            self.statistics.note_learnt(exit_, str(what))
        root, start, offset = exit_.group.root_code, exit_.group.start, exit_.group.patch_offset
        entry = exit_.group.versions[0].entry
        exit_.group.invalidate()
        self._compile(root, start, offset, entry)

    def _lesson(self, exit_: Exit) -> tuple[Any, Kind | None] | None:
        """What many exits at a place teach about what; nothing, if all that is known must only
        be read anew; None if there is nothing that would help."""
        code, offset, reason = exit_.code, exit_.offset, exit_.reason
        operands, callee = ("operands", offset), ("callee", offset)
        feedback = code.feedback or {}
        if exit_.feedback != exit_.known:
            # Another group has taught it already.
            return None, None
        if reason == "kind":
            seen = native.kind_in_frame(self.machine, exit_.register)
            return operands, seen if seen in NUMBERS and operands not in feedback else "general"
        if reason == "result":
            place = "result", offset
            other = INT if feedback.get("number") == FLOAT else FLOAT
            return place, "general" if place in feedback else other
        if reason in ("overflow", "pair", "list", "divisor", "global", "operand"):
            return operands, "general"
        if reason == "entry":
            return ("entry", exit_.start, exit_.register), ANY
        if reason == "callee" and callee in feedback:
            return callee, "general"
        if reason in ("callee", "unknown callee") and feedback.get(callee) != "general":
            return callee, self._callee_in_frame(code, offset)
        return (None, None) if reason == "redefined" else None

    def _weigh(self, exit_: Exit) -> None:
        """Machine code leaves often at a place where nothing is to be learnt: a function that
        hardly does anything else is the interpreter's."""
        group = exit_.group
        if group.entered[0] < PASSES_PER_EXIT * self.patience and not self.machine.eager:
            group.invalidate()
            self._give_up(group.root_code, f"hardly does anything but leave ({exit_.reason})")
            return
        group.entered[0] = 0
        exit_.refill(self.patience)

    def _callee_in_frame(self, code: Code, offset: int) -> Kind | None:
        """The kind of what a call is about to call; None if the site itself says it."""
        from sema.jit.bytecode import Instruction

        i = Instruction(offset, code.word_at(offset))
        if i.name.endswith("G"):
            return None
        callee = native.callee_in_frame(self.machine, i.b if i.name == "CALL" else i.a)
        if isinstance(callee, Closure):
            return Function(native.code_of(callee))
        return Native(callee) if isinstance(callee, (Builtin, Keyword)) else "general"

    def _learn(self, code: Code, place: Any, what: Any) -> None:
        if code.feedback is None:
            code.feedback = {}
        code.feedback[place] = what

    def stats(self) -> dict[str, Any]:
        """See :meth:`sema.Interpreter.jit_stats`."""
        return self.statistics.to_data([*self.groups, *self._retired], self.trouble)

    # --- What groups ask -------------------------------------------------------------------------

    def widened(
        self, code: Code, start: int, entry: tuple[tuple[int, Kind], ...]
    ) -> tuple[tuple[int, Kind], ...]:
        """The kinds of a version's registers, with what was learnt from entries that failed."""
        learnt = code.feedback
        if not learnt:
            return entry
        return tuple((r, learnt.get(("entry", start, r), kind)) for r, kind in entry)

    def is_given_up(self, code: Code) -> bool:
        """Whether a function is the interpreter's for good."""
        return code.feedback is not None and "given up" in code.feedback

    def has_many_closures(self, code: Code, start: int) -> bool:
        """Whether machine code for one closure was entered with another one."""
        return ("entry", start, CLOSURE) in (code.feedback or {})

    def patience_with(self, reason: str) -> int:
        """After how many exits at one place something is done about them."""
        if reason == "entry":
            # After each of these the interpreter has the function until the next tick.
            return min(self.patience, ENTRY_PATIENCE)
        return ENDLESS if reason in ENDLESS_REASONS else self.patience

    def note_copy(self, code: Code, group: Group) -> None:
        """A group contains a copy of a function."""
        if code.copies is None:
            code.copies = WeakSet()
        code.copies.add(group)

    def forget(self, group: Group) -> None:
        """A group is out of use; its machine code may still be running."""
        self.groups.discard(group)
        self.statistics.note_end(group)
        if native.is_running(self.machine):
            self._retired.append(group)
        else:
            self._retired.clear()


ENDLESS_HEAT = 1 << 30


def _unknown_parameters(code: Code) -> tuple[tuple[int, Kind], ...]:
    """A function's parameters when nothing is known of its arguments."""
    return tuple((r, ANY) for r in range(code.n_params + code.has_rest))
