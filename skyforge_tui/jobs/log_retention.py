"""Removes output that is too old or too much, where limits were set for that."""

from __future__ import annotations

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.retention import RetentionService

EVERY_S = 6 * 3600.0
FIRST_S = 60.0
"""Whoever starts the program wants to see something, not to wait for the disk."""


class LogRetention:
    """Looks a minute after the start, and a few times a day from then on."""

    name = "retention of output"

    def __init__(self, retention: RetentionService, clock: Clock) -> None:
        self._retention = retention
        self._clock = clock

    async def run(self) -> None:
        """Remove what goes, over and over."""
        await self._clock.sleep(FIRST_S)
        while True:
            await self.run_once()
            await self._clock.sleep(EVERY_S)

    async def run_once(self) -> None:
        """Remove what goes now; what somebody reads goes the next time.

        Raises:
            Unavailable: something could not be removed; all else was.
        """
        limits = await self._retention.limits(SYSTEM)
        if limits.are_none:
            return
        try:
            removals = await self._retention.collect(SYSTEM, limits)
        except Conflict:  # another program is at it
            return
        for one in removals:
            if isinstance(one.failure, Unavailable):
                raise one.failure
