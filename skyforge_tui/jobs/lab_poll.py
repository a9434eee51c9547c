"""Keeps the labs of one server elsewhere in step with it: each server on its own.

A server that hangs delays nobody else. Labs that move are looked at often, the others seldom; one
that is open on somebody's screen is looked at by that screen.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import Final

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import Event, LabSyncRequested, RunsChanged, SyncRequested
from skyforge_tui.domain.identity import SYSTEM, upstream_of
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.labs import LabService

STILL_S: Final = 50.0
"""Between the end of a look and the next while nothing moves: rows are at most a minute old."""
MOVING_S: Final = 5.0
"""The same while a lab is on its way."""
TOGETHER_S: Final = 0.5
"""What a server tells within this is looked at once."""
AGAIN_S: Final = 30.0
"""Before one listens again to a server that tells no more."""


class LabPoll:
    """Decides when the labs of one server are read."""

    def __init__(self, labs: LabService, bus: Bus, clock: Clock, upstream: str) -> None:
        self.name = f"lab poll of {upstream}"
        self._labs = labs
        self._bus = bus
        self._clock = clock
        self._upstream = upstream
        self._news = asyncio.Event()
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Look once, then whenever somebody asks, and every now and then."""
        unsubscribe = self._bus.subscribe(self._hear)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._gather())
                await self._poll()
        finally:
            unsubscribe()

    async def _poll(self) -> None:
        while True:
            self._news.clear()
            await self._labs.sync(SYSTEM, False, (self._upstream,))
            is_moving = await self._labs.is_moving(SYSTEM, self._upstream)
            await rested(self._clock, MOVING_S if is_moving else STILL_S, self._news)

    async def _listen(self) -> None:
        """Hear what the server tells by itself, for as long as it tells anything."""
        while (changes := await self._labs.changes(SYSTEM, self._upstream)) is not None:
            with suppress(Unavailable):
                async with aclosing(changes):
                    async for _ in changes:
                        self._moved.set()
            await self._clock.sleep(AGAIN_S)

    async def _gather(self) -> None:
        """Take what comes quickly one after the other as one piece of news."""
        while True:
            await self._moved.wait()
            await self._clock.sleep(TOGETHER_S)
            self._moved.clear()
            self._news.set()

    def _hear(self, event: Event) -> None:
        match event:
            case LabSyncRequested() | SyncRequested():
                self._news.set()
            case RunsChanged(run_ids) if any(upstream_of(one) == self._upstream for one in run_ids):
                self._news.set()  # what runs there may move a lab of its own
            case _:
                pass
