"""Keeps what runs made as soon as they have ended, and of those that ended while nobody looked."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.events import Event, OutputKept, RunsChanged
from skyforge_tui.domain.identity import SYSTEM, RunId
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.bus import Bus

_AT_ONCE = 100
"""Runs asked for at a time, so that what ended just now need not wait for all that ever ran."""
_PAUSE_S = 2.0
"""Seconds until a run is looked at again that another program is collecting."""


class ArtifactCollect:
    """Looks at what is due at the start, and again whenever runs change."""

    name = "artifact collection"

    def __init__(self, artifacts: ArtifactService, bus: Bus, clock: Clock) -> None:
        self._artifacts = artifacts
        self._bus = bus
        self._clock = clock
        self._kept: set[RunId] = set()
        """Runs elsewhere whose output has just become whole."""

    async def run(self) -> None:
        """Collect what is due, over and over; newest first."""
        changed = asyncio.Event()
        changed.set()

        def hear(event: Event) -> None:
            if isinstance(event, RunsChanged | OutputKept):
                changed.set()
            if isinstance(event, OutputKept):
                self._kept.add(event.run_id)

        unsubscribe = self._bus.subscribe(hear)
        try:
            while True:
                await changed.wait()
                changed.clear()
                await self.run_once(changed)
        finally:
            unsubscribe()

    async def run_once(self, changed: asyncio.Event | None = None) -> None:
        """Collect until nothing is due; start over with the newest when `changed` is set.

        Raises:
            Unavailable: a run could not be collected; all others were.
        """
        given_up: set[RunId] = set()
        failed: list[Unavailable] = []
        while True:
            due = [*self._kept, *await self._artifacts.due(SYSTEM, _AT_ONCE + len(given_up))]
            wanted = [one for one in due if one not in given_up]
            if not wanted:
                break
            is_busy = False
            for run_id in wanted:
                self._kept.discard(run_id)
                try:
                    is_busy |= await self._artifacts.collect(SYSTEM, run_id) is None
                except (NotFound, Conflict):
                    given_up.add(run_id)  # gone, or alive again: a change of runs brings it back
                except Unavailable as error:
                    given_up.add(run_id)
                    failed.append(error)
                if changed is not None and changed.is_set():
                    changed.clear()
                    break
            if is_busy:
                await self._clock.sleep(_PAUSE_S)
        if failed:
            raise failed[0]
