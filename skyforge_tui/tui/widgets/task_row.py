"""The row above a log that says which task one reads, and what came of it."""

from __future__ import annotations

from skyforge_tui.tui.presenters.cells import Line, line
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.widgets.painted import Painted


class TaskRow(Painted):
    """Show a task; absent while there is none."""

    DEFAULT_CSS = "TaskRow { height: 1; width: 1fr; display: none; }"
    GROUND = "surface"

    def __init__(self) -> None:
        super().__init__()
        self._line: Line = ()

    @property
    def room(self) -> int:
        """How many cells a line may take."""
        return max(0, self.size.width - 2 * MARGIN)

    def show(self, one: Line) -> None:
        """Say this."""
        if one != self._line:
            self._line = one
            self.refresh()

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        return line(" " * MARGIN, self._line)
