"""When a screen draws what has changed: at once, unless it has drawn just before.

Textual (8.2.8) draws on a grid of sixty beats a second and leaves one out whenever it comes late:
for whoever presses a key shortly after a frame, as in a log that grows, the next one is up to
thirty milliseconds away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.screen import Screen, ScreenResultType

from skyforge_tui.tui.once import once

LEAST_S = 1 / 60
"""Least time between the beginnings of two frames that nobody waits for."""
HURRY_S = 0.03
"""How long after a key frames may follow each other at once."""

HOLD_S = 0.1
"""How long a screen may keep back its first frame for what it was asked to show."""
ARRIVAL_S = 0.5
"""How long keys may wait for that: they were typed for what will be there."""
STARTING_S = 5.0
"""How long they may wait while the program starts: nobody is asked before it has."""


class FramePace:
    """Stands in for the timer by which a screen of Textual's draws."""

    def __init__(self, draw: Callable[[], object]) -> None:
        self._draw = draw
        self._due: asyncio.TimerHandle | None = None
        self._drawn_at = float("-inf")
        self._hurry_until = float("-inf")

    def resume(self) -> None:
        """Draw as soon as may be."""
        if self._due is None:
            now = monotonic()
            wait = 0.0 if now < self._hurry_until else max(0.0, self._drawn_at + LEAST_S - now)
            self._due = asyncio.get_running_loop().call_later(wait, self._draw)

    def pause(self) -> None:
        """Take note that everything is drawn right now."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._drawn_at = monotonic()

    def put_off(self) -> None:
        """Draw a frame later."""
        self.pause()
        self._due = asyncio.get_running_loop().call_later(LEAST_S, self._draw)

    def hurry(self) -> None:
        """Draw what a key changes without waiting."""
        self._hurry_until = monotonic() + HURRY_S
        if self._due is not None:
            self._due.cancel()
            self._due = None
            self.resume()


class PacedScreen(Screen[ScreenResultType]):
    """A screen that draws without delay."""

    _pace: FramePace | None = None
    _is_held = False
    is_arriving = False
    """Whether what it was asked to show at first is still on its way."""

    def hurry(self) -> None:
        """Draw without waiting what the key that was just pressed changes."""
        self._update_timer.hurry()

    @property
    def _update_timer(self) -> Any:
        """What Textual tells when there is something to draw, and when it is drawn."""
        if self._pace is None:
            self._pace = FramePace(self._draw_now)
        return self._pace

    def hold(self) -> None:
        """Leave what is on the screen until `release`, for a moment at most.

        Whoever goes to a place sees it with its rows, not first an empty one.
        """
        self._is_held = self.is_arriving = True
        self.set_timer(HOLD_S, self.release)
        self.set_timer(ARRIVAL_S, self.arrive)

    def expect(self) -> None:
        """Have keys wait for what is asked for once the program has started."""
        self.is_arriving = True
        _ = once(self, STARTING_S, self.arrive)

    def arrive(self) -> None:
        """Be there, with what was asked for or without."""
        self.is_arriving = False

    def release(self) -> None:
        """Draw all of it now."""
        if self._is_held:
            self._is_held = False
            if self.is_attached:
                self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        if self._is_held:
            self._dirty_widgets.clear()  # the compositor knows what of them is to be drawn
        else:
            super()._compositor_refresh()

    def _draw_now(self) -> None:
        if not self.is_running:
            self._update_timer.pause()
        elif self.app._batch_count:  # noqa: SLF001 - Textual throws away what is drawn now
            self._update_timer.put_off()
        else:
            self._on_timer_update()
