"""What the keys do that move in a log: by rows, from task to task, from failure to failure."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.tui.widgets.log_pane import LogPane
from skyforge_tui.tui.widgets.log_view import LogView

COLUMN = 8
"""Cells per step to the side."""


class _Mover(Protocol):
    """What the movement keys move."""

    def scroll_lines(self, count: int) -> None: ...

    def page(self, count: int) -> None: ...

    def half_page(self, count: int) -> None: ...

    def to_top(self) -> None: ...

    def to_end(self) -> None: ...


class _Selecting:
    """Moves the end of a selection instead of the view."""

    def __init__(self, log: LogView) -> None:
        self._log = log

    def scroll_lines(self, count: int) -> None:
        self._log.extend(count)

    def page(self, count: int) -> None:
        self._log.extend(count * max(1, self._log.size.height - 1))

    def half_page(self, count: int) -> None:
        self._log.extend(count * max(1, self._log.size.height // 2))

    def to_top(self) -> None:
        self._log.extend_to(0)

    def to_end(self) -> None:
        reader = self._log.reader
        self._log.extend_to(0 if reader is None else reader.size)


class LogMoving:
    """Carries out the movement commands on `self.pane`: on its log, its selection or its grid."""

    pane: LogPane
    told = ""
    """Why the last key did nothing, if it did not."""

    @property
    def log_view(self) -> LogView:
        """The log."""
        return self.pane.view

    def tell(self, what: str) -> None:
        """Say in the footer why nothing happened, until the next key."""
        self.told = what

    @property
    def _moves(self) -> _Mover:
        if self.pane.grid.is_open:
            return self.pane.grid
        return _Selecting(self.log_view) if self.log_view.selection else self.log_view

    def do_move_down(self) -> None:
        """Go one line down."""
        self._moves.scroll_lines(1)

    def do_move_up(self) -> None:
        """Go one line up."""
        self._moves.scroll_lines(-1)

    def do_move_page_down(self) -> None:
        """Go one page down."""
        self._moves.page(1)

    def do_move_page_up(self) -> None:
        """Go one page up."""
        self._moves.page(-1)

    def do_move_half_down(self) -> None:
        """Go half a page down."""
        self._moves.half_page(1)

    def do_move_half_up(self) -> None:
        """Go half a page up."""
        self._moves.half_page(-1)

    def do_move_top(self) -> None:
        """Go to the first line."""
        self._moves.to_top()

    def do_move_end(self) -> None:
        """Go to the last line and follow."""
        self._moves.to_end()

    def do_log_left(self) -> None:
        """Go to the left."""
        self._aside(-1)

    def do_log_right(self) -> None:
        """Go to the right."""
        self._aside(1)

    def _aside(self, count: int) -> None:
        if self.pane.grid.is_open:
            self.pane.grid.scroll_tasks(count)
        else:
            self.log_view.scroll_columns(count * COLUMN)

    # Jumping

    def do_log_next_failed(self) -> None:
        """Go to the next failed task."""
        self._jump(self.pane.jumps.failure(1))

    def do_log_last_failed(self) -> None:
        """Go to the failed task before."""
        self._jump(self.pane.jumps.failure(-1))

    def do_log_next_warning(self) -> None:
        """Go to the next warning."""
        self._jump(self.pane.jumps.warning(1))

    def do_log_last_warning(self) -> None:
        """Go to the warning before."""
        self._jump(self.pane.jumps.warning(-1))

    def do_log_next_task(self) -> None:
        """Go to the next task."""
        self._jump(self.pane.jumps.task(1))

    def do_log_last_task(self) -> None:
        """Go to the task before."""
        self._jump(self.pane.jumps.task(-1))

    def do_log_next_mark(self) -> None:
        """Go to the next bookmark."""
        self._jump(self.pane.jumps.mark(1))

    def do_log_last_mark(self) -> None:
        """Go to the bookmark before."""
        self._jump(self.pane.jumps.mark(-1))

    def _jump(self, why_not: str) -> None:
        self.pane.close_grid()
        if why_not:
            self.tell(why_not)
