"""Ending a process group politely at first, and for certain at last."""

from __future__ import annotations

import signal
from collections.abc import Callable

from skyforge_tui.store.supervisor.loop import Loop

_STEPS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_LEFTOVER_S = 1.0


class Stopping:
    """Interrupt, terminate, kill: each step follows when its span is over, or when asked again."""

    def __init__(
        self, loop: Loop, spans_s: tuple[float, float], send: Callable[[int], None]
    ) -> None:
        self._loop = loop
        self._spans_s = spans_s
        """Seconds from INT to TERM and from TERM to KILL."""
        self._send = send
        self._taken = 0
        self._is_leader_gone = False

    @property
    def is_asked(self) -> bool:
        """Whether a stop was asked for."""
        return self._taken > 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the last step was taken."""
        return self._taken == len(_STEPS)

    def step(self) -> None:
        """Take the next step; after the last one, take it again."""
        number = _STEPS[min(self._taken, len(_STEPS) - 1)]
        self._taken = min(self._taken + 1, len(_STEPS))
        self._send(number)
        if number != signal.SIGKILL:
            # One that was suspended hears nothing until it continues.
            self._send(signal.SIGCONT)
        self._plan()

    def leader_gone(self) -> None:
        """Hurry: only leftovers of the group remain, and they were told already."""
        self._is_leader_gone = True
        if self.is_asked:
            self._plan()

    def over(self) -> None:
        """Take no more steps."""
        self._loop.cancel("stop")

    def _plan(self) -> None:
        if self.is_exhausted:
            return
        span = self._spans_s[self._taken - 1]
        self._loop.after(
            "stop", min(span, _LEFTOVER_S) if self._is_leader_gone else span, self.step
        )
