"""The pane in which a file or a commit is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.containers import Vertical
from textual.widget import Widget

from skyforge_tui.tui.presenters import repository as present
from skyforge_tui.tui.presenters.previews import Shown
from skyforge_tui.tui.widgets.lines import LinesView

MARGIN = 2
Draw = Callable[[int], Shown]
"""Makes the lines for a width."""


class ReaderPane(Vertical):
    """Show something under its name, drawn for the width there is."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self._title = ""
        self._draw: Draw | None = None
        self._heading = LinesView([()], id="heading")
        self.lines = LinesView(id="reading", indent=MARGIN)
        self.lines.can_focus = True

    def compose(self) -> Iterator[Widget]:
        """Yield the heading and the lines."""
        yield self._heading
        yield self.lines

    @property
    def title(self) -> str:
        """What is shown; empty when nothing is."""
        return self._title

    def show(self, title: str, draw: Draw | None) -> None:
        """Show this; another thing begins at its top."""
        if title != self._title:
            self.lines.scroll_lines(-len(self.lines.lines))
        self._title, self._draw = title, draw
        self._paint()

    def begin(self, title: str) -> None:
        """Say that something is being read, unless it is shown already."""
        if title != self._title or self._draw is None:
            self.show(title, None)

    def on_resize(self) -> None:
        """Draw for another width."""
        self._paint()

    def _paint(self) -> None:
        width = max(20, self.size.width - 2 * MARGIN)
        if self._draw is None:
            about = "reading" if self._title else ""
            self._heading.show([present.heading(self._title, about, width, ruled=False)])
            self.lines.show([])
            return
        found = self._draw(width)
        self._heading.show([present.heading(self._title, found.about, width, ruled=True)])
        self.lines.show(found.lines)
