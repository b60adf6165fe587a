"""What is wrong with a program, as far as can be seen without running it."""

from __future__ import annotations

from sema.compiler import compile_unit
from sema.compiler.nodes import children
from sema.compiler.simplify import defined_names
from sema.errors import LimitExceeded, SemaError, UnboundError
from sema.expander import expand_unit, primitives
from sema.expander.core import Call, GlobalRef, Node
from sema.reader import read_all
from sema.stdlib.unavailable import explained
from sema.vm.limits import count_output_bytes, spend_units
from sema.vm.values import Builtin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sema.embed.namespace import Context, Namespace


def problems(text: str, file: str | None, context: Context) -> list[SemaError]:
    """The errors of a text: the first that prevents it from being compiled, or, if there is none,
    the names that nothing defines and the calls of builtins with wrong numbers of arguments.

    The text's macros run, in an interpreter made for the purpose: at the expense of the program
    that asks, whose interpreter's namespaces share ``context``, and in a sandbox without powers if
    that is in a sandbox.
    """
    from sema.embed.interpreter import Interpreter

    outer = context.machine.limits
    if context.sandbox is None or outer is None:
        return _problems(text, file, Interpreter(cache=False).namespace)
    namespace = Interpreter(cache=False, sandbox=context.sandbox.inner(outer)).namespace
    inner = namespace.context.machine.limits
    assert inner is not None
    try:
        with inner:
            return _problems(text, file, namespace)
    finally:
        count_output_bytes(inner.run.output)
        spend_units(inner.run.fuel_used)


def _problems(text: str, file: str | None, namespace: Namespace) -> list[SemaError]:
    try:
        forms, spans = read_all(text, file)
        nodes = expand_unit(forms, spans, namespace)
        found = list(_suspicious(nodes, namespace))
        compile_unit(nodes, file=file)
    except LimitExceeded:
        raise
    except SemaError as error:
        return [error]
    return found


def _suspicious(nodes: list[Node], namespace: Namespace) -> Iterator[SemaError]:
    defined = defined_names(nodes)
    every = list(_all_nodes(nodes))
    names = {node.name for node in every if isinstance(node, GlobalRef)}
    # What files and evaluated forms define cannot be known.
    is_closed = not names & {primitives.IMPORT, primitives.LOAD, primitives.COMPILE}
    for node in every:
        if isinstance(node, GlobalRef) and is_closed and node.name not in defined:
            if not namespace.globals.cell(node.name).bound:
                unbound = explained(UnboundError(node.name))
                unbound.span = node.span
                yield unbound
        elif isinstance(node, Call) and isinstance(node.function, GlobalRef):
            cell = namespace.globals.cell(node.function.name)
            builtin = cell.get() if cell.bound and cell.name not in defined else None
            if type(builtin) is Builtin and not _takes(builtin, len(node.args)):
                error = builtin.arity_error(len(node.args))
                error.span = node.span
                yield error


def _takes(builtin: Builtin, n_args: int) -> bool:
    return n_args >= builtin.min_args and (builtin.max_args < 0 or n_args <= builtin.max_args)


def _all_nodes(nodes: list[Node]) -> Iterator[Node]:
    pending = nodes[::-1]
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(children(node))
