"""Programs about programs: forms as text, checks of source text, facts about functions."""

from __future__ import annotations

from typing import Any

from sema.errors import (
    ArityError,
    CompileError,
    ReadError,
    SemaError,
    SemaIOError,
    SemaTypeError,
    UnboundError,
)
from sema.stdlib.registry import builtin, declaration, declare_elsewhere
from sema.vm.code import LIBRARY_FILE
from sema.vm.maps import Map
from sema.vm.types import type_name
from sema.vm.values import Builtin, Closure, Symbol, intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sema.embed.namespace import Context
    from sema.stdlib.kinds import Path

_CODES = {
    ReadError: "syntax",
    CompileError: "syntax",
    UnboundError: "unbound-symbol",
    ArityError: "arity",
    SemaTypeError: "type",
    SemaIOError: "io",
}


@builtin(
    "format/form",
    doc="The source text of a datum, laid out in lines of at most 80 columns.",
    example='(format/form \'(+ 1 2)) => "(+ 1 2)"',
    tier="T2",
)
def format_form(form: Any) -> str:
    from sema.reader import pretty, write
    from sema.tools.formatter import format_source

    try:
        return format_source(write(form)).removesuffix("\n")
    except ReadError:
        # It holds something, such as a record, that is no source text.
        return pretty(form)


# --- Checking source text -------------------------------------------------------------------------


def _diagnostic(error: SemaError) -> Map:
    entries: list[tuple[str, Any]] = [
        ("level", intern_keyword("error")),
        ("code", intern_keyword(_CODES.get(type(error), "error"))),
        ("message", error.message),
    ]
    if error.span is not None:
        span = error.span
        places = {
            "line": span.line,
            "col": span.column,
            "end-line": span.end_line,
            "end-col": span.end_column,
        }
        entries.append(("span", _map(places.items())))
    return _map(entries)


def _map(entries: Any) -> Map:
    return Map.from_pairs((intern_keyword(name), value) for name, value in entries)


def _report(errors: list[SemaError]) -> Map:
    diagnostics = make_list([_diagnostic(error) for error in errors])
    return _map([("ok", not errors), ("diagnostics", diagnostics)])


@builtin(
    "sema/check-string",
    doc="What is wrong with a program's text: a map of :ok and :diagnostics. Runs nothing but "
    "the text's own macros.",
    example='(:ok (sema/check-string "(+ 1 2)")) => #t',
    tier="T2",
    owned=True,
)
def check_string(context: Context, source: str) -> Map:
    # Checking stands on the whole system, which is above this room.
    from sema.embed.check import problems

    return _report(problems(source, None, context))


@builtin(
    "sema/check-file",
    doc="What is wrong with a program: a map of :ok and :diagnostics, as by sema/check-string.",
    example='(:ok (sema/check-file "no such file")) => #f',
    capability="fs-read",
    tier="T2",
    owned=True,
)
def check_file(context: Context, path: Path) -> Map:
    from sema.embed.check import problems
    from sema.embed.files import decode, read_bytes

    try:
        text = decode(read_bytes(path), path)
    except SemaIOError as error:
        return _report([error])
    return _report(problems(text, path, context))


# --- Facts about functions ------------------------------------------------------------------------


def _facts(function: Any) -> tuple[str | None, int, int | None, str]:
    """Name, least and most arguments, documentation."""
    from sema.expander.forms import BY_SYMBOL, SpecialForm
    from sema.expander.macros import Macro

    if type(function) is Builtin:
        most = None if function.max_args < 0 else function.max_args
        return function.name, function.min_args, most, function.doc
    if type(function) is Closure:
        code = function.code_object
        declared = declaration(function.name or "") if code.unit.file == LIBRARY_FILE else None
        if declared is not None:
            most = None if declared.max_args < 0 else declared.max_args
            return declared.name, declared.min_args, most, declared.doc
        return function.name, code.n_params, None if code.has_rest else code.n_params, ""
    if type(function) is Symbol:
        function = BY_SYMBOL.get(function, function)
    if isinstance(function, (Macro, SpecialForm)):
        return function.name, function.min_args, function.max_args, function.doc
    raise SemaTypeError("function", type_name(function))


@builtin(
    "fn/name",
    doc="The name of a function or macro as a symbol, nil if it has none.",
    example="(fn/name car) => car",
)
def function_name(function: Any) -> Any:
    from sema.vm.values import intern_symbol

    name = _facts(function)[0]
    return None if name is None else intern_symbol(name)


@builtin(
    "fn/arity",
    doc="The least and the most arguments that a function takes, as a list; nil if no limit.",
    example="(list (fn/arity get) (fn/arity +)) => ((2 3) (0 nil))",
)
def function_arity(function: Any) -> Any:
    _, least, most, _ = _facts(function)
    return make_list([least, most])


@builtin(
    "fn/doc",
    doc="The documentation of a function, of a macro, or of the special form that a symbol "
    "names; nil if there is none.",
    example="(string? (fn/doc 'if)) => #t",
)
def function_documentation(function: Any) -> str | None:
    return _facts(function)[3] or None


declare_elsewhere(
    "env/names",
    (),
    "",
    "The names of all that the program has defined, as a list of symbols in order.",
    "(begin (define x 1) (list? (env/names))) => #t",
)
