"""Something that is found out before one is asked about it: in front, until it is known."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.glyphs import PENDING
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented

Answer = TypeVar("Answer")


class Waiting(Overlay[bool], Generic[Answer]):
    """Wait for a task in view; the result is whether it has ended, and not the person's patience.

    What comes afterwards comes to whoever waited for it, and never over what they went on to do.
    """

    MARGIN = 4

    def __init__(self, title: str, doing: str, task: asyncio.Future[Answer]) -> None:
        super().__init__((Span(literal(title), "strong", bold=True),))
        self._doing = doing
        self._awaited = task

    def on_mount(self) -> None:
        """Begin to wait."""
        super().on_mount()
        self._awaited.add_done_callback(self._ended)

    def on_unmount(self) -> None:
        """Wait no more."""
        self._awaited.remove_done_callback(self._ended)

    def _ended(self, _: asyncio.Future[Answer]) -> None:
        self.finish(True)

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return what goes on, and the way out."""
        doing: Line = (Span(f"{PENDING} ", "spin"), Span(literal(self._doing), "muted"))
        keys = hint_line(KeyHint("esc", "not now", command_id="escape"))
        return Sections(body=[(), indented(doing)], foot=[(), indented(keys)])

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Leave; all other keys wait with it."""
        if key == "escape":
            self.finish(False)
        return True
