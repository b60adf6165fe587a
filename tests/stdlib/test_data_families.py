"""Families of data: what a program's output does not show, and that codecs lose nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sema
from sema.errors import EvalError
from sema.stdlib.registry import find
from sema.vm.crossing import from_python
from sema.vm.equality import equal
from sema.vm.values import intern_keyword

TEXT = st.text()  # hypothesis leaves out surrogates, as UTF-8 does


@given(TEXT)
def test_base64_gives_back_the_text(text: str) -> None:
    assert find("base64/decode")(find("base64/encode")(text)) == text


@given(st.binary())
def test_base64_gives_back_the_bytes(data: bytes) -> None:
    assert find("base64/decode-bytes")(find("base64/encode-bytes")(data)) == data


@given(st.text("AZaz09+/=-_ \n", max_size=8))
def test_base64_has_one_form(text: str) -> None:
    try:
        data = find("base64/decode-bytes")(text)
    except EvalError as error:
        assert error.message.startswith("base64/decode-bytes: ")
    else:
        assert find("base64/encode-bytes")(data) == text


@given(TEXT)
def test_utf8_gives_back_the_text(text: str) -> None:
    assert find("utf8->string")(find("string->utf8")(text)) == text


@given(st.binary())
def test_bytevectors_are_lists_of_bytes(data: bytes) -> None:
    listed = find("bytevector->list")(data)
    assert list(listed) == list(data)
    assert find("list->bytevector")(listed) == data == find("bytevector")(*data)


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_tenths(n: int) -> None:
    text = f"{'-' * (n < 0)}{abs(n) // 10}.{abs(n) % 10}"
    assert find("bytes/parse-int10")(text.encode()) == n


@given(
    st.integers(-62_135_596_800, 253_402_300_799),  # the years 1 to 9999
    st.sampled_from(["%F %T", "%c", "%+", "%s", "%v %r", "%G-W%V-%u %H:%M:%S"]),
)
def test_time_gives_back_the_second(seconds: int, template: str) -> None:
    assert find("time/parse")(find("time/format")(seconds, template), template) == seconds


KEYS = TEXT.map(intern_keyword)
INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def documents(atoms: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """What JSON and TOML give back as it was: maps with keywords, lists, the atoms."""
    return st.recursive(atoms, lambda x: st.lists(x) | st.dictionaries(KEYS, x), max_leaves=8).map(
        from_python
    )


@given(documents(st.none() | st.booleans() | st.integers() | FLOATS | TEXT))
def test_json_gives_back_the_value(value: object) -> None:
    for encode in ("json/encode", "json/encode-pretty"):
        assert equal(find("json/decode")(find(encode)(value)), value)


@given(documents(st.booleans() | INTEGERS | FLOATS | TEXT))
def test_python_reads_our_json(value: object) -> None:
    text = find("json/encode")(value)
    assert find("json/encode")(find("json/decode")(json.dumps(json.loads(text)))) == text


@given(st.text('[]{},:" \\u0dD8eE+-.1tn', max_size=12))
def test_json_takes_any_text(text: str) -> None:
    try:
        find("json/decode")(text)
    except EvalError as error:
        assert error.message.startswith("json/decode: parse error at line ")


@given(st.dictionaries(KEYS, documents(st.booleans() | INTEGERS | FLOATS | TEXT)))
def test_toml_gives_back_the_map(entries: dict[object, object]) -> None:
    value = from_python(entries)
    assert equal(find("toml/decode")(find("toml/encode")(value)), value)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TEXT, min_size=n, max_size=n))))
def test_csv_gives_back_the_rows(rows: list[list[str]]) -> None:
    value = from_python(rows)
    assert equal(find("csv/parse")(find("csv/encode")(value)), value)


@given(st.text(" .!?\nabcé", max_size=80), st.integers(1, 20), st.integers(0, 20))
def test_chunks_fit_and_lose_no_word(text: str, size: int, overlap: int) -> None:
    options = sema.Interpreter().eval(f"{{:size {size} :overlap {overlap}}}")
    pieces = list(find("text/chunk")(text, options))
    assert all(len(piece) <= size for piece in pieces)
    letters = {"a", "b", "c", "é"}
    assert letters & set(text) == letters & set("".join(pieces))
    if not overlap:
        assert sum(map(len, pieces)) <= len(text)


@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
def test_log_lines(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    interpreter = sema.Interpreter()
    assert interpreter.eval(f'(log/{level} "n is" \'(1 "a"))') is None
    interpreter.eval(f"(context/with {{:user 7}} (lambda () (log/{level} :hi)))")
    assert capsys.readouterr().err.splitlines() == [
        f'[{level.upper()}] n is (1 "a")',
        f"[{level.upper()}] :hi {{:user 7}}",
    ]
