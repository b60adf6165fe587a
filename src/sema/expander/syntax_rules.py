"""``define-syntax`` with ``syntax-rules``: macros described by patterns and templates.

Hygiene is directed by binders: a symbol that a template itself binds, such as the variable of a
``let`` in it, gets a fresh name in each expansion. All other symbols mean what they mean where the
macro is used.
"""

from __future__ import annotations

from sema.errors import CompileError, EvalError, Span
from sema.expander import primitives
from sema.expander.core import Const, Node
from sema.expander.destructuring import IGNORED, pattern_names
from sema.expander.expand import call_global
from sema.expander.forms import Form, Parts, is_list, is_sequence, malformed, special_form
from sema.expander.functions import DOT
from sema.expander.gensym import fresh_symbol
from sema.expander.macros import Macro
from sema.expander.quasiquote import QUOTE
from sema.vm.equality import equal
from sema.vm.maps import Map
from sema.vm.values import Symbol, Vector, intern_symbol, make_list, make_vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from sema.expander.expand import Expander

SYNTAX_RULES = intern_symbol("syntax-rules")
ELLIPSIS = intern_symbol("...")
BEGIN = intern_symbol("begin")
LETS = frozenset(map(intern_symbol, ("let", "let*", "letrec", "letrec*", "do")))
LAMBDAS = frozenset(map(intern_symbol, ("lambda", "fn")))
DEFINE = intern_symbol("define")


class Repeated(list["Binding"]):
    """What a pattern variable before an ellipsis has matched: one binding for each repetition."""


Binding: TypeAlias = "Form | Repeated"
Bindings: TypeAlias = "dict[Symbol, Binding]"


def defined_syntax(parts: Parts, span: Span | None) -> tuple[Symbol, Form]:
    """The name and the rules of a ``define-syntax``."""
    if len(parts) != 3:
        raise malformed("define-syntax: expected (define-syntax name (syntax-rules ...))", span)
    name, rules = parts[1:]
    if type(name) is not Symbol:
        raise malformed("define-syntax: name must be a symbol", span)
    if not is_list(rules) or not len(rules) or rules[0] is not SYNTAX_RULES:
        raise malformed("define-syntax: transformer must be a (syntax-rules ...) form", span)
    return name, rules


def define_syntax_toplevel(x: Expander, parts: Parts, span: Span | None) -> Node:
    """Define the macro at once, for the forms that follow, and again when the code runs: compiled
    code may be run elsewhere."""
    name, rules = defined_syntax(parts, span)
    x.environment.define_macro(name.name, checked_macro(x, name, rules, span))
    return expand_define_syntax(x, parts, span)


@special_form("define-syntax", toplevel=define_syntax_toplevel)
def expand_define_syntax(x: Expander, parts: Parts, span: Span | None) -> Node:
    """(define-syntax name (syntax-rules (literal ...) (pattern template) ...)): a macro."""
    name, rules = defined_syntax(parts, span)
    checked_macro(x, name, rules, span)
    args: list[Node] = [Const(span, name), Const(span, rules)]
    macro = call_global(primitives.SYNTAX_RULES, args, span)
    return call_global(primitives.DEFINE_MACRO, [Const(span, name), macro], span)


def checked_macro(x: Expander, name: Symbol, rules: Form, span: Span | None) -> Macro:
    """The macro; what is wrong with its rules is reported at their place."""
    try:
        return rules_macro(name, rules)
    except CompileError as error:
        error.span = x.place(rules, span)
        raise


def rules_macro(name: Symbol, form: Form) -> Macro:
    """The macro that a ``(syntax-rules …)`` form describes. Raises CompileError."""
    rules = SyntaxRules(name.name, list(form)[1:])
    return Macro(name.name, rules.expand)


class SyntaxRules:
    """The rules of one macro: patterns, without their first elements, and templates."""

    __slots__ = ("_ellipsis", "_literals", "_name", "_rules")

    def __init__(self, name: str, parts: Parts) -> None:
        self._name = name
        self._ellipsis = ELLIPSIS
        if parts and type(parts[0]) is Symbol:
            self._ellipsis = parts.pop(0)
        if not parts or not is_list(parts[0]):
            raise CompileError("syntax-rules: malformed: expected a list of literals")
        self._literals = set(parts[0])
        if not all(type(literal) is Symbol for literal in self._literals):
            raise CompileError("syntax-rules: malformed literals: expected symbols")
        self._rules = [self._rule(rule) for rule in parts[1:]]

    def _rule(self, rule: Form) -> tuple[Parts, Parts]:
        if not is_list(rule) or len(rule) < 2:
            raise CompileError("syntax-rules: malformed rule: expected (pattern template)")
        pattern, *templates = rule
        if not is_list(pattern) or not len(pattern):
            raise CompileError("syntax-rules: malformed pattern: expected (name part ...)")
        parts = list(pattern)[1:]
        self._check(parts)
        return parts, templates

    def _check(self, parts: Parts) -> None:
        if parts.count(self._ellipsis) > 1:
            raise CompileError("syntax-rules: malformed pattern: more than one ellipsis in a list")
        if parts and parts[0] is self._ellipsis:
            raise CompileError("syntax-rules: malformed pattern: nothing before the ellipsis")
        for part in parts:
            if is_sequence(part):
                self._check(list(part))

    def expand(self, *operands: Form) -> Form:
        """What a use of the macro stands for. Raises EvalError if no rule fits."""
        for pattern, templates in self._rules:
            bindings: Bindings = {}
            if self._match_parts(pattern, operands, bindings):
                template = Template(self._ellipsis, bindings, templates)
                filled = [template.fill(each) for each in templates]
                return filled[0] if len(filled) == 1 else make_list([BEGIN, *filled])
        raise EvalError(f"no matching syntax-rules clause for macro '{self._name}'")

    # --- Patterns ---

    def _match(self, pattern: Form, form: Form, bindings: Bindings) -> bool:
        if type(pattern) is Symbol:
            if pattern in self._literals:
                return form is pattern
            if pattern is not IGNORED:
                bindings[pattern] = form
            return True
        if is_list(pattern):
            return is_list(form) and self._match_parts(list(pattern), list(form), bindings)
        if type(pattern) is Vector:
            return type(form) is Vector and self._match_parts(list(pattern), list(form), bindings)
        return equal(pattern, form)

    def _match_parts(self, pattern: Parts, forms: Sequence[Form], bindings: Bindings) -> bool:
        if self._ellipsis not in pattern:
            return len(pattern) == len(forms) and self._match_each(pattern, forms, bindings)
        before = pattern.index(self._ellipsis) - 1
        after = len(pattern) - before - 2
        end = len(forms) - after
        if end < before:
            return False
        repetitions: list[Bindings] = []
        for form in forms[before:end]:
            repetitions.append({})
            if not self._match(pattern[before], form, repetitions[-1]):
                return False
        for name in self._variables(pattern[before]):
            bindings[name] = Repeated(repetition[name] for repetition in repetitions)
        return self._match_each(pattern[:before], forms[:before], bindings) and self._match_each(
            pattern[before + 2 :], forms[end:], bindings
        )

    def _match_each(self, pattern: Parts, forms: Sequence[Form], bindings: Bindings) -> bool:
        for part, form in zip(pattern, forms, strict=True):
            if not self._match(part, form, bindings):
                return False
        return True

    def _variables(self, pattern: Form) -> list[Symbol]:
        no_variables = self._literals | {IGNORED, self._ellipsis}
        return [name for name in symbols_in(pattern) if name not in no_variables]


def parts_in(form: Form, quoted: bool = True) -> list[Form]:
    """The form and all forms in it, those inside a ``quote`` only if they are wanted."""
    found: list[Form] = []
    pending = [form]
    while pending:
        part = pending.pop()
        found.append(part)
        if is_sequence(part):
            if quoted or not is_quotation(part):
                pending += part
        elif type(part) is Map:
            for entry in part.items():
                pending += entry
    return found


def is_quotation(form: Form) -> bool:
    return len(form) == 2 and form[0] is QUOTE


def symbols_in(form: Form) -> list[Symbol]:
    """The symbols in a form, each as often as it occurs."""
    return [part for part in parts_in(form) if type(part) is Symbol]


class Template:
    """The templates of a rule being filled with what its pattern has matched."""

    __slots__ = ("_bindings", "_ellipsis", "_fresh")

    def __init__(self, ellipsis: Symbol, bindings: Bindings, templates: Parts) -> None:
        self._ellipsis = ellipsis
        self._bindings = bindings
        self._fresh: dict[Symbol, Symbol] = {}
        for template in templates:
            for name in self._binders(template):
                if name not in self._fresh:
                    self._fresh[name] = fresh_symbol(name.name)

    def fill(self, template: Form) -> Form:
        """The form that a template makes."""
        return self._fill(template, self._bindings, self._fresh)

    def _fill(self, template: Form, bindings: Bindings, fresh: dict[Symbol, Symbol]) -> Form:
        if type(template) is Symbol:
            if template not in bindings:
                return fresh.get(template, template)
            value = bindings[template]
            if isinstance(value, Repeated):
                raise EvalError(
                    f"syntax-rules: pattern variable '{template.name}' used without ellipsis"
                )
            return value
        if is_list(template):
            names = {} if is_quotation(template) else fresh
            return make_list(self._fill_parts(template, bindings, names))
        if type(template) is Vector:
            return make_vector(self._fill_parts(template, bindings, fresh))
        if type(template) is Map:
            pairs = []
            for key, value in template.items():
                filled = self._fill(value, bindings, fresh)
                pairs.append((self._fill(key, bindings, fresh), filled))
            return Map.from_pairs(pairs)
        return template

    def _fill_parts(self, template: Form, bindings: Bindings, fresh: dict[Symbol, Symbol]) -> Parts:
        parts = list(template)
        filled: Parts = []
        for i, part in enumerate(parts):
            if part is self._ellipsis:
                continue
            following = parts[i + 1 : i + 3]
            if following[:1] != [self._ellipsis]:
                filled.append(self._fill(part, bindings, fresh))
            elif following[1:] == [self._ellipsis]:
                raise EvalError("syntax-rules: unsupported nested ellipsis depth in template")
            else:
                for repetition in self._repetitions(part, bindings):
                    filled.append(self._fill(part, repetition, fresh))
        return filled

    def _repetitions(self, part: Form, bindings: Bindings) -> list[Bindings]:
        """The bindings for each repetition of a part before an ellipsis."""
        repeated: dict[Symbol, Repeated] = {}
        for name in symbols_in(part):
            value = bindings.get(name)
            if isinstance(value, Repeated):
                repeated[name] = value
        if not repeated:
            raise EvalError("syntax-rules: malformed template: nothing to repeat before ellipsis")
        if len({len(values) for values in repeated.values()}) > 1:
            names = ", ".join(f"'{name.name}'" for name in repeated)
            raise EvalError(f"syntax-rules: pattern variables {names} differ in length")
        turns = zip(*repeated.values(), strict=True)
        return [{**bindings, **dict(zip(repeated, turn, strict=True))} for turn in turns]

    # --- Hygiene ---

    def _binders(self, template: Form) -> list[Symbol]:
        """The symbols of a template that it binds itself."""
        targets: Parts = []
        for part in parts_in(template, quoted=False):
            if not is_list(part) or len(part) < 2:
                continue
            head, target, *others = part
            if head in LETS and type(target) is Symbol:
                targets.append(target)
                target = others[0] if others else None
            if head in LETS and is_sequence(target):
                targets += [each[0] for each in target if is_list(each) and len(each)]
            elif head in LAMBDAS and is_sequence(target):
                targets += target
            elif head is DEFINE:
                targets += target if is_list(target) else [target]
        names = [name for target in targets for name in pattern_names(target)]
        known = {*self._bindings, self._ellipsis, DOT}
        return [name for name in names if name not in known]
