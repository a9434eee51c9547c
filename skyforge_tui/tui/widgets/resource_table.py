"""A table over any number of rows: only those in view are asked for, drawn or thought of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Ground, Line, Span, banded, line, plain
from skyforge_tui.tui.presenters.columns import Column, Fitted, fit, head_line, row_line
from skyforge_tui.tui.presenters.found import underlined
from skyforge_tui.tui.presenters.glyphs import CURSOR, CURSOR_IDLE, ELLIPSIS, MARKED
from skyforge_tui.tui.widgets.filter_line import FilterLine
from skyforge_tui.tui.widgets.table_cursor import TableCursor
from skyforge_tui.tui.widgets.table_marks import MOST_MARKED, Marks

if TYPE_CHECKING:
    from textual import events

    from skyforge_tui.domain.view import Sort
    from skyforge_tui.tui.widgets.row_source import Row, RowSource

LEAD = 2
"""Columns before the text: cursor and mark."""
LEAST_HEIGHT = 8
"""Below this many rows the head gives its row away, unless a table says otherwise."""

Letters = Callable[[str, str], Sequence[tuple[int, int]]]
"""Given a column's key and a cell's text, which letters are looked for."""


class ResourceTable(TableCursor):
    """Show the rows of a source under pinned titles, with a cursor that stays on its row.

    Keys are bound outside; what they do are methods.
    """

    DEFAULT_CSS = "ResourceTable { height: 1fr; width: 1fr; }"

    class Marked(Message):
        """Other rows are marked."""

        def __init__(self, table: ResourceTable, count: int) -> None:
            super().__init__()
            self.table = table
            self.count = count

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource | None = None,
        *,
        margin: int = 2,
        empty: Line = (),
        has_head: bool = True,
        least_height: int = LEAST_HEIGHT,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(source, id=id)
        self._columns = tuple(columns)
        self._fitted: Fitted = ()
        self._margin = margin
        self._empty = empty
        self._has_head = has_head
        self._least_height = least_height
        self._marks = Marks()
        self._marked_count = 0
        self._sort: Sort | None = None
        self._letters: Letters | None = None

    # What it shows

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, shown or not."""
        return self._columns

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
        self._marks.follow(self._source)
        super().update_rows()
        self._tell_marked()

    def update_row(self, key: str) -> None:
        """Draw one row again, if it is in view."""
        index = self._source.index_of(key)
        first, last = self.visible_range
        if index is not None and first <= index <= last:
            self.refresh_rows((index - self._top + self._head_height,))

    @property
    def sort(self) -> Sort | None:
        """What the titles say the rows are sorted by; sorting them is the source's business."""
        return self._sort

    @sort.setter
    def sort(self, sort: Sort | None) -> None:
        self._sort = sort
        self._fit()
        self.refresh()

    def underline(self, letters: Letters | None) -> None:
        """Underline in every cell the letters that are looked for."""
        self._letters = letters
        self.refresh()

    # Marks

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked rows, in the order they were marked."""
        return self._marks.keys(self._source, self._cursor)

    @property
    def marked_count(self) -> int:
        """How many rows are marked."""
        return self._marks.count(self._source, self._cursor)

    def toggle_mark(self) -> None:
        """Mark or unmark the row under the cursor and go on to the next; a range is kept first."""
        if self._cursor_key is None:
            return
        if self._marks.has_range:
            self._marks.end_range(self._source, self._cursor)
            self.refresh()
        else:
            self._marks.toggle(self._cursor_key)
            self.update_row(self._cursor_key)
        self._count_marks()
        self.cursor_down()

    def toggle_range(self) -> bool:
        """Begin a range at the cursor, or keep the one that began; False if it is too long."""
        if self._cursor_key is None:
            return True
        if self._marks.has_range and self.marked_count > MOST_MARKED:
            return False
        if self._marks.has_range:
            self._marks.end_range(self._source, self._cursor)
        else:
            self._marks.start_range(self._cursor_key, self._cursor)
        self._tell_marked()
        return True

    def mark_all(self) -> bool:
        """Mark every row there is; return False, marking none, if there are too many."""
        if self._source.count > MOST_MARKED:
            return False
        self._marks.drop_range()
        rows = range(self._source.count)
        self._marks.add(self._source.key(at) for at in rows if not self._source.is_heading(at))
        self._tell_marked()
        return True

    def clear_marks(self) -> bool:
        """Unmark everything; return whether there was a mark."""
        had_some = bool(self.marked_count)
        self._marks.clear()
        self._tell_marked()
        return had_some

    def keep_marks(self, keys: Iterable[str]) -> None:
        """Unmark everything but these."""
        self._marks.clear()
        self._marks.add(keys)
        self._tell_marked()
        self.refresh()

    def _tell_marked(self) -> None:
        if self._marks or self._marked_count:
            self.refresh()
        self._count_marks()

    def _count_marks(self) -> None:
        count = self.marked_count
        if count != self._marked_count:
            self._marked_count = count
            self.post_message(self.Marked(self, count))

    def _place(self, index: int) -> None:
        super()._place(index)
        if self._marks.has_range:
            self._tell_marked()

    # Drawing

    def line_at(self, y: int) -> Line:
        """Return row `y` of the widget: the titles, a row, or what stands for no rows."""
        width = self.size.width
        if y < self._head_height:
            return line(" " * LEAD, head_line(self._fitted, self._sort))
        index = self._top + y - self._head_height
        if not self._source.count:
            return line(" " * LEAD, self._empty) if index == 0 else ()
        if index >= self._source.count:
            return ()
        is_chosen = index == self._cursor
        row = self._source.row(index)
        if row is not None and row.heading is not None:
            return line(" " * LEAD, row.heading)
        body = (Span(ELLIPSIS, "faint"),) if row is None else self._body(row, is_chosen=is_chosen)
        is_marked = bool(self._marks) and self._is_marked(index)
        if not is_chosen:
            sign = Span(MARKED, "accent") if is_marked else Span(" ")
            return line(sign, " " * (LEAD - 1), body)
        shape, ground = self._cursor_look
        sign = Span(MARKED if is_marked else shape, "accent")
        return banded(line(sign, " " * (LEAD - 1), body), width, ground)

    def _is_marked(self, index: int) -> bool:
        return self._marks.has(self._source.key(index), index, self._cursor)

    def _body(self, row: Row, *, is_chosen: bool) -> Line:
        cells = row.cells
        if self._letters is not None:
            letters = self._letters
            cells = {
                key: underlined(cell, letters(key, plain(cell))) for key, cell in cells.items()
            }
        return row_line(self._fitted, cells, is_chosen=is_chosen)

    @property
    def _cursor_look(self) -> tuple[str, Ground]:
        focused = self.screen.focused
        is_filtered = isinstance(focused, FilterLine) and focused.table is self
        if focused in (self, None) or is_filtered:
            return CURSOR, "cursor"
        return CURSOR_IDLE, "cursor2"

    @property
    def _head_height(self) -> int:
        return 1 if self._has_head and self.size.height >= self._least_height else 0

    def _fit(self) -> None:
        width = max(1, self.size.width - LEAD - self._margin)
        self._fitted = fit(self._columns, width, self._sort)

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
