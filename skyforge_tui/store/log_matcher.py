"""Finds what a query asks for in bytes, and nothing of it inside an escape sequence.

Python's `re`, which may go back and forth without end, only measures one escape sequence here.
"""

from __future__ import annotations

import re
from array import array
from typing import NamedTuple

from skyforge_tui.domain.log_expression import ESCAPE
from skyforge_tui.domain.log_query import LogQuery
from skyforge_tui.store.log_engine import engine_for

FARTHEST = 4096
"""How long an escape sequence is taken for one; what is behind is searched as text."""

_ESCAPE = re.compile(ESCAPE)
_STRINGS = frozenset(b"]PX^_")
"""What begins, behind an escape, a string of any text, such as a title."""


class Found(NamedTuple):
    """The hits in some bytes."""

    starts: array[int]
    """Where each begins in the bytes, in order."""
    lines: int
    """In how many lines they are."""
    end: int
    """Behind the last one; where looking began when there is none."""


class LogMatcher:
    """A query, ready to be looked for; any thread may use it."""

    def __init__(self, query: LogQuery) -> None:
        """Build its machine.

        Raises:
            Invalid: it would be too large.
        """
        self.is_inverse = query.is_inverse
        """Whether it asks for lines without hits."""
        self._engine = engine_for(query.expression)

    def find(self, data: bytes, start: int, end: int) -> Found:
        """Return the hits between `start` and `end`, where lines begin and end.

        What stands before `start` and behind `end` is seen as what surrounds them.
        """
        is_ended = data[end - 1 : end] == b"\n"
        if self.is_inverse:
            return self._lines_without(data, start, end - is_ended)
        return self._hits(data, start, end - is_ended)

    def find_within(self, data: bytes, start: int, end: int) -> Found:
        """Return the hits that begin between `start` and `end`, inside of one line.

        Of an inverse query those that keep the line from being one of its own.
        """
        return self._hits(data, start, end - 1)

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Return (start, end) of each hit in the bytes of one line; of none of an inverse query."""
        found: list[tuple[int, int]] = []
        position = 0
        while not self.is_inverse and position <= len(data):
            first, last = self._next(data, position)
            if first < 0 or first == last:
                break
            found.append((first, last))
            position = last
        return found

    def _hits(self, data: bytes, start: int, last: int) -> Found:
        """Return the hits that begin between `start` and `last`, both included."""
        starts = array("I")
        find, escape_before, size = data.find, data.rfind, len(data)
        lines, line_end, goes_on = 0, start - 1, start <= last
        while goes_on:
            goes_on = False
            for first, end in self._engine.spans(data, start):
                if first > last:
                    break
                escape = escape_before(b"\x1b", first - FARTHEST if first > FARTHEST else 0, first)
                # A colour has ended where its m stands, which is looked for first as it is common.
                if escape >= 0 and (find(b"m", escape, first) < 0 or data[escape + 1] in _STRINGS):
                    behind = _end_of_escape(data, escape, first)
                    if behind:
                        start, goes_on = behind, behind <= last
                        break
                start = end
                is_new_line = first > line_end
                if is_new_line:
                    lines += 1
                    line_end = find(b"\n", first)
                    line_end = size if line_end < 0 else line_end
                if end > first:
                    starts.append(first)
                    continue
                # Nothing at all was matched, which counts once, where the line has no other hit.
                if is_new_line:
                    starts.append(first)
                start, goes_on = line_end + 1, line_end < last
                break
        return Found(starts, lines, start)

    def _next(self, data: bytes, position: int) -> tuple[int, int]:
        """Return where the next hit begins and ends; (-1, -1) when there is none."""
        while position <= len(data):
            first, end = next(self._engine.spans(data, position), (-1, -1))
            if first < 0:
                break
            escape = data.rfind(b"\x1b", max(0, first - FARTHEST), first)
            position = 0 if escape < 0 else _end_of_escape(data, escape, first)
            if not position:
                return first, end
        return -1, -1

    def _lines_without(self, data: bytes, start: int, last: int) -> Found:
        """Return where the lines begin that have no hit; the last of them ends at `last`."""
        starts = array("I")
        line = start
        for first in self._hits(data, start, last).starts:
            if first < line:
                continue
            _add_lines(starts, data, line, data.rfind(b"\n", line, first) + 1)
            line = data.find(b"\n", first, last) + 1 or last + 1
        _add_lines(starts, data, line, last + 1)
        return Found(starts, len(starts), last)


def _end_of_escape(data: bytes, escape: int, at: int) -> int:
    """Return where the sequence at `escape` ends if the byte at `at` is inside; 0 if it is not."""
    sequence = _ESCAPE.match(data, escape, at + FARTHEST)
    return sequence.end() if sequence is not None and sequence.end() > at else 0


def _add_lines(starts: array[int], data: bytes, line: int, end: int) -> None:
    """Add where the lines begin between a line start and `end`."""
    while line < end:
        starts.append(line)
        line = data.find(b"\n", line, end) + 1 or end
