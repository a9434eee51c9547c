"""Lines of spans: text with a tone, measured, cut and padded by terminal cell.

Presenters make lines and know no colour; widgets turn tones into styles. Nothing that came from
outside is ever markup: `literal` makes it harmless, a span holds it as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len

from skyforge_tui.tui.presenters.glyphs import ELLIPSIS

Tone = Literal[
    "text", "strong", "muted", "faint", "line", "accent", "ok", "warn", "bad", "spin", "pill"
]
"""What a span means. `spin` is an accent whose sign turns; `pill` is what stands on the accent."""

Ground = Literal["", "bg", "surface", "overlay", "cursor", "cursor2", "input", "place", "pill"]
"""What a span stands on; empty means whatever its widget stands on."""

Align = Literal["left", "right"]
Cut = Literal["end", "middle", "front"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one tone."""

    text: str
    tone: Tone = "text"
    bold: bool = False
    underline: bool = False
    on: Ground = ""
    ref: str = ""
    """What a click on it means to its widget; empty means nothing."""


Line = tuple[Span, ...]
"""One row, left to right."""


def line(*parts: str | Span | Line) -> Line:
    """Join texts (in tone `text`), spans and lines into one line."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(part))
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part)
    return tuple(spans)


def joined(lines: Iterable[Line], gap: str = "  ") -> Line:
    """Join the lines that hold something, `gap` between them."""
    spans: list[Span] = []
    for one in lines:
        if one:
            spans.extend((Span(gap), *one) if spans else one)
    return tuple(spans)


def width_of(one: Line) -> int:
    """Return how many cells a line takes."""
    return sum(cell_len(span.text) for span in one)


def plain(one: Line) -> str:
    """Return the text of a line without its tones."""
    return "".join(span.text for span in one)


def text_of(one: Line, width: int | None = None) -> str:
    """Return a line as a terminal of `width` cells would show it, trailing blanks cut."""
    return plain(one if width is None else fitted(one, width)).rstrip()


def cut_text(text: str, width: int, cut: Cut = "end") -> str:
    """Return `text` in at most `width` cells; what is missing shows as an ellipsis."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    if cut == "front":
        return ELLIPSIS + _tail(text, width - 1)
    if cut == "middle":
        tail = _tail(text, (width - 1) * 2 // 5)
        return _head(text, width - 1 - cell_len(tail)) + ELLIPSIS + tail
    return _head(text, width - 1).rstrip() + ELLIPSIS


def _head(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[:index]
    return text


def _tail(text: str, width: int) -> str:
    return _head(text[::-1], width)[::-1]


def cut_line(one: Line, width: int, cut: Cut = "end") -> Line:
    """Return a line in at most `width` cells; what is missing shows as an ellipsis.

    Of one that is cut in the middle the last span stays; it has half of the width, or what the
    others leave.
    """
    if width_of(one) <= width:
        return one
    if len(one) == 1:
        return (replace(one[0], text=cut_text(one[0].text, width, cut)),)
    if cut == "middle":
        last = cut_line(one[-1:], max(width // 2, width - width_of(one[:-1])), cut)
        return (*cut_line(one[:-1], width - width_of(last), cut), *last)
    if cut == "front":
        mirrored = tuple(replace(span, text=span.text[::-1]) for span in reversed(one))
        back = cut_line(mirrored, width)
        return tuple(replace(span, text=span.text[::-1]) for span in reversed(back))
    spans: list[Span] = []
    left = width - 1
    for span in one:
        size = cell_len(span.text)
        if size > left:
            kept = _head(span.text, left) + ELLIPSIS[: max(0, width)]
            spans.append(replace(span, text=kept))
            break
        spans.append(span)
        left -= size
    return tuple(spans)


def padded(one: Line, width: int, align: Align = "left") -> Line:
    """Return a line filled up with blanks to `width` cells; a longer one stays as it is."""
    missing = width - width_of(one)
    if missing <= 0:
        return one
    blank = Span(" " * missing)
    return (blank, *one) if align == "right" else (*one, blank)


def fitted(one: Line, width: int, align: Align = "left", cut: Cut = "end") -> Line:
    """Return a line in exactly `width` cells, cut or padded."""
    if width <= 0:
        return ()
    return padded(cut_line(one, width, cut), width, align)


def spread(left: Line, right: Line, width: int, gap: int = 2) -> Line:
    """Put one line at each end of `width` cells; the left one gives way, then the right one."""
    right = cut_line(right, width)
    room = width - width_of(right)
    if not right:
        return fitted(left, width)
    return (*fitted(cut_line(left, max(0, room - gap)), room), *right)


def banded(one: Line, width: int, on: Ground = "cursor") -> Line:
    """Return a line as a band of exactly `width` cells; spans with their own ground keep it."""
    return tuple(span if span.on else replace(span, on=on) for span in fitted(one, width))


def with_tone(one: Line, tone: Tone) -> Line:
    """Return a line all in one tone, as stale rows are shown."""
    return tuple(replace(span, tone=tone, bold=False) for span in one)


def wrapped(text: str, width: int, most: int = 0) -> list[str]:
    """Break `text` at blanks into rows of at most `width` cells, `most` rows if given."""
    rows: list[str] = []
    row = ""
    for word in text.split(" "):
        if not word:
            continue
        while cell_len(word) > width > 0:
            if row:
                rows.append(row)
                row = ""
            piece = _head(word, width)
            rows.append(piece)
            word = word[len(piece) :]
        longer = f"{row} {word}" if row else word
        if cell_len(longer) <= width:
            row = longer
        else:
            rows.append(row)
            row = word
    if row or not rows:
        rows.append(row)
    if most and len(rows) > most:
        rest = " ".join(rows[most - 1 :])
        rows = [*rows[: most - 1], cut_text(rest, width)]
    return rows


def wrapped_line(one: Line, width: int, most: int = 0) -> list[Line]:
    """Break a line at blanks into rows of at most `width` cells, `most` rows if given.

    A word that is longer than a row is broken where the row ends.
    """
    rows: list[list[Span]] = [[]]
    used = 0
    for span in one:
        for index, word in enumerate(span.text.split(" ")):
            blank = 1 if index else 0
            for piece in _pieces(word, width):
                size = cell_len(piece)
                if (
                    used
                    and piece
                    and used + blank + size > width
                    and (not most or len(rows) < most)
                ):
                    rows.append([])
                    used = blank = 0
                rows[-1].append(replace(span, text=" " * blank + piece))
                used += blank + size
                blank = 0
    return [cut_line(tuple(row), width) for row in rows]


def _pieces(word: str, width: int) -> Iterator[str]:
    """Yield a word in pieces of at most `width` cells; the empty word is one piece."""
    while cell_len(word) > width > 0 and (piece := _head(word, width)):
        yield piece
        word = word[len(piece) :]
    yield word


def ref_at(one: Sequence[Span], x: int) -> str:
    """Return the reference of the span at cell `x`, or empty."""
    end = 0
    for span in one:
        end += cell_len(span.text)
        if x < end:
            return span.ref if x >= 0 else ""
    return ""


_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_STACK = 2
"""How many combining marks a character may carry before the rest are dropped."""


@lru_cache(maxsize=4096)
def literal(text: str) -> str:
    """Return foreign text as one harmless row: nothing in it can move, hide or reorder anything.

    Control characters become their pictures (`␛`), direction overrides and unpaired surrogates the
    replacement character, line breaks and tabs a blank; what has no width is dropped.
    """
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    stacked = 0
    for character in text:
        shown = _harmless(character)
        if unicodedata.combining(character):
            stacked += 1
            if stacked > _STACK or not kept:
                continue
        else:
            stacked = 0
        kept.append(shown)
    return "".join(kept)


def _harmless(character: str) -> str:
    if character in "\t\n\r\v\f\x85":
        return " "
    category = unicodedata.category(character)
    if category == "Cc":
        code = ord(character)
        return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
    if character in _BIDI or category in ("Cs", "Cn"):
        return "\ufffd"
    if category in ("Zl", "Zp", "Zs"):
        return " "
    if category in ("Cf", "Me") or "\ufe00" <= character <= "\ufe0f":
        return ""
    if category in ("Mn",) and cell_len(character) != 0:
        return ""
    return character
