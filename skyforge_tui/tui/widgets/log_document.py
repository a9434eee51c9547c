"""A log as rows: lines, wrapped or not, with the known gaps between them.

A row is addressed by its line, a piece of that line and a row in that piece, so that nothing above
it needs to be counted. Rows of gaps stand before the line that follows them, as piece -1.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.tui.sgr import PLAIN, Sgr, sgr_after
from skyforge_tui.tui.widgets.log_text import Fragment, LogText

LOOK_BACK_LINES = 50
"""How far above a line colours are looked for that were left switched on."""
_LOOK_BACK_BYTES = 256 * 1024

_LINES_AT_HAND = 512
"""Lines that are found again without looking, until the log grows."""
_TEXTS_KEPT = 2048
_BYTES_KEPT = 32 * 1024 * 1024
_STATES_KEPT = 8192
_GAPS = -1


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
    """None for a gap."""
    text: LogText | None = None
    gap: LogGap | None = None

    @property
    def is_first(self) -> bool:
        """Whether a line begins here."""
        return self.text is not None and self.place.piece == 0 and self.place.row == 0


class LogDocument:
    """The rows of what a reader has seen so far, `width` cells wide."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self.width = 80
        self.wraps = False
        self._lines: dict[int, LogLine] = {}
        self._here: dict[int, LogText] = {}
        self._texts: OrderedDict[tuple[int, int, Sgr], LogText] = OrderedDict()
        self._text_bytes = 0
        self._states: OrderedDict[int, Sgr] = OrderedDict()
        self._gaps: dict[int, list[LogGap]] = {}
        self._known_gaps: tuple[LogGap, ...] = ()

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return self._reader.line_count

    def changed(self) -> None:
        """Look at the reader anew: it may have more lines, and the last one may be longer."""
        self._lines.clear()
        self._here.clear()
        gaps = self._reader.gaps()
        if gaps and (gaps != self._known_gaps or max(self._gaps) >= self.line_count - 1):
            self._place_gaps(gaps)

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

    def first(self) -> Place:
        """Return the place of the first row."""
        return Place(0, _GAPS if 0 in self._gaps else 0)

    def last(self) -> Place | None:
        """Return the place of the last row; None when there is nothing."""
        count = self.line_count
        if count in self._gaps:
            return Place(count, _GAPS, len(self._gaps[count]) - 1)
        if not count:
            return None
        piece = self._last_piece(count - 1)
        return Place(count - 1, piece, self._row_count(Place(count - 1, piece)) - 1)

    def character_at(self, place: Place) -> int:
        """Return the character of its piece with which a row begins, whatever the width."""
        text = self._text(place.line) if self.wraps and place.piece >= 0 else None
        if text is None or place.piece >= text.pieces:
            return 0
        row = min(place.row, text.row_count(place.piece, self.width) - 1)
        return text.row_bounds(place.piece, self.width, row)[0]

    def place_of(self, line: int, piece: int, character: int) -> Place:
        """Return the place of the row that holds a character of a piece."""
        text = self._text(line) if self.wraps and piece >= 0 else None
        if text is None or piece >= text.pieces:
            return Place(line, min(piece, 0))
        return Place(line, piece, text.row_of(piece, self.width, character))

    def draw(self, row: Row, column: int = 0) -> tuple[list[Fragment], int, bool]:
        """Return the text of a row, the cells it takes, and whether it was cut at the right."""
        if row.text is None:
            return [], 0, False
        if not self.wraps:
            return row.text.window(column, self.width)
        text, columns = row.text.row(row.place.piece, self.width, row.place.row)
        is_last = row.place.piece + 1 == row.text.pieces and (
            row.place.row + 1 == row.text.row_count(row.place.piece, self.width)
        )
        return text, columns, is_last and row.text.omitted > 0

    # Rows of one piece

    def _row_count(self, place: Place) -> int:
        if place.piece == _GAPS:
            return len(self._gaps.get(place.line, ()))
        if not self.wraps:
            return int(place.line < self.line_count)
        text = self._text(place.line)
        return 0 if text is None else text.row_count(place.piece, self.width)

    def _row(self, place: Place) -> Row:
        if place.piece == _GAPS:
            return Row(place, None, gap=self._gaps[place.line][place.row])
        return Row(place, self._line(place.line), self._text(place.line))

    def _piece_after(self, place: Place) -> Place | None:
        line, piece = place.line, place.piece
        if piece < self._last_piece(line):
            return Place(line, piece + 1)
        line += 1
        if line in self._gaps:
            return Place(line, _GAPS)
        return Place(line, 0) if line < self.line_count else None

    def _piece_before(self, place: Place) -> Place | None:
        line, piece = place.line, place.piece
        if piece > 0:
            return Place(line, piece - 1)
        if piece == 0 and line in self._gaps:
            return Place(line, _GAPS)
        return Place(line - 1, self._last_piece(line - 1)) if line > 0 else None

    def _last_piece(self, line: int) -> int:
        if line >= self.line_count:
            return _GAPS
        text = self._text(line) if self.wraps else None
        return 0 if text is None else text.pieces - 1

    # Lines and their texts

    def _line(self, number: int) -> LogLine | None:
        line = self._lines.get(number)
        if line is None:
            found = self._reader.lines(number, 1)
            if not found:
                return None
            if len(self._lines) >= _LINES_AT_HAND:
                self._lines.clear()
                self._here.clear()
            line = self._lines[number] = found[0]
        return line

    def _text(self, number: int) -> LogText | None:
        at_hand = self._here.get(number)
        if at_hand is not None:
            return at_hand
        line = self._line(number)
        if line is None:
            return None
        key = (line.offset, len(line.data), self._state_at(number))
        text = self._texts.get(key)
        if text is None:
            text = self._laid_out(line, key)
        else:
            self._texts.move_to_end(key)
        self._here[number] = text
        return text

    def _laid_out(self, line: LogLine, key: tuple[int, int, Sgr]) -> LogText:
        text = self._texts[key] = LogText(line, key[2])
        self._text_bytes += key[1]
        while len(self._texts) > 1 and (
            len(self._texts) > _TEXTS_KEPT or self._text_bytes > _BYTES_KEPT
        ):
            gone, _ = self._texts.popitem(last=False)
            self._text_bytes -= gone[1]
        return text

    def _state_at(self, number: int) -> Sgr:
        """Return the colours that lines above left switched on."""
        first, seen = number, 0
        while first > 0 and first not in self._states:
            if number - first >= LOOK_BACK_LINES or seen > _LOOK_BACK_BYTES:
                break
            first -= 1
            line = self._line(first)
            seen += len(line.data) if line is not None else 0
        state = self._states.get(first, PLAIN)
        for above in range(first, number):
            line = self._line(above)
            state = state if line is None else sgr_after(line.data, state)
            self._states[above + 1] = state
        while len(self._states) > _STATES_KEPT:
            self._states.popitem(last=False)
        return state

    def _place_gaps(self, gaps: tuple[LogGap, ...]) -> None:
        """Put gaps before the line that follows them; one inside a line comes after it."""
        self._known_gaps = gaps
        self._gaps = {}
        for gap in gaps:
            line = self._reader.line_at(gap.offset)
            if line is None:
                line = self.line_count
            holder = self._line(line)
            if holder is not None and holder.offset < gap.offset:
                line += 1
            self._gaps.setdefault(line, []).append(gap)
