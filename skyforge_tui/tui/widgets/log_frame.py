"""What a log view draws: the window on the log, the scrollbar with its ticks, the pill."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment

from skyforge_tui.domain.outline_scan import OutlineScan
from skyforge_tui.tui.look import Look
from skyforge_tui.tui.presenters.cells import Ground
from skyforge_tui.tui.presenters.log_lines import hidden_words
from skyforge_tui.tui.widgets.log_document import LogDocument, Row
from skyforge_tui.tui.widgets.log_layout import LEAST_WIDTH, layout_for
from skyforge_tui.tui.widgets.log_lighting import Spot, lighting
from skyforge_tui.tui.widgets.log_missing import Hidden
from skyforge_tui.tui.widgets.log_paint import PLAIN_ROW, Decor, Painter, Tick
from skyforge_tui.tui.widgets.log_text import Light
from skyforge_tui.tui.widgets.log_window import LogWindow

if TYPE_CHECKING:
    from textual.geometry import Region

    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.ports.log_store import LogReader


BUDGET_BYTES = 4 * 1024 * 1024
"""How much of a log is indexed in one look."""
SMALL_BYTES = 256 * 1024
"""A log up to this size is indexed before its first picture, a larger one behind it."""


def first_look(reader: LogReader) -> bool:
    """Take in what the first picture of a log needs; return whether more remains.

    Raises:
        Unavailable: it cannot be read.
    """
    has_more = reader.refresh(0)
    return reader.refresh(BUDGET_BYTES) if reader.size <= SMALL_BYTES else has_more


class Shape(NamedTuple):
    """What decides where things stand."""

    width: int
    height: int
    wraps: bool
    wants_times: bool
    look: Look
    sources: tuple[str, ...] = ()
    """What the files are called that lines are from, where there are several."""


class Chrome(NamedTuple):
    """What is drawn around the text."""

    thumb: tuple[int, int]
    new_lines: int
    ticks: list[Tick]


@dataclass(slots=True)
class Emphasis:
    """What stands out of a log; lines by the offset at which they begin."""

    spot: int | None = None
    """The line one has come to."""
    selected: tuple[int, int] | None = None
    """The line where a selection began and the one it reaches now, either may be above."""
    marked: frozenset[int] = field(default_factory=frozenset)
    """The lines with a bookmark."""
    search: LogSearch | None = None
    """What is looked for."""
    hit: tuple[int, Spot] | None = None
    """The hit one has come to: its line, and where in that."""

    def light(self, line: int) -> Light | None:
        """Return what lights up hits in a line."""
        if self.search is None or self.search.query.is_inverse:
            return None
        here = self.hit[1] if self.hit is not None and self.hit[0] == line else None
        return lighting(self.search.spans_in, here)

    @property
    def selection(self) -> range:
        """The offsets at which selected lines can begin."""
        if self.selected is None:
            return range(0)
        return range(min(self.selected), max(self.selected) + 1)


def _cells(chrome: Chrome, height: int) -> Iterator[tuple[Tick, bool]]:
    """Yield what each row of the scrollbar shows: its tick, and whether the thumb is there."""
    for y in range(height):
        yield chrome.ticks[y], chrome.thumb[0] <= y < chrome.thumb[1]


class LogFrame:
    """One generation of one log, drawn row by row in a given shape."""

    def __init__(self, reader: LogReader, shape: Shape, zone: tzinfo | None) -> None:
        self.generation = reader.generation
        self.window = LogWindow(LogDocument(reader), shape.height)
        self.scan = OutlineScan()
        self.emphasis = Emphasis()
        self._hides_tasks = False
        """Whether what is left out are tasks that passed."""
        self._reader = reader
        self._zone = zone
        self._chrome: Chrome | None = None
        self._seen = (0, 0)
        """Bytes and gaps at the last look."""
        self.take_shape(shape)

    @property
    def shape(self) -> Shape:
        """What it was laid out for."""
        return self._shape

    def take_shape(self, shape: Shape) -> None:
        """Lay everything out anew; what is read stays in view."""
        self._shape = shape
        layout = layout_for(shape.width, wants_times=shape.wants_times, sources=shape.sources)
        self._painter = Painter(layout, shape.look, self._zone)
        self.window.lay_out(layout.text_width, shape.height, wraps=shape.wraps)
        self._chrome = None

    def take_lines(self, reader: LogReader | None, *, tells_hidden: bool, of_tasks: bool) -> None:
        """Show some lines only, or all; the line one has come to, or the top, stays in view."""
        self._hides_tasks = of_tasks
        before = self.window
        bounds = before.bounds()
        document = LogDocument(reader or self._reader, tells_hidden=tells_hidden)
        self.window = LogWindow(document, self._shape.height)
        self.take_shape(self._shape)
        if before.follows:
            return
        self._hold(document, bounds)
        self.window.go_on_from(before)

    def _hold(self, document: LogDocument, bounds: tuple[int, int] | None) -> None:
        """Stay where one read: what was in view is given."""
        if bounds is None:
            self.window.begin()
            return
        spot = self.emphasis.spot
        is_there = spot is not None and bounds[0] <= spot < bounds[1]
        place = document.at(spot if is_there and spot is not None else bounds[0])
        if place is not None:
            self.window.hold(document.back(place, self._shape.height // 3) if is_there else place)

    @property
    def shows_all(self) -> bool:
        """Whether no line is left out."""
        return self.window.document.reader is self._reader

    def moved(self) -> None:
        """Take note that the window shows other rows."""
        self._chrome = None

    def stir(self) -> None:
        """Take note that other lines are left out than before."""
        self.window.document.changed()
        self.window.stir()

    def grew(self) -> bool:
        """Take note of new bytes and gaps; return whether rows of text change."""
        reader = self._reader
        was_end, was_gaps = self._seen
        self._seen = (reader.size, len(reader.gaps()))
        has_new_gaps = self._seen[1] != was_gaps
        if self._seen[0] == was_end and not has_new_gaps:
            return False
        self.window.document.changed()
        return self.window.grow(was_end=was_end, has_new_gaps=has_new_gaps)

    def changed_chrome(self) -> list[Region]:
        """Return where scrollbar and pill differ from what was drawn."""
        # The first picture is drawn before this is loaded.
        from textual.geometry import Region

        before, self._chrome = self._chrome, None
        now = self._measured()
        width, height = self._shape[:2]
        if before is None:
            return [Region(0, 0, width, height)]
        cells = zip(_cells(before, height), _cells(now, height), strict=True)
        changed = [Region(width - 1, y, 1, 1) for y, (was, is_) in enumerate(cells) if was != is_]
        if before.new_lines != now.new_lines:
            changed.append(Region(0, height - 1, width, 1))
        return changed

    def row(self, y: int) -> list[Segment]:
        """Return row `y`."""
        shape = self._shape
        if shape.width < LEAST_WIDTH:
            return [Segment(" " * shape.width, shape.look.style("text", on="bg"))]
        chrome = self._measured()
        rows = self.window.rows()
        row = rows[y] if y < len(rows) else None
        above = next((rows[n] for n in range(min(y, len(rows)) - 1, -1, -1) if rows[n].line), None)
        segments = self._painter.row(
            self.window.document, row, above, self.window.column, self._decor(row)
        )
        if chrome.new_lines and y == shape.height - 1:
            segments = self._painter.pill(segments, chrome.new_lines)
        return [*segments, self._painter.bar(y, chrome.thumb, chrome.ticks[y])]

    def _decor(self, row: Row | None) -> Decor:
        if row is None:
            return PLAIN_ROW
        if isinstance(row.missing, Hidden):
            return Decor(hides=self._words(row.missing))
        if row.line is None:
            return PLAIN_ROW
        line, emphasis = row.line.offset, self.emphasis
        is_spot = line == emphasis.spot
        ground: Ground = "cursor2" if is_spot else "bg"
        if line in emphasis.selection:
            ground = "cursor"
        return Decor(ground, line in emphasis.marked, is_spot, emphasis.light(line))

    def _words(self, hidden: Hidden) -> str:
        tasks = self.scan.outline.tasks
        whole = bisect_left(tasks, hidden.end) - bisect_left(tasks, hidden.start)
        return hidden_words(hidden.lines, whole if self._hides_tasks else 0)

    def _measured(self) -> Chrome:
        if self._chrome is None:
            window, height = self.window, self._shape.height
            thumb = window.thumb()
            ticks = [*self._ticks(thumb, height)]
            self._chrome = Chrome(thumb, window.new_lines, ticks)
        return self._chrome

    def _ticks(self, thumb: tuple[int, int], height: int) -> Iterator[Tick]:
        """Yield what each row of the scrollbar stands for: the worst of it, or hits."""
        window, search = self.window, self.emphasis.search
        ticks = self.scan.outline.buckets.rows(height, window.document.end)
        if thumb == (0, 0):
            # All is in view: a tick stands beside its line.
            rows = window.rows()
            found = [row.text.severity if row.text and row.is_first else "" for row in rows]
            yield from (found + [""] * height)[:height]
            return
        hits = [0] * height if search is None else search.density(height)
        if sum(map(bool, hits)) * 2 > height:
            # Where hits are everywhere, saying so hides where one is.
            hits = [0] * height
        for y, (tick, hit) in enumerate(zip(ticks, hits, strict=True)):
            yield tick or ("hit" if hit and not thumb[0] <= y < thumb[1] else "")
