"""The part of a log that is in view: where it stands, what follows the end, what is new below.

Pure: it knows rows and sizes, no widget.
"""

from __future__ import annotations

from skyforge_tui.tui.widgets.log_document import LogDocument, Place, Row
from skyforge_tui.tui.widgets.log_paint import thumb_rows


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
        self._seen_lines = 0
        self._frame: list[Row] | None = None

    @property
    def new_lines(self) -> int:
        """Lines below the view that came since it stopped following."""
        if self.follows:
            return 0
        rows = self.rows()
        bottom = rows[-1].place.line + 1 if rows else 0
        return max(0, self.document.line_count - max(self._seen_lines, bottom))

    def rows(self) -> list[Row]:
        """Return the rows in view, fewer when there is not enough to fill it."""
        if self._frame is None:
            self._frame = self._built()
        return self._frame

    def thumb(self) -> tuple[int, int]:
        """Return the rows of the scrollbar that stand for what is in view, end excluded."""
        rows = self.rows()
        count = self.document.line_count
        if not rows or (self.follows and rows[0].place <= self.document.first()):
            return 0, 0
        bottom = count - 1 if self.follows else min(rows[-1].place.line, count - 2)
        return thumb_rows(rows[0].place.line, bottom, count, self._height)

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
        if not self.follows:
            self.go(self._top)

    def grow(self, *, was_lines: int, has_new_gaps: bool) -> bool:
        """Take note that the log grew; return whether anything but the count below changes.

        `was_lines` is how many lines there were: the last of them may have been unfinished.
        """
        frame = self._frame
        is_settled = frame is not None and len(frame) >= self._height and not has_new_gaps
        if is_settled and not self.follows and frame and frame[-1].place.line < was_lines - 1:
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

    def go(self, top: Place) -> bool:
        """Put a row at the top, or as near as the end allows; reaching the end means following."""
        before = (self._top, self.follows)
        rows = self.document.rows_from(top, self._height + 1)
        is_at_end = len(rows) <= self._height
        if self.follows and not is_at_end:
            self._seen_lines = self.document.line_count
        self.follows = is_at_end
        self._top = top
        self._frame = None if is_at_end else rows[:-1]
        self.rows()
        return (self._top, self.follows) != before

    def follow(self) -> bool:
        """Keep the end in view from now on; return whether that is new."""
        if self.follows:
            return False
        self.follows = True
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

    def _built(self) -> list[Row]:
        last = self.document.last()
        if last is None:
            return []
        if self.follows:
            self._top = self.document.back(last, self._height - 1)
        return self.document.rows_from(self._top, self._height)
