"""What the mouse does in a log view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from skyforge_tui.tui.widgets.log_layout import LEFT
from skyforge_tui.tui.widgets.log_paint import pill_words

if TYPE_CHECKING:
    from textual import events

    from skyforge_tui.tui.widgets.log_window import LogWindow


class LogMouse(Widget):
    """Scroll with the wheel, press the pill and the scrollbar, drag to select, mark at the left."""

    class MarkPressed(Message):
        """The margin beside a line was clicked."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line

    class Dragged(Message):
        """Lines were selected with the mouse."""

    _dragging: int | None = None
    """The line where a drag began."""
    _has_dragged = False

    if TYPE_CHECKING:

        @property
        def window(self) -> LogWindow | None:
            """The part in view."""

        def scroll_lines(self, count: int) -> None:
            """Go down by rows."""

        def to_offset(self, offset: int) -> None:
            """Bring a line to the top of the view."""

        def resume_follow(self) -> None:
            """Keep the end in view."""

        def select(self, start: int, end: int) -> None:
            """Select the lines between two."""

        def unselect(self) -> bool:
            """Select nothing."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.scroll_lines(-3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag where there is text."""
        event.stop()
        self._has_dragged = False
        if event.button == 1 and event.x < self.size.width - 1:
            self._dragging = self._line_at(event.y)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to here; beyond an edge the view goes along."""
        if self._dragging is None:
            return
        event.stop()
        height = self.size.height
        if not 0 <= event.y < height:
            self.scroll_lines(-1 if event.y < 0 else 1)
        line = self._line_at(min(max(event.y, 0), height - 1))
        if line is not None and (line != self._dragging or self._has_dragged):
            self._has_dragged = True
            self.select(self._dragging, line)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Keep what was selected."""
        event.stop()
        self._dragging = None
        self.release_mouse()
        if self._has_dragged:
            self.post_message(self.Dragged())

    def on_click(self, event: events.Click) -> None:
        """Follow at the pill, go there at the scrollbar, mark at the margin, else unselect."""
        event.stop()
        if self._has_dragged:
            self._has_dragged = False
            return
        width, height = self.size
        window = self.window
        if window is None:
            return
        if event.x == width - 1:
            self.to_offset(window.document.end * event.y // max(1, height))
        elif window.new_lines and event.y == height - 1:
            if event.x >= width - 2 - len(pill_words(window.new_lines)):
                self.resume_follow()
        elif event.x < LEFT and (pressed := self._line_at(event.y)) is not None:
            self.post_message(self.MarkPressed(pressed))
        else:
            self.unselect()

    def _line_at(self, y: int) -> int | None:
        rows = [] if self.window is None else self.window.rows()[: y + 1]
        lines = [row.line.offset for row in rows if row.line is not None]
        return lines[-1] if lines else None
