"""Wakes one who waits, when there is news or when a time has come; made for thousands of news."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from skyforge_tui.ports.clock import Clock


class Bell:
    """Rung by whoever has news; rings by itself when it is set to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()
        self._alarm: asyncio.Task[None] | None = None
        self._rings_at: datetime | None = None

    def ring(self) -> None:
        """Wake whoever waits, or is the next to wait."""
        self._rung.set()

    async def wait(self, seconds: float | None) -> None:
        """Wait until it is rung, or for so long; it may be a little less."""
        if seconds is not None:
            await self._set(self._clock.now() + timedelta(seconds=seconds), seconds)
        await self._rung.wait()
        self._rung.clear()

    async def aclose(self) -> None:
        """Ring no more by itself."""
        alarm, self._alarm, self._rings_at = self._alarm, None, None
        if alarm is not None:
            alarm.cancel()
            await asyncio.wait([alarm])

    async def _set(self, at: datetime, seconds: float) -> None:
        # An alarm that is set already and rings earlier costs one turn for nothing; to set one anew
        # for every line costs more.
        if self._rings_at is not None and self._rings_at <= at:
            return
        await self.aclose()
        self._rings_at = at
        self._alarm = asyncio.create_task(self._sleep(seconds))

    async def _sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._rings_at = None
        self._rung.set()
