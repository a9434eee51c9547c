"""How the movement commands move a table, and what it shows of a row; a screen names the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.offers import Fact
    from skyforge_tui.tui.widgets.resource_table import ResourceTable


class TableKeys:
    """Carry out the movement commands on `self.table`."""

    table: ResourceTable

    def row_facts(self) -> list[Fact]:
        """Return what the row under the cursor shows, those columns too that have no room."""
        from skyforge_tui.tui.presenters.offers import Fact

        table = self.table
        if not table.source.count:
            return []
        row = table.source.row(table.cursor)
        cells = {} if row is None else row.cells
        named = ((one.title.lower() or one.key, cells.get(one.key, ())) for one in table.columns)
        return [
            Fact(name, words) for name, words in named if any(one.text.strip() for one in words)
        ]

    def do_move_down(self) -> None:
        """Go one row down."""
        self.table.cursor_down()

    def do_move_up(self) -> None:
        """Go one row up."""
        self.table.cursor_up()

    def do_move_page_down(self) -> None:
        """Go one page down."""
        self.table.page_down()

    def do_move_page_up(self) -> None:
        """Go one page up."""
        self.table.page_up()

    def do_move_half_down(self) -> None:
        """Go half a page down."""
        self.table.half_page_down()

    def do_move_half_up(self) -> None:
        """Go half a page up."""
        self.table.half_page_up()

    def do_move_top(self) -> None:
        """Go to the first row."""
        self.table.to_first()

    def do_move_end(self) -> None:
        """Go to the last row."""
        self.table.to_last()
