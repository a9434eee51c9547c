"""One row above the footer that says which keys would do what next, and waits for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Line, Span, joined, line, spread, width_of
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events


class KeyStrip(Painted, can_focus=True):
    """Take one key of several; any other key closes it."""

    DEFAULT_CSS = "KeyStrip { height: 1; width: 1fr; }"
    GROUND = "overlay"

    class Picked(Message):
        """A key was pressed: the label it stands for; empty when it was none of them."""

        def __init__(self, strip: KeyStrip, ref: str) -> None:
            super().__init__()
            self.strip = strip
            self.ref = ref

    def __init__(self, title: str, hints: Sequence[KeyHint]) -> None:
        super().__init__()
        self._title = title
        self._hints = tuple(hints)
        self._is_done = False

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        inner = self.size.width - 2 * MARGIN
        keys = joined(hint_line(one) for one in self._hints)
        left = line(Span(f"{self._title}  ", "strong", bold=True), keys)
        close = hint_line(KeyHint("esc", "close"))
        # Every key is said as long as it can be; any other one closes, said or not.
        if width_of(left) + width_of(close) + 2 > inner:
            close = ()
        if width_of(left) > inner:
            left = keys
        return line(" " * MARGIN, spread(left, close, inner))

    def on_mount(self) -> None:
        """Take the keys."""
        super().on_mount()
        self.focus(scroll_visible=False)

    def on_key(self, event: events.Key) -> None:
        """Pick, or close."""
        event.stop()
        event.prevent_default()
        typed = event.character or event.key
        self._finish(next((one.command_id for one in self._hints if one.key == typed), ""))

    def on_click(self, event: events.Click) -> None:
        """Pick what was clicked."""
        event.stop()
        ref = self.ref_at(event.x, event.y)
        known = {one.command_id for one in self._hints}
        self._finish(ref if ref in known else "")

    def on_blur(self, event: events.Blur) -> None:  # noqa: ARG002
        """Close when the keys go elsewhere, but not when the terminal's focus does."""
        if self.app.app_focus:
            self._finish("")

    def _finish(self, ref: str) -> None:
        if not self._is_done:
            self._is_done = True
            self.post_message(self.Picked(self, ref))
