"""Timers: one that fires once, for certain; one that beats every second while it is wanted.

Textual's own one-shot timer (8.2.8) skips its only shot when its task is kept waiting for longer
than the delay before it begins, as a busy machine does; whoever waits for it then waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer


def once(pump: MessagePump, seconds: float, call: Callable[[], object]) -> asyncio.TimerHandle:
    """Have `pump` call `call` after `seconds`, among its messages; cancel with the handle."""

    def post() -> None:
        # Not wrapped, as `call_next` does it: Textual asks anew what a wrapped one takes.
        if pump.is_running:
            pump.post_message(events.Callback(callback=cast("Callable[[], None]", call)))

    return asyncio.get_running_loop().call_later(seconds, post)


class Beat:
    """Calls something once a second while its screen is the one in front; at rest behind others."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._timer: Timer | None = None
        self._call: Callable[[], object] | None = None

    def call(self, call: Callable[[], object] | None) -> None:
        """Call this from now on; None stops it."""
        self._call = call
        if call is None:
            self._rest()
        else:
            self.go_on()

    def go_on(self) -> None:
        """Beat again, if something is wanted: its screen is the one in front again."""
        if self._call is not None and self._timer is None:
            self._timer = self._screen.set_interval(1.0, self._strike)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _strike(self) -> None:
        if not self._screen.is_current:
            self._rest()
        elif self._call is not None:
            self._call()
