"""What a log view draws: the window on the log, the scrollbar with its ticks, the pill."""

from __future__ import annotations

from datetime import tzinfo
from typing import NamedTuple

from textual.strip import Strip

from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.tui.presenters.log_lines import Severity
from skyforge_tui.tui.theme import Look
from skyforge_tui.tui.widgets.log_document import LogDocument
from skyforge_tui.tui.widgets.log_paint import LEAST_WIDTH, Painter, layout_for
from skyforge_tui.tui.widgets.log_ticks import LogTicks
from skyforge_tui.tui.widgets.log_window import LogWindow


class Shape(NamedTuple):
    """What decides where things stand."""

    width: int
    height: int
    wraps: bool
    wants_times: bool
    look: Look


class Chrome(NamedTuple):
    """What is drawn around the text."""

    thumb: tuple[int, int]
    new_lines: int
    ticks: list[Severity]


class LogFrame:
    """One generation of one log, drawn row by row in a given shape."""

    def __init__(self, reader: LogReader, shape: Shape, zone: tzinfo | None) -> None:
        self.generation = reader.generation
        self.window = LogWindow(LogDocument(reader), shape.height)
        self.ticks = LogTicks()
        self._reader = reader
        self._zone = zone
        self._chrome: Chrome | None = None
        self.seen = (0, 0, 0)
        """Bytes, lines and gaps at the last look."""
        self.take_shape(shape)

    @property
    def shape(self) -> Shape:
        """What it was laid out for."""
        return self._shape

    def take_shape(self, shape: Shape) -> None:
        """Lay everything out anew; what is read stays in view."""
        self._shape = shape
        layout = layout_for(shape.width, wants_times=shape.wants_times)
        self._painter = Painter(layout, shape.look, self._zone)
        self.window.lay_out(layout.text_width, shape.height, wraps=shape.wraps)
        self._chrome = None

    def moved(self) -> None:
        """Take note that the window shows other rows."""
        self._chrome = None

    def grew(self) -> bool:
        """Take note of new bytes, lines and gaps; return whether rows of text change."""
        reader = self._reader
        was_bytes, was_lines, was_gaps = self.seen
        self.seen = (reader.size, reader.line_count, len(reader.gaps()))
        has_new_gaps = self.seen[2] != was_gaps
        if self.seen[:2] == (was_bytes, was_lines) and not has_new_gaps:
            return False
        self.window.document.changed()
        return self.window.grow(was_lines=was_lines, has_new_gaps=has_new_gaps)

    def chrome_changed(self) -> bool:
        """Return whether scrollbar or pill differ from what was drawn."""
        before, self._chrome = self._chrome, None
        return self._measured() != before

    def strip(self, y: int) -> Strip:
        """Return row `y`."""
        shape = self._shape
        if shape.width < LEAST_WIDTH:
            return Strip.blank(shape.width, shape.look.style("text", on="bg"))
        chrome = self._measured()
        rows = self.window.rows()
        row = rows[y] if y < len(rows) else None
        above = next((one for one in reversed(rows[:y]) if one.line is not None), None)
        segments = self._painter.row(self.window.document, row, above, self.window.column)
        if chrome.new_lines and y == shape.height - 1:
            segments = self._painter.pill(segments, chrome.new_lines)
        return Strip([*segments, self._painter.bar(y, chrome.thumb, chrome.ticks[y])], shape.width)

    def _measured(self) -> Chrome:
        if self._chrome is None:
            window = self.window
            ticks = self.ticks.rows(self._shape.height, window.document.line_count)
            self._chrome = Chrome(window.thumb(), window.new_lines, ticks)
        return self._chrome
