"""Lines in a pane: shown as they are, scrolled when there are more than fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.message import Message

from skyforge_tui.tui.presenters.cells import Line, Span, banded, cut_line, fitted, line, spread
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events


class LinesView(Painted):
    """Show lines, two columns in; one of them may carry the cursor.

    What does not fit is said in the last row (`16 more lines ↓`) and reached by scrolling.
    """

    DEFAULT_CSS = "LinesView { height: auto; max-height: 100%; width: 1fr; }"

    class Clicked(Message):
        """A span with a reference was clicked."""

        def __init__(self, view: LinesView, ref: str) -> None:
            super().__init__()
            self.view = view
            self.ref = ref

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        indent: int = 2,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._lines = tuple(lines)
        self._indent = indent
        self._cursor: int | None = None
        self._top = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line], *, cursor: int | None = None) -> None:
        """Show these lines instead, the cursor on one of them if given."""
        if tuple(lines) == self._lines and cursor == self._cursor:
            return
        changes_height = len(lines) != len(self._lines)
        self._lines = tuple(lines)
        self._cursor = cursor
        self._clamp()
        if cursor is not None:
            self._keep_in_view(cursor)
        self.refresh(layout=changes_height)

    def scroll_lines(self, delta: int) -> None:
        """Scroll down by `delta` lines, up if negative."""
        before = self._top
        self._top += delta
        self._clamp()
        if self._top != before:
            self.refresh()

    def scroll_pages(self, delta: int) -> None:
        """Scroll down by `delta` pages, up if negative."""
        self.scroll_lines(delta * max(1, self.size.height - 2))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many rows all lines need."""
        return max(1, len(self._lines))

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Stay within the lines."""
        self._clamp()

    def line_at(self, y: int) -> Line:
        """Return row `y` as shown, or what is below it when it is the last and more follow."""
        width, height = self.size
        index = self._top + y
        below = len(self._lines) - self._top - height
        if below > 0 and y == height - 1 and height > 1:
            more = (Span(f"{below + 1} more lines ↓", "muted"),)
            return spread((), (*more, Span("  ")), width)
        if index >= len(self._lines):
            return ()
        margin = " " * self._indent
        if index == self._cursor and self._indent:
            lead = (Span(CURSOR, "accent"), Span(margin[1:]))
            return banded(line(lead, self._lines[index]), width)
        room = width - 2 * self._indent  # the same margin on either side
        return fitted(line(margin, cut_line(self._lines[index], room)), width)

    def on_click(self, event: events.Click) -> None:
        """Report what was clicked."""
        ref = self.ref_at(event.x, event.y)
        if ref:
            event.stop()
            self.post_message(self.Clicked(self, ref))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_lines(-3)

    def _keep_in_view(self, index: int) -> None:
        height = max(1, self.size.height - 1)
        if index < self._top:
            self._top = index
        elif index >= self._top + height:
            self._top = index - height + 1
        self._clamp()

    def _clamp(self) -> None:
        furthest = max(0, len(self._lines) - max(1, self.size.height)) if self.is_mounted else 0
        self._top = min(max(0, self._top), furthest)


class PaneLine(Painted):
    """The thin line between two panes, two blanks on either side."""

    DEFAULT_CSS = "PaneLine { width: 5; height: 1fr; }"

    def line_at(self, y: int) -> Line:
        """Return the line, which stops one row above what is below."""
        if y >= self.size.height - 1:
            return ()
        return (Span("  "), Span("│", "line"))
