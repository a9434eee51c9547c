"""When a screen draws what has changed: at once, unless it has just drawn again and again.

Textual (8.2.8) draws on a grid of sixty beats a second and leaves one out whenever it comes late:
for whoever presses a key shortly after a frame, as in a log that grows, the next one is up to
thirty milliseconds away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.screen import Screen, ScreenResultType

FRAMES, WITHIN_S = 3, 0.025
"""So many frames may begin within this time: a key is not kept waiting by what was drawn before it,
and something that changes all the time takes no more than that."""


class FramePace:
    """Stands in for the timer by which a screen of Textual's draws."""

    def __init__(self, draw: Callable[[], object]) -> None:
        self._draw = draw
        self._due: asyncio.TimerHandle | None = None
        self._begun: deque[float] = deque([float("-inf")] * FRAMES, FRAMES)
        """When the last frames began."""

    def resume(self) -> None:
        """Draw as soon as may be."""
        if self._due is None:
            wait = self._begun[0] + WITHIN_S - monotonic()
            self._due = asyncio.get_running_loop().call_later(max(wait, 0.0), self._draw)

    def pause(self) -> None:
        """Take note that everything is drawn right now."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._begun.append(monotonic())


class PacedScreen(Screen[ScreenResultType]):
    """A screen that draws without delay."""

    _pace: FramePace | None = None

    @property
    def _update_timer(self) -> Any:
        """What Textual tells when there is something to draw, and when it is drawn."""
        if self._pace is None:
            self._pace = FramePace(self._draw_now)
        return self._pace

    def _draw_now(self) -> None:
        if self.is_running:
            self._on_timer_update()
