"""Reading an artifact: the movement keys scroll its preview instead of moving the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.tui.table_keys import TableKeys
from skyforge_tui.tui.widgets.lines import LinesView


class ReadingKeys(TableKeys):
    """Carry out the movement commands on `self.preview` while reading, else on `self.table`."""

    preview: LinesView

    if TYPE_CHECKING:

        @property
        def is_reading(self) -> bool:
            """Whether the preview has the keys."""

    def do_move_down(self) -> None:
        """Go one row down, or scroll."""
        self._scroll(1) or super().do_move_down()

    def do_move_up(self) -> None:
        """Go one row up, or scroll."""
        self._scroll(-1) or super().do_move_up()

    def do_move_page_down(self) -> None:
        """Go one page down, or scroll."""
        self._turn(1) or super().do_move_page_down()

    def do_move_page_up(self) -> None:
        """Go one page up, or scroll."""
        self._turn(-1) or super().do_move_page_up()

    def do_move_top(self) -> None:
        """Go to the first row, or to the begin."""
        self._scroll(-len(self.preview.lines)) or super().do_move_top()

    def do_move_end(self) -> None:
        """Go to the last row, or to the end."""
        self._scroll(len(self.preview.lines)) or super().do_move_end()

    def _scroll(self, lines: int) -> bool:
        if self.is_reading:
            self.preview.scroll_lines(lines)
        return self.is_reading

    def _turn(self, pages: int) -> bool:
        if self.is_reading:
            self.preview.scroll_pages(pages)
        return self.is_reading
