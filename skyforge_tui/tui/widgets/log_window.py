"""The part of a log that is in view: where it stands, what follows the end, what is new below.

Pure: it knows rows and sizes, no widget.
"""

from __future__ import annotations

from skyforge_tui.tui.widgets.log_document import END, LogDocument, Place, Row
from skyforge_tui.tui.widgets.log_layout import thumb_rows
from skyforge_tui.tui.widgets.log_text import LogText


class LogWindow:
    """A window of `height` rows on a document; it starts at the end and follows it."""

    def __init__(self, document: LogDocument, height: int) -> None:
        self.document = document
        self.follows = True
        """Whether the end stays in view."""
        self.column = 0
        """The first column of the text that is in view."""
        self._height = max(height, 1)
        self._top = Place()
        self._seen = 0
        """The offset behind what was there when it stopped following."""
        self._is_held = False
        """Whether it stands where it is even when that is the end."""
        self._is_beginning = False
        """Whether what comes is what was there at first."""
        self._frame: list[Row] | None = None

    @property
    def new_lines(self) -> int:
        """What came below the view since it stopped following, as far as it is counted."""
        if self.follows or self._is_beginning:
            return 0
        bounds = self.bounds()
        seen = max(self._seen, 0 if bounds is None else bounds[1])
        return self.document.reader.lines_behind(seen) or 0

    def rows(self) -> list[Row]:
        """Return the rows in view, fewer when there is not enough to fill it."""
        if self._frame is None:
            self._frame = self._built()
        return self._frame

    def bounds(self) -> tuple[int, int] | None:
        """Return where the first line in view begins, and the offset behind the last one."""
        lines = [row.line for row in self.rows() if row.line is not None]
        if not lines:
            return None
        return lines[0].offset, min(lines[-1].end + 1, self.document.end)

    def lines(self) -> list[int]:
        """Return where the lines in view begin."""
        found = [row.line.offset for row in self.rows() if row.line is not None]
        return list(dict.fromkeys(found))

    def thumb(self) -> tuple[int, int]:
        """Return the rows of the scrollbar that stand for what is in view, end excluded."""
        bounds = self.bounds()
        rows = self.rows()
        if bounds is None or (self.follows and rows[0].place == self.document.first()):
            return 0, 0
        size = self.document.end
        bottom = size - 1 if self.follows else min(bounds[1] - 1, size - 2)
        return thumb_rows(bounds[0], bottom, size, self._height)

    def lay_out(self, text_width: int, height: int, *, wraps: bool) -> None:
        """Take another shape; the text at the top, or the end, stays where it is."""
        document, top = self.document, self._top
        character = document.character_at(top)
        document.width = text_width
        document.wraps = wraps
        self._height = max(height, 1)
        if wraps:
            self.column = 0
        if top.piece >= 0:
            self._top = document.place_of(top.line, top.piece, character)
        self._frame = None
        if self._is_held:
            self.hold(self._top)
        elif not self.follows:
            self.go(self._top)

    def stir(self) -> None:
        """Take note that other lines may be between those that were there."""
        self._frame = None

    def grow(self, *, was_end: int, has_new_gaps: bool) -> bool:
        """Take note that the log grew; return whether anything but the count below changes.

        `was_end` is where it ended: a line there may have been unfinished.
        """
        frame = self._frame
        is_settled = frame is not None and len(frame) >= self._height and not has_new_gaps
        bounds = self.bounds() if is_settled and not self.follows else None
        if bounds is not None and bounds[1] < was_end:
            return False
        self._frame = None
        return True

    def scroll(self, count: int) -> bool:
        """Go down by rows, up if negative; return whether that changed anything."""
        rows = self.rows()
        if not rows or not count or (self.follows and count > 0):
            return False
        top = rows[0].place
        moved = self.document.back(top, -count) if count < 0 else self.document.forward(top, count)
        return self.go(moved)

    def go(self, top: Place | None) -> bool:
        """Put a row at the top, or as near as the end allows; reaching the end means following."""
        if top is None:
            return False
        before = (self._top, self.follows)
        rows = self.document.rows_from(top, self._height + 1)
        is_at_end = len(rows) <= self._height
        if is_at_end and not self.document.reader.knows_end:
            self.hold(top)
            return (self._top, self.follows) != before
        self._stop_following(is_at_end=is_at_end)
        self._is_held = False
        self._top = top
        self._frame = None if is_at_end else rows[:-1]
        self.rows()
        return (self._top, self.follows) != before

    def hold(self, top: Place) -> None:
        """Put a row at the top, or as near as the end allows, and stay there when the log grows."""
        missing = self._height - len(self.document.rows_from(top, self._height))
        self._stop_following(is_at_end=False)
        self._is_held = True
        self._top = self.document.back(top, missing) if missing else top
        self._frame = None

    def begin(self) -> None:
        """Stay at the first row, also when nothing is there yet; what comes is not new."""
        self._stop_following(is_at_end=False)
        self._is_held = self._is_beginning = True
        self._top = Place()
        self._frame = None

    def settle(self) -> None:
        """Take what is there as seen; from now on what comes is new."""
        if self._is_beginning:
            self._is_beginning = False
            self._seen = self.document.end

    def go_on_from(self, before: LogWindow) -> None:
        """Count as new what was new in a window on other lines of the same log."""
        self._seen, self._is_beginning = before._seen, before._is_beginning

    def show(self, place: Place, *, at_top: bool = False) -> None:
        """Bring a row into view and stay there, with some rows above it unless it is to be on top.

        What is well in view already does not move.
        """
        rows = self.rows()
        if not at_top and any(row.place == place for row in rows[1:-2]):
            self.hold(rows[0].place)
        else:
            self.hold(place if at_top else self.document.back(place, self._height // 3))

    def reach(self, place: Place) -> None:
        """Bring a row into view by moving as little as can be, and stay there."""
        rows = self.rows()
        if not rows:
            return
        if place < rows[0].place:
            self.hold(place)
        elif place > rows[-1].place:
            self.hold(self.document.back(place, self._height - 1))
        else:
            self.hold(rows[0].place)

    def show_end(self, place: Place, text: LogText) -> None:
        """Bring the end of what is shown of a line into view."""
        piece = text.pieces - 1
        if self.document.wraps:
            last = text.row_count(piece, self.document.width) - 1
            self.show(Place(place.line, piece, last))
        else:
            self.show(place)
            end = text.columns_before(piece, len(text.piece(piece).text))
            self.column = max(0, end - self.document.width // 3)

    def show_columns(self, start: int, end: int) -> None:
        """Bring cells of what is in view into view sideways."""
        width = self.document.width
        if self.document.wraps or (self.column <= start and end <= self.column + width - 1):
            return
        self.column = 0 if end < width else max(0, start - width // 3)

    def follow(self) -> bool:
        """Keep the end in view from now on; return whether that is new."""
        if self.follows:
            return False
        self.follows = True
        self._is_held = False
        self._frame = None
        return True

    def scroll_columns(self, count: int) -> bool:
        """Go right by columns, left if negative, as far as what is in view has text."""
        if self.document.wraps:
            return False
        widest = max((row.text.width_hint() for row in self.rows() if row.text), default=0)
        furthest = max(0, widest - self.document.width + 1, self.column)
        column = max(0, min(self.column + count, furthest))
        has_moved = column != self.column
        self.column = column
        return has_moved

    def _stop_following(self, *, is_at_end: bool) -> None:
        if self.follows and not is_at_end:
            self._seen = self.document.end
        self.follows = is_at_end

    def _built(self) -> list[Row]:
        if self.follows or self._top.line == END:
            # Where nothing but what is missing was there, what came since stands above that.
            last = self.document.last()
            if last is None:
                return []
            self._top = self.document.back(last, self._height - 1)
        rows = self.document.rows_from(self._top, self._height)
        if self._is_held and len(rows) < self._height:
            # More may have turned up above, where it was not looked through when one came here.
            self._top = self.document.back(self._top, self._height - len(rows))
            rows = self.document.rows_from(self._top, self._height)
        return rows
