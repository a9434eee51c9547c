"""Keeps labs in step with providers that tell cheaply whether labs have moved on.

Labs are read at the start, when asked, and while one moves.

Nothing is polled while no lab moves. While one does, the providers' stamp is looked at once a
second, and labs are read when it changed.
"""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.events import Event, LabSyncRequested, RunsChanged, SyncRequested
from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.labs import LabService

STEP_S = 1.0
"""Between two looks at the stamp while a lab moves."""
READ_ANYWAY = 10
"""Looks after which labs are read though nothing was written: whoever moved one may have died."""


class LabWatch:
    """Decides when labs are read, and how closely."""

    name = "lab watch"

    def __init__(self, labs: LabService, bus: Bus, clock: Clock) -> None:
        self._labs = labs
        self._bus = bus
        self._clock = clock
        self._news = asyncio.Event()
        self._is_asked = True
        self._seen = ""

    async def run(self) -> None:
        """Look closely once, then whenever somebody asks, a topology's run moves, or a lab does."""
        unsubscribe = self._bus.subscribe(self._hear)
        self._is_asked = True
        runs_before = ""
        try:
            while True:
                self._news.clear()
                runs = (await self._labs.stamp(SYSTEM))[1]
                is_moving = await self._labs.is_moving(SYSTEM)
                if self._is_asked or runs != runs_before:
                    # A run of a topology that begins or ends may have begun or ended a lab.
                    # The brief look comes at once, the close one counts the nodes.
                    is_asked, self._is_asked, runs_before = self._is_asked, False, runs
                    await self._read(brief=True)
                    if is_asked or not is_moving:
                        await self._read(brief=False)
                    is_moving = await self._labs.is_moving(SYSTEM)
                if is_moving:
                    await self._follow()
                else:
                    await self._news.wait()
        finally:
            unsubscribe()

    async def _follow(self) -> None:
        """Read briefly at every step of what moves, until nothing does or there is other news."""
        looks = 0
        while not self._news.is_set():
            await rested(self._clock, STEP_S, self._news)
            looks += 1
            if (await self._labs.stamp(SYSTEM))[0] == self._seen and looks % READ_ANYWAY:
                continue
            await self._read(brief=True)
            if not await self._labs.is_moving(SYSTEM):
                self._is_asked = True  # it has arrived: now its nodes are worth counting
                return

    async def _read(self, *, brief: bool) -> None:
        """Read the labs; what is written while they are read is seen as new afterwards."""
        self._seen = (await self._labs.stamp(SYSTEM))[0]
        await self._labs.sync(SYSTEM, brief, await self._labs.near(SYSTEM))

    def _hear(self, event: Event) -> None:
        match event:
            case LabSyncRequested() | SyncRequested():
                self._is_asked = True
                self._news.set()
            case RunsChanged():
                self._news.set()
            case _:
                pass  # nothing that moves labs
