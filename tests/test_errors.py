"""The parts of an error that other programs keep: places and frames are values."""

from __future__ import annotations

import pickle

import pytest

from sema.errors import Span, TraceFrame

SPAN = Span(1, 2, 3, 4, "f.sema")


def test_equal_if_all_fields_are() -> None:
    assert Span(1, 2, 3, 4, "f.sema") == SPAN
    assert Span(1, 2, 3, 4) != SPAN
    assert TraceFrame("f", SPAN) != TraceFrame("f", SPAN, 2)
    assert len({SPAN, Span(1, 2, 3, 4, "f.sema"), Span(1, 2, 3, 4)}) == 2
    assert SPAN != (1, 2, 3, 4, "f.sema")


def test_shown_with_all_fields() -> None:
    assert repr(SPAN) == "Span(line=1, column=2, end_line=3, end_column=4, file='f.sema')"
    assert repr(TraceFrame("f")) == "TraceFrame(name='f', span=None, repeats=1)"


@pytest.mark.parametrize("value", [SPAN, TraceFrame("f", SPAN, 2)])
def test_pickled(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


def test_never_changed() -> None:
    with pytest.raises(AttributeError, match="a Span cannot be changed"):
        SPAN.line = 9
    with pytest.raises(AttributeError, match="a Span cannot be changed"):
        del SPAN.line
