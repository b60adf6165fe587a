"""Several values at once: ``let-values``, ``let*-values`` and ``define-values``."""

from __future__ import annotations

from sema.errors import Span
from sema.expander import primitives
from sema.expander.body import define, expand_body
from sema.expander.core import Const, Node, Variable
from sema.expander.destructuring import Step, bind_names, nest
from sema.expander.expand import call_global
from sema.expander.forms import Form, Parts, as_symbol, is_sequence, malformed, special_form
from sema.expander.functions import split_rest
from sema.vm.values import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sema.expander.expand import Expander


def formal_names(formals: Form) -> list[Symbol]:
    """The names that formals bind; nothing is said about malformed ones."""
    if type(formals) is Symbol:
        return [formals]
    if not is_sequence(formals):
        return []
    return [part for part in formals if type(part) is Symbol and part.name != "."]


def steps_of_values(
    x: Expander, who: str, formals: Form, value: Variable, span: Span | None
) -> list[Step]:
    """The steps that give the formals the values that are bundled in a variable."""
    source = x.refer(value, span)
    if type(formals) is Symbol:
        return [(formals, call_global(primitives.VALUE_LIST, [source], span))]
    if not is_sequence(formals):
        raise malformed(f"{who}: expected a list", span)
    names, rest = split_rest(list(formals), span)
    for name in names:
        as_symbol(name, who, span)
    check = primitives.VALUES if rest is None else primitives.VALUES_REST
    bundle = x.variable(hidden="values")
    steps: list[Step] = [
        (bundle, call_global(check, [source, Const(span, len(names))], span)),
    ]
    for i, name in enumerate(names if rest is None else [*names, rest]):
        place: list[Node] = [x.refer(bundle, span), Const(span, i)]
        steps.append((name, call_global(primitives.ELEMENT, place, span)))
    return steps


def binding_pairs(form: Form, who: str, span: Span | None) -> list[tuple[Form, Form]]:
    """The formals and inits of a binding list; raises CompileError for a malformed one."""
    if not is_sequence(form):
        raise malformed(f"{who}: expected a list", span)
    pairs = []
    for binding in form:
        if not is_sequence(binding):
            raise malformed(f"{who}: expected a list", span)
        if len(binding) != 2:
            raise malformed(f"{who}: each binding must have 2 elements", span)
        pairs.append((binding[0], binding[1]))
    return pairs


def inits_of(parts: Parts) -> Parts:
    if len(parts) < 2 or not is_sequence(parts[1]):
        return []
    return [pair[1] for pair in parts[1] if is_sequence(pair) and len(pair) > 1]


@special_form("let-values", min_args=2, same_block=inits_of)
def expand_let_values(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(let-values ((formals expr) ...) body ...): all expressions, then all names."""
    names: dict[Symbol, Variable] = {}
    first: list[Step] = []
    later: list[Step] = []
    for formals, init in binding_pairs(parts[1], "let-values", span):
        value = x.variable(hidden="values")
        first.append((value, x.expand(init, span)))
        later += bind_names(x, steps_of_values(x, "let-values", formals, value, span), names)
    return nest([*first, *later], expand_body(x, parts[2:], span, names), span)


@special_form("let*-values", min_args=2, same_block=inits_of)
def expand_let_star_values(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(let*-values ((formals expr) ...) body ...): each expression sees the names before it."""
    names: dict[Symbol, Variable] = {}
    steps: list[Step] = []
    mark = x.mark()
    for formals, init in binding_pairs(parts[1], "let*-values", span):
        value = x.variable(hidden="values")
        steps.append((value, x.expand(init, span)))
        steps += bind_names(x, steps_of_values(x, "let*-values", formals, value, span), names)
        for name in formal_names(formals):
            x.bind(name, names[name])
    body = expand_body(x, parts[2:], span, names)
    x.release(mark)
    return nest(steps, body, span)


def defined_formals(parts: Parts) -> Sequence[Symbol]:
    """The names that a ``define-values`` defines."""
    return formal_names(parts[1]) if len(parts) > 1 else ()


@special_form(
    "define-values",
    min_args=2,
    max_args=2,
    same_block=lambda parts: parts[2:],
    defines=defined_formals,
)
def expand_define_values(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(define-values formals expr): defines a variable for each value."""
    value = x.variable(hidden="values")
    steps: list[Step] = [(value, x.expand(parts[2], span))]
    for target, taken in steps_of_values(x, "define-values", parts[1], value, span):
        if type(target) is Symbol:
            steps.append((None, define(x, target, taken, span)))
        else:
            steps.append((target, taken))
    return nest(steps, Const(span, None), span)
