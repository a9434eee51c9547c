"""How the movement commands move a table; a screen names the one that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.tui.widgets.resource_table import ResourceTable


class TableKeys:
    """Carry out the movement commands on `self.table`."""

    table: ResourceTable

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
