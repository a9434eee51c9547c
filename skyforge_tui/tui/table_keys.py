"""How the movement commands move a table or output, and what a table shows of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.offers import Fact
    from skyforge_tui.tui.widgets.lines import LinesView
    from skyforge_tui.tui.widgets.log_view import LogView
    from skyforge_tui.tui.widgets.resource_table import ResourceTable


class Movable(Protocol):
    """Something one moves in, row by row."""

    def cursor_down(self) -> None:
        """Go one row down."""

    def cursor_up(self) -> None:
        """Go one row up."""

    def page_down(self) -> None:
        """Go one page down."""

    def page_up(self) -> None:
        """Go one page up."""

    def half_page_down(self) -> None:
        """Go half a page down."""

    def half_page_up(self) -> None:
        """Go half a page up."""

    def to_first(self) -> None:
        """Go to the first row."""

    def to_last(self) -> None:
        """Go to the last row."""


class OutputMoves:
    """Moves in output as in a table: it has no cursor, so the view goes instead."""

    def __init__(self, log: LogView) -> None:
        self._log = log

    def cursor_down(self) -> None:
        """Go one row down."""
        self._log.scroll_lines(1)

    def cursor_up(self) -> None:
        """Go one row up."""
        self._log.scroll_lines(-1)

    def page_down(self) -> None:
        """Go one page down."""
        self._log.page(1)

    def page_up(self) -> None:
        """Go one page up."""
        self._log.page(-1)

    def half_page_down(self) -> None:
        """Go half a page down."""
        self._log.half_page(1)

    def half_page_up(self) -> None:
        """Go half a page up."""
        self._log.half_page(-1)

    def to_first(self) -> None:
        """Go to the first line."""
        self._log.to_top()

    def to_last(self) -> None:
        """Go to the last line and follow."""
        self._log.to_end()


class LinesMoves:
    """Moves in lines that are read, which have no cursor either."""

    def __init__(self, lines: LinesView) -> None:
        self._lines = lines

    def cursor_down(self) -> None:
        """Go one row down."""
        self._lines.scroll_lines(1)

    def cursor_up(self) -> None:
        """Go one row up."""
        self._lines.scroll_lines(-1)

    def page_down(self) -> None:
        """Go one page down."""
        self._lines.scroll_pages(1)

    def page_up(self) -> None:
        """Go one page up."""
        self._lines.scroll_pages(-1)

    def half_page_down(self) -> None:
        """Go half a page down."""
        self._lines.scroll_lines(self._lines.size.height // 2)

    def half_page_up(self) -> None:
        """Go half a page up."""
        self._lines.scroll_lines(-(self._lines.size.height // 2))

    def to_first(self) -> None:
        """Go to the first line."""
        self._lines.scroll_lines(-len(self._lines.lines))

    def to_last(self) -> None:
        """Go to the last line."""
        self._lines.scroll_lines(len(self._lines.lines))


def facts_of_row(table: ResourceTable) -> list[Fact]:
    """Return what a table knows of the row under its cursor, whatever has room."""
    from skyforge_tui.tui.presenters.offers import Fact

    if not table.source.count:
        return []
    row = table.source.row(table.cursor)
    cells = {} if row is None else row.cells
    named = ((one.title.lower() or one.key, cells.get(one.key, ())) for one in table.columns)
    return [Fact(name, words) for name, words in named if any(one.text.strip() for one in words)]


class TableKeys:
    """Carry out the movement commands on what `moved` says, which is `self.table`."""

    table: ResourceTable

    def moved(self) -> Movable:
        """Return what moves."""
        return self.table

    def row_facts(self) -> list[Fact]:
        """Return what the row under the cursor shows, those columns too that have no room."""
        return facts_of_row(self.table)

    def do_move_down(self) -> None:
        """Go one row down."""
        self.moved().cursor_down()

    def do_move_up(self) -> None:
        """Go one row up."""
        self.moved().cursor_up()

    def do_move_page_down(self) -> None:
        """Go one page down."""
        self.moved().page_down()

    def do_move_page_up(self) -> None:
        """Go one page up."""
        self.moved().page_up()

    def do_move_half_down(self) -> None:
        """Go half a page down."""
        self.moved().half_page_down()

    def do_move_half_up(self) -> None:
        """Go half a page up."""
        self.moved().half_page_up()

    def do_move_top(self) -> None:
        """Go to the first row."""
        self.moved().to_first()

    def do_move_end(self) -> None:
        """Go to the last row."""
        self.moved().to_last()
