"""``module``, ``import`` and ``load``: calls of what the namespace does with files.

The file in which a path is written goes along as a constant: paths are relative to it.
"""

from __future__ import annotations

from sema.expander import primitives
from sema.expander.core import Const, Node
from sema.expander.expand import call_global, sequence
from sema.expander.forms import Parts, as_symbol, is_list, malformed, operands, special_form
from sema.vm.values import intern_symbol, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.errors import Span
    from sema.expander.expand import Expander

MODULE = intern_symbol("module")
MODULE_HEADER = 3
"""The parts of a ``module`` before its body: itself, its name, its exports."""

EXPORT = intern_symbol("export")


def export_list(x: Expander, parts: Parts, span: Span | None) -> Node:
    """The node that records what a ``module`` exports. Raises CompileError if it is malformed."""
    as_symbol(parts[1], "module", span)
    clause = list(parts[2]) if is_list(parts[2]) else []
    if not clause or clause[0] is not EXPORT:
        raise malformed("module: second argument must start with 'export'", span)
    for name in clause[1:]:
        as_symbol(name, "module export", span)
    return call_global(primitives.EXPORT, [Const(span, make_list(clause[1:]))], span)


def module_toplevel(x: Expander, parts: Parts, span: Span | None) -> Node:
    """Expand the body as top-level forms."""
    nodes = [export_list(x, parts, span)]
    for form in parts[3:]:
        nodes.append(x.toplevel(form, span))
    return sequence(nodes, span)


@special_form("module", min_args=2, same_block=lambda parts: parts[3:], toplevel=module_toplevel)
def expand_module(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(module name (export symbol ...) form ...): the forms, and what the file exports."""
    return sequence([export_list(x, parts, span), *x.each(parts[3:], span)], span)


@special_form("import", min_args=1, same_block=lambda parts: parts[1:2])
def expand_import(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(import path [symbol ...]): what a module exports, or the names given, become globals."""
    path = x.expand(parts[1], span)
    for name in parts[2:]:
        as_symbol(name, "import", span)
    names = Const(span, make_list(parts[2:]))
    steps = call_global(primitives.IMPORT, [path, names, _file(span)], span)
    return sequence([call_global(primitives.RUN_STEPS, [steps], span), Const(span, None)], span)


@special_form("load", min_args=1, max_args=1, same_block=operands)
def expand_load(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(load path): runs the forms of a file; the last one's value."""
    steps = call_global(primitives.LOAD, [x.expand(parts[1], span), _file(span)], span)
    return call_global(primitives.RUN_STEPS, [steps], span)


def _file(span: Span | None) -> Const:
    return Const(span, span.file if span is not None else None)
