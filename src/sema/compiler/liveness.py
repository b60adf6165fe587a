"""Where each variable is read for the last time, so that its value can be moved instead of copied.

A backward walk over the nodes of one function, in the reverse of the order in which the code
generator emits them. Sets of variables are bit masks. The two walks must agree on the order of
evaluation; :func:`is_deferred` is the one place that says when an operand is read.
"""

from __future__ import annotations

from sema.compiler.captures import Captures
from sema.compiler.nodes import Again, Folded, Loop, Operate, children
from sema.expander.core import (
    Call,
    Const,
    DefineGlobal,
    GlobalRef,
    If,
    Lambda,
    Let,
    LocalRef,
    MakeMap,
    MakeVector,
    Node,
    Seq,
    SetGlobal,
    SetLocal,
    Throw,
    Try,
    Variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

COMPARISONS = frozenset({"<", "<=", ">", ">=", "="})
TESTS = COMPARISONS | {"null?", "pair?"}


class Liveness:
    """The life of the variables of one function.

    ``last`` holds what reads a variable for the last time: the ids of :class:`LocalRef` nodes,
    and pairs of a lambda's id and a variable that it captures. ``live_in`` gives the mask of the
    variables that are live where a node starts, for every node at which paths part or meet;
    ``outlives_call`` holds the ids of calls whose callee is a variable that lives on behind them;
    ``handler_live`` what a ``try`` keeps for its handler, ``after_try`` what is live behind it.
    """

    def __init__(self, function: Lambda, captures: Captures) -> None:
        self._captures = captures
        self.index: dict[Variable, int] = {}
        self.last: set[int | tuple[int, Variable]] = set()
        self.live_in: dict[int, int] = {}
        self.outlives_call: set[int] = set()
        self.handler_live: dict[int, int] = {}
        self.after_try: dict[int, int] = {}
        self._by_turns: dict[Loop, int] = {}
        # What a handler around the present node needs stays alive all the time.
        self._floor = 0
        self._function = function
        self.at_entry = self._live(function.body, 0)

    def bit(self, variable: Variable) -> int:
        """The mask of one variable."""
        return 1 << self.index.setdefault(variable, len(self.index))

    def is_deferred(self, args: list[Node], position: int) -> bool:
        """Whether an operand is a register that the instruction itself reads.

        Such an operand is read after those that need code have been evaluated, so that no
        assignment may stand in them.
        """
        arg = args[position]
        if not isinstance(arg, LocalRef):
            return False
        variable = arg.variable
        if variable.function is not self._function or self._captures.boxed(variable):
            return False
        return not variable.assigned or not any(
            assigns(later, variable) for later in args[position + 1 :]
        )

    def _is_live(self, variable: Variable, after: int) -> bool:
        return bool((after | self._floor) & self.bit(variable))

    def _read(self, reader: int | tuple[int, Variable], variable: Variable, after: int) -> int:
        if variable.function is not self._function:
            return after
        bit = self.bit(variable)
        if not (after | self._floor) & bit:
            self.last.add(reader)
        return after | bit

    def _live(self, node: Node, after: int) -> int:
        """What is live before the node, given what is live after it."""
        match node:
            case LocalRef():
                return self._read(id(node), node.variable, after)
            case Const() | GlobalRef() | Folded():
                return after
            case Call():
                function = node.function
                if isinstance(function, LocalRef) and self._is_live(function.variable, after):
                    self.outlives_call.add(id(node))
                return self._in_order([node.function, *node.args], after)
            case Operate():
                return self._operate(node, after)
            case If():
                then = self.live_in[id(node.then)] = self._live(node.then, after)
                otherwise = self.live_in[id(node.otherwise)] = self._live(node.otherwise, after)
                return self._test(node.test, then, otherwise)
            case Seq():
                return self._in_order(node.forms, after)
            case Let():
                body = self.live_in[id(node.body)] = self._live(node.body, after)
                return self._in_order(node.inits, body & ~self._mask(node.variables))
            case SetLocal():
                return self._assign(node, after)
            case SetGlobal() | DefineGlobal() | Throw():
                return self._live(node.value, after)
            case Lambda():
                for variable in reversed(self._captures.slots[node]):
                    if self._captures.self_variable.get(self._function) is not variable:
                        after = self._read((id(node), variable), variable, after)
                return after
            case Loop():
                return self._loop(node, after)
            case Again():
                return self._in_order(node.args, self.live_in[id(node.loop)])
            case Try():
                return self._try(node, after)
            case MakeVector() | MakeMap():
                return self._in_order(children(node), after)
        raise AssertionError(node)

    def _mask(self, variables: list[Variable]) -> int:
        mask = 0
        for variable in variables:
            mask |= self.bit(variable)
        return mask

    def _in_order(self, nodes: list[Node], after: int) -> int:
        for node in reversed(nodes):
            after = self._live(node, after)
        return after

    def _operate(self, node: Operate, after: int) -> int:
        args = node.args
        deferred = [self.is_deferred(args, i) for i in range(len(args))]
        for arg, is_register in zip(reversed(args), reversed(deferred), strict=True):
            if is_register:
                assert isinstance(arg, LocalRef)
                after = self._read(id(arg), arg.variable, after)
        rest = [arg for arg, is_register in zip(args, deferred, strict=True) if not is_register]
        return self._in_order(rest, after)

    def _test(self, node: Node, if_true: int, if_false: int) -> int:
        """What is live before a test whose two ways on need this and that.

        Registers that a test reads are given up on the edges, not by the test, so that they are
        not marked as last reads here.
        """
        match node:
            case Const():
                return if_false if node.value is None or node.value is False else if_true
            case If():
                then = self.live_in[id(node.then)] = self._test(node.then, if_true, if_false)
                other = self._test(node.otherwise, if_true, if_false)
                self.live_in[id(node.otherwise)] = other
                return self._test(node.test, then, other)
            case Operate(name="not") if is_negated_test(node):
                return self._test(node.args[0], if_false, if_true)
            case Operate() if node.name in TESTS:
                live = if_true | if_false
                rest = []
                for i, arg in enumerate(node.args):
                    if self.is_deferred(node.args, i):
                        assert isinstance(arg, LocalRef)
                        live |= self.bit(arg.variable)
                    else:
                        rest.append(arg)
                return self._in_order(rest, live)
            case LocalRef() if self.is_deferred([node], 0):
                return if_true | if_false | self.bit(node.variable)
        return self._live(node, if_true | if_false)

    def _assign(self, node: SetLocal, after: int) -> int:
        variable = node.variable
        if variable.function is not self._function:
            return self._live(node.value, after)
        if self._captures.boxed(variable):
            return self._live(node.value, self._read(id(node), variable, after))
        bit = self.bit(variable)
        if not (after | self._floor) & bit:
            self.last.add(id(node))
        # A handler around wants the old value for as long as the new one is not there.
        return self._live(node.value, after & ~bit | self._floor & bit)

    def _loop(self, node: Loop, after: int) -> int:
        head = after | self._floor | self._mentioned_by_turns(node)
        inner = self._mask(node.variables)
        self.live_in[id(node)] = head & ~inner
        self.live_in[id(node.body)] = self._live(node.body, after)
        return self._in_order(node.inits, head & ~inner)

    def _mentioned_by_turns(self, loop: Loop) -> int:
        """The variables of this function that the loop's body mentions and does not bind itself.

        Remembered, because loops lie in one another.
        """
        known = self._by_turns.get(loop)
        if known is None:
            known = self._by_turns[loop] = self._mentioned(loop.body)
        return known

    def _mentioned(self, node: Node) -> int:
        if isinstance(node, Lambda):
            return self._own(self._captures.slots[node])
        found = self._own([node.variable]) if isinstance(node, (LocalRef, SetLocal)) else 0
        if isinstance(node, Loop):
            for init in node.inits:
                found |= self._mentioned(init)
            found |= self._mentioned_by_turns(node)
        else:
            for child in children(node):
                found |= self._mentioned(child)
        if isinstance(node, (Let, Loop)):
            found &= ~self._mask(node.variables)
        elif isinstance(node, Try):
            found &= ~self.bit(node.variable)
        return found

    def _own(self, variables: Iterable[Variable]) -> int:
        """The mask of those that are this function's."""
        mask = 0
        for variable in variables:
            if variable.function is self._function:
                mask |= self.bit(variable)
        return mask

    def _try(self, node: Try, after: int) -> int:
        handler = self.live_in[id(node.handler)] = self._live(node.handler, after)
        handler &= ~self.bit(node.variable)
        self.handler_live[id(node)] = handler
        self.after_try[id(node)] = after | self._floor
        floor = self._floor
        self._floor |= handler
        # Values that only the handler needs are given up behind the body.
        before = self._live(node.body, after | handler)
        self._floor = floor
        return before | handler


def assigns(node: Node, variable: Variable) -> bool:
    """Whether evaluating the node may assign to the variable, which no closure assigns to."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, SetLocal) and node.variable is variable:
            return True
        pending.extend(children(node))
    return False


def is_negated_test(node: Operate) -> bool:
    """Whether a ``not`` in a test is only a jump the other way."""
    arg = node.args[0]
    return not isinstance(arg, (Const, If)) and not (isinstance(arg, Operate) and arg.name == "not")
