"""A table over any number of rows: only those in view are asked for, drawn or thought of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Ground, Line, Span, banded, line
from skyforge_tui.tui.presenters.columns import Column, Fitted, fit, head_line, row_line
from skyforge_tui.tui.presenters.glyphs import CURSOR, CURSOR_IDLE, ELLIPSIS
from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.row_source import ListRows, RowSource

if TYPE_CHECKING:
    from textual import events

LEAD = 2
"""Columns before the text: cursor and mark."""
LEAST_HEIGHT = 8
"""Below this many rows the head gives its row away."""


class ResourceTable(Painted, can_focus=True):
    """Show the rows of a source under pinned titles, with a cursor that stays on its row.

    Keys are bound outside; the movements are methods.
    """

    DEFAULT_CSS = "ResourceTable { height: 1fr; width: 1fr; }"

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, table: ResourceTable, key: str | None) -> None:
            super().__init__()
            self.table = table
            self.key = key
            """What identifies the row; None when there is none."""

    class Selected(Message):
        """The row under the cursor was chosen."""

        def __init__(self, table: ResourceTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource | None = None,
        *,
        margin: int = 2,
        empty: Line = (),
        has_head: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._fitted: Fitted = ()
        self._source: RowSource = source or ListRows()
        self._margin = margin
        self._empty = empty
        self._has_head = has_head
        self._cursor = 0
        self._cursor_key: str | None = self._key_at(0)
        self._top = 0
        self._wanted: tuple[int, int] | None = None

    # What it shows

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

    def show(self, source: RowSource, *, empty: Line | None = None) -> None:
        """Show another source; `empty` is what stands there when it has no rows."""
        self._source = source
        self._empty = self._empty if empty is None else empty
        self._wanted = None
        self.update_rows()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        self._columns = tuple(columns)
        self._fit()
        self.refresh()

    def update_rows(self) -> None:
        """Look at the source anew: the cursor stays on its row, the row where it is on screen."""
        at = self._source.index_of(self._cursor_key) if self._cursor_key is not None else None
        moved = (at if at is not None else self._cursor) - self._cursor
        if self._top:
            self._top += moved
        self._place(self._cursor + moved)
        self.refresh()

    def update_row(self, key: str) -> None:
        """Draw one row again, if it is in view."""
        index = self._source.index_of(key)
        first, last = self.visible_range
        if index is not None and first <= index <= last:
            self.refresh_rows((index - self._top + self._head_height,))

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

    def to_last(self) -> None:
        """Go to the last row."""
        self._move(self._source.count - 1)

    def choose(self) -> None:
        """Choose the row under the cursor."""
        if self._cursor_key is not None:
            self.post_message(self.Selected(self, self._cursor_key))

    # Drawing

    def line_at(self, y: int) -> Line:
        """Return row `y` of the widget: the titles, a row, or what stands for no rows."""
        width = self.size.width
        if y < self._head_height:
            return line(" " * LEAD, head_line(self._fitted))
        index = self._top + y - self._head_height
        if not self._source.count:
            return line(" " * LEAD, self._empty) if index == 0 else ()
        if index >= self._source.count:
            return ()
        is_chosen = index == self._cursor
        row = self._source.row(index)
        body = (
            (Span(ELLIPSIS, "faint"),)
            if row is None
            else row_line(self._fitted, row.cells, is_chosen=is_chosen)
        )
        if not is_chosen:
            return line(" " * LEAD, body)
        sign, ground = self._cursor_look
        return banded(line(Span(sign, "accent"), " " * (LEAD - 1), body), width, ground)

    @property
    def _cursor_look(self) -> tuple[str, Ground]:
        if self.screen.focused in (self, None):
            return CURSOR, "cursor"
        return CURSOR_IDLE, "cursor2"

    @property
    def _head_height(self) -> int:
        return 1 if self._has_head and self.size.height >= LEAST_HEIGHT else 0

    @property
    def _body_height(self) -> int:
        return max(1, self.size.height - self._head_height)

    def _fit(self) -> None:
        self._fitted = fit(self._columns, max(1, self.size.width - LEAD - self._margin))

    # Keeping cursor and view in place

    def _key_at(self, index: int) -> str | None:
        return self._source.key(index) if 0 <= index < self._source.count else None

    def _move(self, index: int) -> None:
        before_row, before_top = self._cursor, self._top
        self._place(index)
        if self._top != before_top:
            self.refresh()
        elif self._cursor != before_row:
            head = self._head_height - self._top
            self.refresh_rows((before_row + head, self._cursor + head))

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
        self._cursor = max(0, min(index, count - 1))
        if self.size.height:
            self._top = min(self._top, self._cursor, max(0, count - height))
            self._top = max(self._top, self._cursor - height + 1, 0)
        self._tell_wanted()
        key = self._key_at(self._cursor)
        if key != self._cursor_key:
            self._cursor_key = key
            self.post_message(self.Highlighted(self, key))

    def _tell_wanted(self) -> None:
        wanted = self.visible_range
        if wanted != self._wanted and wanted[1] >= wanted[0] and self.size.height:
            self._wanted = wanted
            self._source.want(*wanted)

    # What happens to it

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Fit the columns and keep the cursor in view."""
        self._fit()
        self._place(self._cursor)
        self.refresh()

    def on_focus(self, event: events.Focus) -> None:  # noqa: ARG002
        """Draw the cursor as the one that moves."""
        self.refresh()

    def on_blur(self, event: events.Blur) -> None:  # noqa: ARG002
        """Draw the cursor as idle."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go to the clicked row; choose it when the cursor is there already."""
        index = self._top + event.y - self._head_height
        if not self._top <= index < self._source.count:
            return
        event.stop()
        if index == self._cursor:
            self.choose()
        else:
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
