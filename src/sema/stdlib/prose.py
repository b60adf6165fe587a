"""Texts for people: cleaning, excerpts, chunks, documents and templates."""

from __future__ import annotations

import re

from sema.errors import EvalError
from sema.reader.printer import display
from sema.stdlib.options import option
from sema.stdlib.registry import builtin
from sema.vm.maps import Map
from sema.vm.values import intern_keyword, make_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# --- Cleaning -------------------------------------------------------------------------------------


@builtin(
    "text/clean-whitespace",
    doc="The text with each run of whitespace as one blank, and none at its ends.",
    example=r'(text/clean-whitespace " a \n b ") => "a b"',
    tier="T2",
)
def clean_whitespace(s: str) -> str:
    return " ".join(s.split())


@builtin(
    "text/normalize-newlines",
    doc="The text with all line breaks as newlines.",
    example=r'(text/normalize-newlines "a\r\nb\rc") => "a\nb\nc"',
    tier="T2",
)
def normalize_newlines(s: str) -> str:
    return s.replace("\r\n", "\n").replace("\r", "\n")


_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#39": "'", "nbsp": " "}


@builtin(
    "text/strip-html",
    doc="The text without tags, the commonest entities decoded.",
    example='(text/strip-html "<b>a &amp; b</b>") => "a & b"',
    tier="T2",
)
def strip_html(s: str) -> str:
    bare = re.sub(r"<[^>]*>?|>", "", s)
    return re.sub(r"&(amp|lt|gt|quot|apos|#39|nbsp);", lambda found: _ENTITIES[found[1]], bare)


@builtin(
    "text/trim-indent",
    doc="The text with the smallest indentation of its lines taken from all of them.",
    example=r'(text/trim-indent "  a\n    b") => "a\n  b"',
    tier="T2",
)
def trim_indent(s: str) -> str:
    lines = s.split("\n")
    indentation = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
    return "\n".join([line[indentation:] for line in lines])


@builtin(
    "text/truncate",
    doc="The text cut to a number of characters, the suffix of a text that is cut included.",
    example='(text/truncate "hello world" 8) => "hello..."',
    tier="T2",
)
def truncate(s: str, n: int, suffix: str = "...") -> str:
    if n < 0 or len(s) <= n:
        return s
    return s[: max(0, n - len(suffix))] + suffix


@builtin(
    "text/excerpt",
    doc="What surrounds the first occurrence of a text, whatever its case; nil if there is none.",
    example='(text/excerpt "a long story" "LONG" {:radius 1}) => "... long ..."',
    tier="T2",
)
def excerpt(s: str, query: str, options: Any = None) -> str | None:
    radius = max(0, option(options, "radius", 100))
    omission = option(options, "omission", "...")
    found = re.search(re.escape(query), s, re.IGNORECASE)
    if found is None:
        return None
    start = max(0, found.start() - radius)
    end = min(len(s), found.end() + radius)
    return (omission if start else "") + s[start:end] + (omission if end < len(s) else "")


@builtin(
    "text/word-count",
    doc="The number of words between blanks.",
    example='(text/word-count "to be or not") => 4',
    tier="T2",
)
def word_count(s: str) -> int:
    return len(s.split())


# --- Chunks ---------------------------------------------------------------------------------------

# Where a text is cut rather than anywhere: what stays at the end of a piece, and what goes.
_SEPARATORS = (
    ("", "\n\n"),
    ("", "\n"),
    (".", " "),
    ("!", " "),
    ("?", " "),
    (";", " "),
    (",", " "),
    ("", " "),
)


def _size(s: str) -> int:
    return len(s.encode())


def chunks(s: str, size: int, overlap: int) -> list[str]:
    """Pieces of at most ``size`` bytes, or characters where a text must be cut inside a word; each
    repeats up to ``overlap`` characters from the end of the one before."""
    if _size(s) <= size:
        return [s] if s else []
    for kept, gap in _SEPARATORS:
        if kept + gap in s:
            *parts, last = s.split(kept + gap)
            return _merged([*(part + kept for part in parts), last], gap, size, overlap)
    starts = range(0, max(1, len(s) - overlap), size - overlap)
    return [s[start : start + size] for start in starts]


def _merged(parts: list[str], gap: str, size: int, overlap: int) -> list[str]:
    """As many parts together as fit into a piece; parts that alone do not fit in pieces."""
    made: list[str] = []
    piece: list[str] = []
    used = 0
    for part in parts:
        room = size - len(gap) - _size(part)
        if piece and used <= room:
            piece.append(part)
            used += len(gap) + _size(part)
            continue
        carried = ""
        if piece:
            made.append(gap.join(piece))
            carried = made[-1][-overlap:] if 0 < overlap <= room and part else ""
        if carried and _size(carried) <= room:
            piece = [carried, part]
        else:
            *full, last = chunks(part, size, overlap) or [""]
            made += full
            piece = [last] if last else []
        used = _size(gap.join(piece))
    if piece:
        made.append(gap.join(piece))
    return made


def _chunks_of(s: str, options: Any) -> list[str]:
    size = max(1, option(options, "size", 1000))
    overlap = max(0, option(options, "overlap", 200))
    return chunks(s, size, overlap if overlap < size else 0)


@builtin(
    "text/split-sentences",
    doc="The sentences of a text: they end at a full stop, exclamation or question mark.",
    example='(text/split-sentences "Really? No. Yes!") => ("Really?" "No." "Yes!")',
    tier="T2",
)
def split_sentences(s: str) -> Any:
    return make_list([part for part in re.split(r"(?<=[.!?])\s+", s.strip()) if part])


@builtin(
    "text/chunk",
    doc="The text in overlapping pieces of a size, cut between paragraphs, sentences or words.",
    example='(text/chunk "aaa bbb ccc" {:size 7 :overlap 3}) => ("aaa bbb" "bbb ccc")',
    tier="T2",
)
def chunk(s: str, options: Any = None) -> Any:
    return make_list(_chunks_of(s, options))


@builtin(
    "text/chunk-by-separator",
    doc="The parts of a text between separators, without empty ones.",
    example='(text/chunk-by-separator "a--b----c" "--") => ("a" "b" "c")',
    tier="T2",
)
def chunk_by_separator(s: str, separator: str) -> Any:
    return make_list([part for part in s.split(separator) if part] if separator else list(s))


# --- Documents and templates ----------------------------------------------------------------------

TEXT = intern_keyword("text")
METADATA = intern_keyword("metadata")
CHUNK_INDEX = intern_keyword("chunk-index")
TOTAL_CHUNKS = intern_keyword("total-chunks")


def _field(document: Map, key: Any) -> Any:
    if key not in document:
        raise EvalError(f"not a document: missing {key}")
    return document[key]


@builtin(
    "document/create",
    doc="A document: a map of a text and of what is known about it.",
    example='(document/create "a" {:page 1}) => {:metadata {:page 1} :text "a"}',
    tier="T2",
)
def create_document(text: str, metadata: Map) -> Map:
    return Map.from_pairs([(TEXT, text), (METADATA, metadata)])


@builtin(
    "document/text",
    doc="The text of a document.",
    example='(document/text {:text "a" :metadata {}}) => "a"',
    tier="T2",
)
def document_text(document: Map) -> Any:
    return _field(document, TEXT)


@builtin(
    "document/metadata",
    doc="What is known about a document.",
    example='(document/metadata {:text "a" :metadata {:page 1}}) => {:page 1}',
    tier="T2",
)
def document_metadata(document: Map) -> Any:
    return _field(document, METADATA)


@builtin(
    "document/chunk",
    doc="The documents of the chunks of a document's text, numbered in their metadata.",
    example='(length (document/chunk (document/create "a" {}))) => 1',
    tier="T2",
)
def chunk_document(document: Map, options: Any = None) -> Any:
    text = _field(document, TEXT)
    metadata = document.get(METADATA)
    if type(text) is not str:
        raise EvalError("not a document: :text is no string")
    if type(metadata) is not Map:
        metadata = Map.from_pairs([])
    pieces = _chunks_of(text, options)
    known = metadata.assoc(TOTAL_CHUNKS, len(pieces))
    return make_list(
        [create_document(piece, known.assoc(CHUNK_INDEX, i)) for i, piece in enumerate(pieces)]
    )


@builtin(
    "prompt/template",
    doc="The string itself, as a template for `prompt/render`.",
    example='(prompt/template "Hi {{name}}") => "Hi {{name}}"',
    tier="T2",
)
def template(s: str) -> str:
    return s


@builtin(
    "prompt/render",
    doc="A template with each {{name}} replaced by the value of that keyword in a map.",
    example='(prompt/render "Hi {{name}}" {:name "Ada"}) => "Hi Ada"',
    tier="T2",
)
def render(template: str, values: Map) -> str:
    def value(found: re.Match[str]) -> str:
        name = intern_keyword(found[1].strip())
        return display(values[name]) if name in values else found[0]

    return re.sub(r"\{\{(.*?)\}\}", value, template, flags=re.DOTALL)
