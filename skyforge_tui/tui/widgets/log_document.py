"""A log as rows: its lines, wrapped or not, and between them what is missing or left out.

A row is addressed by the offset at which its line begins, a piece of that line and a row in that
piece, so that nothing above it needs to be counted. Rows that say what is missing or left out stand
before the line that follows, as piece -1; those behind the last line stand at `END`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.tui.widgets.log_missing import Hidden, MissingRows
from skyforge_tui.tui.widgets.log_text import Fragment, Light, LogText
from skyforge_tui.tui.widgets.log_texts import LogTexts

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader

END = 1 << 62
"""Behind every line."""
_MISSING = -1


class Place(NamedTuple):
    """The address of a row."""

    line: int = 0
    piece: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn in one row."""

    place: Place
    line: LogLine | None
    """None for what is missing or left out."""
    text: LogText | None = None
    missing: LogGap | Hidden | None = None

    @property
    def is_first(self) -> bool:
        """Whether a line begins here."""
        return self.text is not None and self.place.piece == 0 and self.place.row == 0


class LogDocument:
    """The rows of what a reader has seen so far, `width` cells wide."""

    def __init__(self, reader: LogReader, *, tells_hidden: bool = False) -> None:
        """Show the lines of `reader`; `tells_hidden` says where it leaves lines out."""
        self.reader = reader
        self.width = 80
        self.wraps = False
        self._texts = LogTexts(reader)
        self._missing = MissingRows(reader, self._texts, tells_hidden=tells_hidden)

    @property
    def end(self) -> int:
        """The offset behind all there is."""
        return self.reader.size

    def changed(self) -> None:
        """Look at the reader anew: it may have more lines, and the last one may be longer."""
        self._texts.changed()
        self._missing.changed()

    def rows_from(self, place: Place, count: int) -> list[Row]:
        """Return up to `count` rows from `place` on; fewer at the end."""
        found: list[Row] = []
        at: Place | None = place
        while at is not None and len(found) < count:
            rows = self._row_count(at)
            last = min(rows, at.row + count - len(found))
            found.extend(self._row(at._replace(row=row)) for row in range(at.row, last))
            at = self._piece_after(at)
        return found

    def back(self, place: Place, count: int) -> Place:
        """Return the place `count` rows above, or the first one."""
        while count > place.row:
            count -= place.row + 1
            before = self._piece_before(place)
            if before is None:
                return place._replace(row=0)
            place = before._replace(row=self._row_count(before) - 1)
        return place._replace(row=place.row - count)

    def forward(self, place: Place, count: int) -> Place:
        """Return the place `count` rows below, or the last one."""
        while True:
            rows = self._row_count(place)
            if place.row + count < rows:
                return place._replace(row=place.row + count)
            after = self._piece_after(place)
            if after is None:
                return place._replace(row=max(rows - 1, 0))
            count -= rows - place.row
            place = after

    def first(self) -> Place | None:
        """Return the place of the first row; None when there is nothing."""
        found = self.reader.lines_from(0, 1)
        if found:
            return self._top_of(found[0].offset)
        return Place(END, _MISSING) if self._missing.at_end() else None

    def last(self) -> Place | None:
        """Return the place of the last row; None when there is nothing."""
        if missing := self._missing.at_end():
            return Place(END, _MISSING, len(missing) - 1)
        line = self._texts.above(END)
        if line is None:
            return None
        piece = self._last_piece(line.offset)
        return Place(line.offset, piece, self._row_count(Place(line.offset, piece)) - 1)

    def at(self, offset: int) -> Place | None:
        """Return the place of the line that holds the byte at `offset`, or the nearest one."""
        found = self.reader.lines_from(offset, 1)
        return Place(found[0].offset) if found else self.last()

    def line(self, offset: int) -> LogLine | None:
        """Return the line that begins at `offset`."""
        return self._texts.line(offset)

    def below(self, offset: int) -> LogLine | None:
        """Return the line below the one that begins at `offset`."""
        return self._texts.below(offset)

    def above(self, offset: int) -> LogLine | None:
        """Return the line above the one that begins at `offset`."""
        return self._texts.above(offset)

    def text(self, offset: int) -> LogText | None:
        """Return the line that begins at `offset`, laid out."""
        return self._texts.text(offset)

    def character_at(self, place: Place) -> int:
        """Return the character of its piece with which a row begins, whatever the width."""
        text = self._wrapped(place)
        if text is None or place.piece >= text.pieces:
            return 0
        row = min(place.row, text.row_count(place.piece, self.width) - 1)
        return text.row_bounds(place.piece, self.width, row)[0]

    def place_of(self, line: int, piece: int, character: int) -> Place:
        """Return the place of the row that holds a character of a piece."""
        text = self._wrapped(Place(line, piece))
        if text is None or piece >= text.pieces:
            return Place(line, min(piece, 0))
        return Place(line, piece, text.row_of(piece, self.width, character))

    def draw(
        self, row: Row, column: int = 0, light: Light | None = None
    ) -> tuple[list[Fragment], int, bool]:
        """Return the text of a row, the cells it takes, and whether it was cut at the right."""
        if row.text is None:
            return [], 0, False
        if not self.wraps:
            return row.text.window(column, self.width, light)
        text, columns = row.text.row(row.place.piece, self.width, row.place.row, light)
        is_last = row.place.piece + 1 == row.text.pieces and (
            row.place.row + 1 == row.text.row_count(row.place.piece, self.width)
        )
        return text, columns, is_last and row.text.omitted > 0

    # Rows of one piece

    def _wrapped(self, place: Place) -> LogText | None:
        """Return the text of a place that is one of several rows of its line."""
        return self.text(place.line) if self.wraps and place.piece >= 0 else None

    def _row_count(self, place: Place) -> int:
        if place.piece == _MISSING:
            return len(self._missing_at(place.line))
        if not self.wraps:
            return int(self.line(place.line) is not None)
        text = self.text(place.line)
        return 0 if text is None else text.row_count(place.piece, self.width)

    def _row(self, place: Place) -> Row:
        if place.piece == _MISSING:
            return Row(place, None, missing=self._missing_at(place.line)[place.row])
        return Row(place, self.line(place.line), self.text(place.line))

    def _missing_at(self, line: int) -> list[LogGap | Hidden]:
        return self._missing.at_end() if line == END else self._missing.before(line)

    def _top_of(self, line: int) -> Place:
        return Place(line, _MISSING if self._missing.before(line) else 0)

    def _piece_after(self, place: Place) -> Place | None:
        line, piece = place.line, place.piece
        if line == END:
            return None
        if piece < self._last_piece(line):
            return Place(line, piece + 1)
        below = self._texts.below(line)
        if below is not None:
            return self._top_of(below.offset)
        return Place(END, _MISSING) if self._missing.at_end() else None

    def _piece_before(self, place: Place) -> Place | None:
        line, piece = place.line, place.piece
        if piece > 0:
            return Place(line, piece - 1)
        if piece == 0 and self._missing.before(line):
            return Place(line, _MISSING)
        above = self._texts.above(line)
        return None if above is None else Place(above.offset, self._last_piece(above.offset))

    def _last_piece(self, line: int) -> int:
        text = self.text(line) if self.wraps else None
        return 0 if text is None else text.pieces - 1
