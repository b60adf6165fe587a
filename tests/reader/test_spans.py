# reference: reader.md 12
"""The places of forms."""

from __future__ import annotations

from typing import Any

import pytest

from sema.errors import Span
from sema.reader import SpanTable, read_all, read_recovering, write, written_symbols
from sema.vm.values import make_list


def place(span: Span | None) -> str:
    assert span is not None
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def test_lists_and_vectors_know_their_extent() -> None:
    (form,), spans = read_all("(a [b\n  c]\n (d))", "x.sema")
    assert place(spans.of(form)) == "1:1-3:6"
    assert place(spans.of(form[1])) == "1:4-2:5"
    assert place(spans.of(form[2])) == "3:2-3:5"
    assert str(spans.of(form)) == "x.sema:1:1"


def test_atoms_are_found_through_their_parent() -> None:
    (form,), spans = read_all("(a 12 () [x])")
    assert spans.of(form[0]) is None
    assert [place(spans.child(form, i)) for i in range(4)] == [
        "1:2-1:3",
        "1:4-1:6",
        "1:7-1:9",
        "1:10-1:13",
    ]
    assert place(spans.child(form[3], 0)) == "1:11-1:12"
    assert spans.child(form, 4) is None
    assert spans.child(form, -1) is None


def test_the_forms_of_the_unit() -> None:
    _, spans = read_all("a 'b\n(c)")
    assert [place(spans.child(None, i)) for i in range(3)] == ["1:1-1:2", "1:3-1:5", "2:1-2:4"]


@pytest.mark.parametrize(
    ("text", "extent", "children"),
    [
        ("'x", "1:1-1:3", ["1:1-1:2", "1:2-1:3"]),
        (",@ (x)", "1:1-1:7", ["1:1-1:3", "1:4-1:7"]),
        ('f"a${b} c"', "1:1-1:11", ["1:1-1:2", "1:3-1:4", "1:6-1:7", "1:8-1:10"]),
        ("#(f %)", "1:1-1:7", ["1:1-1:2", "1:1-1:2", "1:2-1:7"]),
    ],
)
def test_short_hands(text: str, extent: str, children: list[str]) -> None:
    (form,), spans = read_all(text)
    assert place(spans.of(form)) == extent
    assert [place(spans.child(form, i)) for i in range(len(form))] == children


def test_the_body_of_a_short_lambda() -> None:
    (form,), spans = read_all("#(f (g %))")
    assert place(spans.child(form[2], 1)) == "1:5-1:10"
    assert place(spans.child(form[2][1], 1)) == "1:8-1:9"


def test_interpolations_stand_where_they_are_in_the_file() -> None:
    (form,), spans = read_all('\nf"a\n${ (b c) }"')
    assert place(spans.of(form[2])) == "3:4-3:9"
    assert place(spans.child(form[2], 1)) == "3:7-3:8"


def test_columns_count_code_points() -> None:
    (form,), spans = read_all('(\té"\U0001f600" x)')
    assert [place(spans.child(form, i)) for i in range(3)] == ["1:3-1:4", "1:4-1:7", "1:8-1:9"]


def test_made_forms_take_the_place_of_another() -> None:
    (form,), spans = read_all("(a (b))")
    made: Any = make_list([1, form[1]])
    assert spans.of(made) is None
    spans.copy(form, made)
    assert spans.of(made) == spans.of(form)
    assert spans.child(made, 0) is None
    assert place(spans.child(made, 1)) == "1:4-1:7"


def test_copy_keeps_a_place_and_set_replaces_it() -> None:
    (form,), spans = read_all("(a (b))")
    spans.copy(form, form[1])
    assert place(spans.of(form[1])) == "1:4-1:7"
    spans.set(form[1], Span(9, 9, 9, 9))
    assert place(spans.of(form[1])) == "9:9-9:9"
    spans.set(form[1], None)
    assert place(spans.of(form[1])) == "9:9-9:9"


def test_atoms_take_no_place() -> None:
    (form,), spans = read_all("(a)")
    for atom in (None, 1, "s", form[0], read_all("()")[0][0]):
        spans.copy(form, atom)
        assert spans.of(atom) is None


def test_an_empty_table_knows_nothing() -> None:
    spans = SpanTable()
    made = make_list([1])
    assert spans.of(made) is None
    assert spans.child(made, 0) is None


def test_a_table_of_many_forms() -> None:
    forms, spans = read_all("(a)\n" * 10_000)
    assert [place(spans.of(form)) for form in forms] == [
        f"{line}:1-{line}:4" for line in range(1, 10_001)
    ]


def test_recovering_keeps_places() -> None:
    forms, spans, _ = read_recovering("(a ]\n(b c)", None)
    assert place(spans.of(forms[0])) == "2:1-2:6"
    assert place(spans.child(None, 0)) == "2:1-2:6"


def test_written_symbols() -> None:
    found = written_symbols('(a \'b %1 nil inf . :k f"x${c}" #(%))')
    assert [(write(symbol), place(span)) for symbol, span in found] == [
        ("a", "1:2-1:3"),
        ("b", "1:5-1:6"),
        ("%1", "1:7-1:9"),
        ("c", "1:28-1:29"),
        ("%", "1:34-1:35"),
    ]
