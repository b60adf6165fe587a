# reference: special-forms.md 17, 18, 19
"""Templates, hygiene, and the expansion of macros."""

import pytest
from core_text import World, expand, shape, value

from sema.errors import ArityError, CompileError, EvalError
from sema.expander import expand_each, macroexpand_once
from sema.expander.core import Const
from sema.expander.prelude import BUILTIN_MACROS
from sema.reader import read_all, read_one, write

TEMPLATES = {
    "a constant": ("`(a 1 [b {:k c}])", "'(a 1 [b {:k c}])"),
    "an atom": ("`a", "'a"),
    "only an insertion": ("`,x", "@x"),
    "insertions": ("`(a ,x (b ,y) (c))", "(@__vm-list 'a @x (@__vm-list 'b @y) '(c))"),
    "a splice": (
        "`(a ,x ,@y b c)",
        "(@__vm-cons 'a (@__vm-cons @x (@__vm-append @y '(b c))))",
    ),
    "a splice at the end": ("`(a ,@x)", "(@__vm-cons 'a (@__vm-append @x ()))"),
    "nothing but a splice": ("`(,@x)", "@x"),
    "a splice as the whole": ("`,@x", "'(unquote-splicing x)"),
    "a vector": ("`[a ,x]", "['a @x]"),
    "a splice in a vector": (
        "`[a ,@x]",
        "(@__vm-list->vector (@__vm-cons 'a (@__vm-append @x ())))",
    ),
    "a map": ("`{:a ,x}", "{:a @x}"),
    "no levels": ("`(a `(b ,x))", "(@__vm-list 'a (@__vm-list 'quasiquote (@__vm-list 'b @x)))"),
    "a dot is a symbol": ("`(a . ,x)", "(@__vm-list 'a '. @x)"),
    "the empty list": ("`()", "()"),
    "macros in it": ("`(-> 1 (+ ,x))", "(@__vm-list '+ 1 @x)"),
    "but not in quoted data": ("`'(-> 1 f)", "'(quote (-> 1 f))"),
    "nor in binding positions": ("`(fn (-> 1) 2)", "'(fn (-> 1) 2)"),
    "redefined list functions do not matter": (
        "(define (list) 1) `(a ,x)",
        "(@__vm-list 'a @x)",
    ),
}


@pytest.mark.parametrize(("text", "core"), TEMPLATES.values(), ids=TEMPLATES)
def test_templates(text: str, core: str) -> None:
    assert shape(text) == core


def fresh_names(text: str) -> list[str]:
    [node] = expand(text)
    assert isinstance(node, Const)
    return [str(item) for item in node.value]


def test_one_fresh_symbol_per_template_and_name() -> None:
    first, second, other, doubled = fresh_names("`(a# a# b# c##)")
    assert first == second
    assert first.startswith("a__")
    assert other.startswith("b__")
    assert doubled == "c##"
    assert fresh_names("`(a#)") != [first]


def test_fresh_symbols_of_each_expansion() -> None:
    world = World()
    use = "(defmacro m (x) `(let ((t# ,x)) (list t# ,x))) '(m t)"
    expand(use, world)
    forms = [macroexpand_once(read_one("(m t)"), world) for _ in range(2)]
    names = [form[1][0][0] for form in forms]
    assert [form[2][1] for form in forms] == names
    assert names[0] is not names[1]


def test_fresh_symbols_are_shared_by_the_calls_inside_one_expansion() -> None:
    assert (
        value("(defmacro m () (cons 'list (map (fn (i) `'(,i t#)) '(1 2)))) (car (car (m)))") == "1"
    )
    text = "(defmacro m () (cons 'list (map (fn (i) `'t#) '(1 2)))) (m)"
    first, second = value(text).strip("()").split()
    assert first == second


USES = {
    "a use": ("(defmacro m (x) `(+ ,x 1)) (m 2)", "(@+ 2 1)"),
    "a rest parameter": ("(defmacro m (x . r) `(f ,@r ,x)) (m 1 2 3)", "(@f 2 3 1)"),
    "a chain": ("(defmacro a () '(b)) (defmacro b () '(f)) (a)", "(@f)"),
    "a macro that defines one": ("(defmacro a () '(defmacro b () 7)) (a) (b)", "7"),
    "inside top-level begin": (
        "(begin (defmacro m () 7) (m))",
        "(seq (@__vm-define-macro 'm (fn m () 7)) 7)",
    ),
    "before its definition": ("(f (m)) (defmacro m () 7) 1", "1"),
    "a variable of its name": (
        "(defmacro m () 7) (let ((m f)) (m))",
        "(let ((m @f)) (m))",
    ),
    "a definition of its name in the unit": (
        "(defmacro m () 7) (m) (define (m) 1) (m)",
        "(@m)",
    ),
    "a definition named like a standard one": ("(defun dotimes (x) x) (dotimes 1)", "(@dotimes 1)"),
    "a body's definition of its name": (
        "(defmacro m () 7) (fn () (m) (define (m) 1))",
        "(fn _ () (let ((m! nil)) (seq (m!) (set m! (fn m () 1)))))",
    ),
    "a value": ("(defmacro m () 7) m", "@m"),
    "not at top level": (
        "(when a (defmacro m (x) x))",
        "(if @a (@__vm-define-macro 'm (fn m (x) x)) nil)",
    ),
    "a transformer may use macros": (
        "(defmacro m (x) (-> x (cons '(2)))) (f (m list))",
        "(@f (@list 2))",
    ),
}


@pytest.mark.parametrize(("text", "core"), USES.values(), ids=USES)
def test_macro_uses(text: str, core: str) -> None:
    assert shape(text) == core


STANDARD = {
    "->": ("(-> 1 (+ 2) f :k)", "(:k (@f (@+ 1 2)))"),
    "->>": ("(->> x (map f) g)", "(@g (@map @f @x))"),
    "as->": ("(as-> 1 x (+ x 1))", "(let ((x 1)) (let ((x2 (@+ x 1))) x2))"),
    "when-let": ("(when-let (x (f)) x)", "(let ((x (@f))) (if (@nil? x) nil x))"),
    "dotimes": (
        "(dotimes [i n] (f i))",
        "(let ((i! 0)) (seq (while (if (@= i! @n) #f #t) (seq (@f i!) (set i! (@+ i! 1)))) nil))",
    ),
    "for-range": (
        "(for-range (i 1 n 2))",
        "(let ((i! 1)) (seq (while (if (@not (@< i! @n)) #f #t) (set i! (@+ i! 2))) nil))",
    ),
}


@pytest.mark.parametrize(("text", "core"), STANDARD.values(), ids=STANDARD)
def test_standard_macros(text: str, core: str) -> None:
    assert shape(text) == core


def test_macros_with_fresh_names_evaluate_once() -> None:
    assert shape("(if-let (x (f)) x y)").count("(@f)") == 1
    assert shape("(some-> (f) g (h 1))").count("(@f)") == 1


def test_each_use_in_a_body_is_expanded_once() -> None:
    world = World()
    uses = []

    def note(form: object) -> object:
        uses.append(form)
        return form

    world.globals["note"] = note
    expand("(defmacro m (x) (note x)) (fn () (m 1) (begin (m (define y 2))) y)", world)
    assert [write(use) for use in uses] == ["1", "(define y 2)"]


@pytest.mark.parametrize("text", ["(m)", "(fn () (m))"])
@pytest.mark.parametrize("body", ["'(m)", "'(begin (m))", "'(f (m))", "'(let () (m))"])
def test_endless_expansion_is_stopped(text: str, body: str) -> None:
    with pytest.raises(EvalError, match="macro expansion exceeded depth limit"):
        expand(f"(defmacro m () {body}) {text}")


def test_wrong_number_of_operands() -> None:
    with pytest.raises(ArityError, match=r"m expects 1 args, got 0$") as caught:
        expand("(defmacro m (x) x)\n (m)")
    assert str(caught.value.span) == "test.sema:2:2"
    with pytest.raises(ArityError, match=r"if-let expects 3 args, got 2$"):
        expand("(if-let (x 1) 2)")
    with pytest.raises(ArityError, match=r"as-> expects 2\+ args, got 1$"):
        expand("(as-> 1)")


def test_an_error_in_a_transformer_is_placed_at_the_use() -> None:
    def fail(*_: object) -> object:
        raise EvalError("failed")

    world = World()
    world.globals["fail"] = fail
    with pytest.raises(EvalError) as caught:
        expand("(defmacro m () (fail))\n\n(f (m))", world)
    assert str(caught.value.span) == "test.sema:3:4"


def test_what_a_macro_makes_stands_at_its_use() -> None:
    node = expand("(defmacro m (x) `(f (g ,x)))\n(m 1)")[-1]
    assert str(node.span) == "test.sema:2:1"
    assert str(node.args[0].span) == "test.sema:2:1"  # type: ignore[attr-defined]


def test_forms_one_by_one() -> None:
    world = World()
    forms, spans = read_all("(define (twice x) (list '+ x x)) (defmacro m (x) (twice x)) (m 2)", "")
    nodes = []
    for node in expand_each(forms, spans, world):
        world.run(node, {})
        nodes.append(node)
    assert nodes[-1].args[0].value == 2  # type: ignore[attr-defined]


def test_macroexpand_expands_once() -> None:
    world = World()
    expand("(defmacro a () '(b)) (defmacro b () 1)", world)
    assert write(macroexpand_once(read_one("(a)"), world)) == "(b)"
    assert write(macroexpand_once(read_one("(f (a))"), world)) == "(f (a))"
    assert macroexpand_once(5, world) == 5


def test_macros_print_as_such() -> None:
    assert write(BUILTIN_MACROS["->"]) == "<macro ->>"


def test_a_helper_of_the_same_unit_is_not_there_yet() -> None:
    with pytest.raises(KeyError, match="helper"):
        expand("(define (helper) 1) (defmacro m () (helper)) (m)")


def test_splicing_into_a_map_is_an_error() -> None:
    with pytest.raises(CompileError, match="unquote-splicing is not allowed in a quasiquoted map"):
        expand("`{:a ,@x}")


def test_an_error_in_a_macro_use_that_a_macro_makes_is_placed_at_the_outer_use() -> None:
    with pytest.raises(ArityError) as caught:
        expand("(defmacro a () (list 'list (list 'b 1))) (defmacro b () 1)\n(fn ()\n (list 1 (a)))")
    assert str(caught.value.span) == "test.sema:3:10"
