"""Rows of a log view that stand for lines: gaps in the log, and what a filter leaves out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.log import LogGap, LogLine

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.tui.widgets.log_texts import LogTexts

_OFFSET: Callable[[LogGap], int] = attrgetter("offset")


class Hidden(NamedTuple):
    """Lines that are left out, all in one place."""

    start: int
    end: int
    """The offset behind them."""
    lines: int | None
    """How many; None as long as they are not counted."""


class MissingRows:
    """Finds what stands before a line that is no line."""

    def __init__(self, reader: LogReader, texts: LogTexts, *, tells_hidden: bool) -> None:
        self._reader = reader
        self._texts = texts
        self._tells_hidden = tells_hidden
        self._gaps: tuple[LogGap, ...] = reader.gaps()
        self._known: dict[int, list[LogGap | Hidden]] = {}

    def changed(self) -> None:
        """Look at the reader anew."""
        self._gaps = self._reader.gaps()
        self._known.clear()

    def before(self, line: int) -> list[LogGap | Hidden]:
        """Return what stands between the line that begins at `line` and the one above it."""
        if not self._gaps and not self._tells_hidden:
            return []
        if line not in self._known:
            self._known[line] = self._between(self._texts.above(line), self._texts.line(line))
        return self._known[line]

    def at_end(self) -> list[LogGap | Hidden]:
        """Return what stands behind the last line."""
        if not self._gaps and not self._tells_hidden:
            return []
        found = self._reader.lines_before(self._reader.size, 1)
        return self._between(found[0] if found else None, None)

    def _between(self, above: LogLine | None, below: LogLine | None) -> list[LogGap | Hidden]:
        # A gap inside a line comes after it.
        start = -1 if above is None else above.offset
        first = bisect_right(self._gaps, start, key=_OFFSET)
        last = len(self._gaps)
        if below is not None:
            last = bisect_right(self._gaps, below.offset, key=_OFFSET)
        found: list[LogGap | Hidden] = [*self._gaps[first:last]]
        hidden = self._hidden(above, below) if self._tells_hidden else None
        return found if hidden is None else [hidden, *found]

    def _hidden(self, above: LogLine | None, below: LogLine | None) -> Hidden | None:
        start = 0 if above is None else above.end + 1
        end = self._reader.size if below is None else below.offset
        if start >= end:
            return None
        first, last = self._reader.line_at(start), self._reader.line_at(end - 1)
        lines = None if first is None or last is None else last - first + 1
        return Hidden(start, end, lines)
