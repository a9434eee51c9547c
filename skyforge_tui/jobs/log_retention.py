"""Removes output, and runs of hosts, that are too old or too much, where limits say so."""

from __future__ import annotations

from contextlib import suppress

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.held_runs import HeldRunsService
from skyforge_tui.services.retention import RetentionService

EVERY_S = 6 * 3600.0
FIRST_S = 60.0
"""Whoever starts the program wants to see something, not to wait for the disk."""


class LogRetention:
    """Looks a minute after the start, and a few times a day from then on."""

    name = "retention of output"

    def __init__(self, retention: RetentionService, held: HeldRunsService, clock: Clock) -> None:
        self._retention = retention
        self._held = held
        self._clock = clock
        self._has_waited = False

    async def run(self) -> None:
        """Remove what goes, over and over.

        Begun again after a failure it looks at once: with the first wait again, every failure
        would look like another outage.
        """
        if not self._has_waited:
            await self._clock.sleep(FIRST_S)
            self._has_waited = True
        while True:
            await self.run_once()
            await self._clock.sleep(EVERY_S)

    async def run_once(self) -> None:
        """Remove what goes now; what somebody reads goes the next time.

        A host that does not answer says so by its light: it is asked again the next time.

        Raises:
            Unavailable: something here could not be removed; all else was.
        """
        with suppress(Conflict):  # another program is at it
            held = await self._held.limits(SYSTEM)
            if not held.are_none:
                await self._held.collect(SYSTEM, held)
        limits = await self._retention.limits(SYSTEM)
        if limits.are_none:
            return
        try:
            removals = await self._retention.collect(SYSTEM, limits)
        except Conflict:
            return
        for one in removals:
            if isinstance(one.failure, Unavailable):
                raise one.failure
