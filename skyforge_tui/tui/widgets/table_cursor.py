"""Where one is in a long list of rows: a cursor that stays on its row, a view that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.row_source import ListRows, RowSource

if TYPE_CHECKING:
    from textual import events


class TableCursor(Painted, can_focus=True):
    """A cursor over the rows of a source; subclasses say how many of them fit and draw them."""

    class Highlighted(Message, namespace="resource_table"):
        """The cursor is on another row."""

        def __init__(self, table: TableCursor, key: str | None) -> None:
            super().__init__()
            self.table = table
            self.key = key
            """What identifies the row; None when there is none."""

    class Selected(Message, namespace="resource_table"):
        """The row under the cursor was chosen."""

        def __init__(self, table: TableCursor, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

    def __init__(self, source: RowSource | None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source: RowSource = source or ListRows()
        self._cursor = 0
        self._cursor_key: str | None = self._row_key(0)
        self._top = 0
        self._wanted: tuple[int, int] | None = None

    @property
    def source(self) -> RowSource:
        """Where the rows come from."""
        return self._source

    @property
    def cursor(self) -> int:
        """The index of the row under the cursor."""
        return self._cursor

    @property
    def cursor_key(self) -> str | None:
        """What identifies the row under the cursor; None when there is no row."""
        return self._cursor_key

    @property
    def visible_range(self) -> tuple[int, int]:
        """The indexes of the first and the last row in view; last < first when there is none."""
        return self._top, min(self._top + self._body_height, self._source.count) - 1

    @property
    def _head_height(self) -> int:
        """How many rows of the widget stand above the rows of the source."""
        return 0

    @property
    def _body_height(self) -> int:
        return max(1, self.size.height - self._head_height)

    # Moving

    def move_to_key(self, key: str) -> bool:
        """Put the cursor on a row; return whether it is there."""
        index = self._source.index_of(key)
        if index is not None:
            self._move(index)
        return index is not None

    def cursor_down(self) -> None:
        """Go one row down."""
        self._move(self._cursor + 1)

    def cursor_up(self) -> None:
        """Go one row up."""
        self._move(self._cursor - 1)

    def page_down(self) -> None:
        """Go one page down."""
        self._jump(max(1, self._body_height - 1))

    def page_up(self) -> None:
        """Go one page up."""
        self._jump(-max(1, self._body_height - 1))

    def half_page_down(self) -> None:
        """Go half a page down."""
        self._jump(max(1, self._body_height // 2))

    def half_page_up(self) -> None:
        """Go half a page up."""
        self._jump(-max(1, self._body_height // 2))

    def to_first(self) -> None:
        """Go to the first row."""
        self._move(0)

    def to_row(self, index: int) -> None:
        """Go to a row, or to the nearest there is."""
        self._move(index)

    def to_last(self) -> None:
        """Go to the last row."""
        self._move(self._source.count - 1)

    def choose(self) -> None:
        """Choose the row under the cursor."""
        if self._cursor_key is not None:
            self.post_message(self.Selected(self, self._cursor_key))

    # Keeping cursor and view in place

    def update_rows(self) -> None:
        """Look at the source anew: the cursor stays on its row, the row where it is on screen."""
        at = self._source.index_of(self._cursor_key) if self._cursor_key is not None else None
        moved = (at if at is not None else self._cursor) - self._cursor
        if self._top:
            self._top += moved
        self._place(self._cursor + moved)
        self.refresh()

    def _row_key(self, index: int) -> str | None:
        return self._source.key(index) if 0 <= index < self._source.count else None

    def _move(self, index: int) -> None:
        before_row, before_top = self._cursor, self._top
        self._place(index)
        if self._top != before_top:
            self.refresh()
        elif self._cursor != before_row:
            self._redraw(before_row, self._cursor)

    def _redraw(self, left: int, reached: int) -> None:
        """Draw again what changes when the cursor leaves one row in view for another."""
        head = self._head_height - self._top
        self.refresh_rows((left + head, reached + head))

    def _jump(self, delta: int) -> None:
        """Move cursor and view together."""
        self._top += delta
        before = self._cursor
        self._place(self._cursor + delta)
        if self._cursor != before:
            self.refresh()

    def _place(self, index: int) -> None:
        """Put the cursor on the row nearest to `index`, keep it in view, tell who wants to know."""
        count, height = self._source.count, self._body_height
        wanted = max(0, min(index, count - 1))
        self._cursor = self._beside_headings(wanted, -1 if wanted < self._cursor else 1)
        if self.size.height:
            self._top = min(self._top, self._under_heading(self._cursor), max(0, count - height))
            self._top = max(self._top, self._cursor - height + 1, 0)
        self._tell_wanted()
        key = self._row_key(self._cursor)
        if key != self._cursor_key:
            self._cursor_key = key
            self.post_message(self.Highlighted(self, key))

    def _beside_headings(self, index: int, step: int) -> int:
        """Return the row at `index`, or the next one by `step`, else the other way, to stand on."""
        if not self._source.count or not self._source.is_heading(index):
            return index
        for way in (step, -step):
            at = index
            while 0 <= at < self._source.count:
                if not self._source.is_heading(at):
                    return at
                at += way
        return index

    def _under_heading(self, index: int) -> int:
        """Return the first of the headings right above a row; the row itself without one."""
        while index and self._source.is_heading(index - 1):
            index -= 1
        return index

    def _tell_wanted(self) -> None:
        wanted = self.visible_range
        if wanted != self._wanted and wanted[1] >= wanted[0] and self.size.height:
            self._wanted = wanted
            self._source.want(*wanted)

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; choose it when the cursor is there already."""
        index = self._top + event.y - self._head_height
        if not self._top <= index < self._source.count:
            return
        event.stop()
        if index == self._cursor:
            self.choose()
        elif not self._source.is_heading(index):
            self._move(index)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll three rows down; the cursor comes along only as far as it must."""
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll three rows up; the cursor comes along only as far as it must."""
        event.stop()
        self._scroll(-3)

    def _scroll(self, delta: int) -> None:
        height = self._body_height
        furthest = max(0, self._source.count - height)
        top = max(0, min(self._top + delta, furthest))
        if top != self._top:
            self._top = top
            self._place(max(top, min(self._cursor, top + height - 1)))
            self.refresh()
