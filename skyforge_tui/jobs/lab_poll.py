"""Keeps the labs of one server elsewhere in step with it: each server on its own.

A server that hangs delays nobody else. Labs that move are looked at often, the others seldom; one
that is open on somebody's screen is looked at by that screen.
"""

from __future__ import annotations

import asyncio
from typing import Final

from skyforge_tui.domain.events import Event, LabSyncRequested, RunsChanged, SyncRequested
from skyforge_tui.domain.identity import SYSTEM, upstream_of
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.labs import LabService

STILL_S: Final = 50.0
"""Between the end of a look and the next while nothing moves: rows are at most a minute old."""
MOVING_S: Final = 5.0
"""The same while a lab is on its way."""


class LabPoll:
    """Decides when the labs of one server are read."""

    def __init__(self, labs: LabService, bus: Bus, clock: Clock, upstream: str) -> None:
        self.name = f"lab poll of {upstream}"
        self._labs = labs
        self._bus = bus
        self._clock = clock
        self._upstream = upstream
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Look once, then whenever somebody asks, and every now and then."""
        unsubscribe = self._bus.subscribe(self._hear)
        try:
            while True:
                self._news.clear()
                await self._labs.sync(SYSTEM, False, (self._upstream,))
                is_moving = await self._labs.is_moving(SYSTEM, self._upstream)
                await self._pause(MOVING_S if is_moving else STILL_S)
        finally:
            unsubscribe()

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, or for news."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        hearing = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait((sleeping, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            hearing.cancel()

    def _hear(self, event: Event) -> None:
        match event:
            case LabSyncRequested() | SyncRequested():
                self._news.set()
            case RunsChanged(run_ids) if any(upstream_of(one) == self._upstream for one in run_ids):
                self._news.set()  # what runs there may move a lab of its own
            case _:
                pass
