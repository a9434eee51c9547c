"""Lights up in drawn text what is looked for, and finds a hit's bytes in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from skyforge_tui.domain.log import LogLine
from skyforge_tui.tui.ansi import Parsed
from skyforge_tui.tui.sgr import Sgr
from skyforge_tui.tui.widgets.log_text import Light, LogText

Spans = Callable[[bytes], list[tuple[int, int]]]
"""Returns start and end of each hit in a line's bytes."""

WHOLE = 8192
"""Characters of a text that is looked through as a whole; of a longer one what is in view is."""
AROUND = 1024
"""Characters that are looked at on either side of what is in view."""
MOST_COUNTED = 64 * 1024
"""Bytes of a line in which hits are counted to tell them apart."""


class Spot(NamedTuple):
    """Characters of a line: in which of its pieces, from where, and up to where."""

    piece: int
    start: int
    end: int


def lighting(spans: Spans, here: Spot | None) -> Light:
    """Return what lights up hits in the pieces of a line, and the one at `here` in particular."""

    def light(piece: int, parsed: Parsed, start: int, end: int) -> Parsed:
        found = hits_between(spans, parsed.text, start, end)
        return _lit(parsed, found, here if here is not None and here.piece == piece else None)

    return light


def hits_between(spans: Spans, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the hits in a text that show between two of its characters, in characters."""
    first, last = 0, len(text)
    if last > WHOLE:
        first, last = max(0, start - AROUND), min(last, end + AROUND)
    window = text[first:last]
    data = window.encode()
    found = spans(data)
    if len(data) != len(window):
        found = _in_characters(data, found)
    return [(first + a, first + b) for a, b in found if first + b > start and first + a < end]


def _in_characters(data: bytes, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found = []
    at = characters = 0
    for start, end in spans:
        characters += len(data[at:start].decode("utf-8", "replace"))
        length = len(data[start:end].decode("utf-8", "replace"))
        found.append((characters, characters + length))
        characters += length
        at = end
    return found


def _lit(parsed: Parsed, hits: list[tuple[int, int]], here: Spot | None) -> Parsed:
    """Return the same text with hits lit up."""
    if not hits:
        return parsed
    starts: list[int] = []
    sgrs: list[Sgr] = []

    def put(start: int, sgr: Sgr) -> None:
        if starts and starts[-1] == start:
            sgrs[-1] = sgr
        else:
            starts.append(start)
            sgrs.append(sgr)

    ends = [*parsed.starts[1:], len(parsed.text)]
    hit = 0
    for start, end, sgr in zip(parsed.starts, ends, parsed.sgrs, strict=True):
        put(start, sgr)
        while hit < len(hits) and hits[hit][0] < end:
            first, last = hits[hit]
            is_here = here is not None and here.start == first
            put(max(first, start), sgr._replace(lit=2 if is_here else 1))
            if last > end:
                break
            if last < end:
                put(last, sgr)
            hit += 1
    return parsed.dressed(starts, sgrs)


def spot_of(line: LogLine, text: LogText, spans: Spans, offset: int) -> Spot | None:
    """Return the characters of a hit that begins at the byte `offset`, as near as can be told."""
    inside = offset - line.offset
    if text.is_as_written:
        found = spans(line.data[inside : inside + MOST_COUNTED])
        length = found[0][1] if found and found[0][0] == 0 else 1
        return Spot(0, inside, inside + length)
    if text.pieces == 1:
        piece, raw = 0, line.data
        inside = min(inside, len(raw))
    else:
        piece, start = text.piece_at(inside)
        raw, inside = line.data[start : start + 2 * MOST_COUNTED], inside - start
    shown = hits_between(spans, text.piece(piece).text, 0, 1 << 62)
    if not shown:
        return None
    before = bisect_left([one for one, _ in spans(raw[: inside + MOST_COUNTED])], inside)
    return Spot(piece, *shown[min(before, len(shown) - 1)])
