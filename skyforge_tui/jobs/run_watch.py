"""Keeps the cached runs of one engine in step with it, as things happen there."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

from skyforge_tui.domain.errors import NotFound, Refused, Unavailable
from skyforge_tui.domain.identity import SYSTEM, RunId
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.ports.run_engine import (
    Elsewhere,
    OutputSeen,
    OutputWhole,
    RunEngine,
    RunSeen,
    StillThere,
    WatchBegan,
    WatchLost,
)
from skyforge_tui.services.runs import RunService

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_PATIENCE_S = 2.0
"""So long an engine elsewhere may take to say whether it can be watched."""


class RunWatch:
    """Reads everything once, then whatever the engine says has changed."""

    def __init__(self, engine: RunEngine, runs: RunService, clock: Clock) -> None:
        self._engine = engine
        self._runs = runs
        self._clock = clock
        self._began = asyncio.Event()
        """Set when it can be heard again, so that nobody waits any longer to read."""

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"run watch of {self._engine.upstream}"

    async def run(self) -> None:
        """Read at once, and again when watching has begun: what happened in between is found.

        An engine elsewhere tells at once that watching has begun, or why it has not: it is read
        then, and not twice; before that only where it takes its time.
        """
        changed: asyncio.Queue[RunId | None] = asyncio.Queue()
        heard = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(changed, heard))
            group.create_task(self._read(changed))
            if isinstance(self._engine, Elsewhere):
                await self._clock.sleep(_PATIENCE_S)
            if not heard.is_set():
                changed.put_nowait(None)

    async def _listen(self, changed: asyncio.Queue[RunId | None], heard: asyncio.Event) -> None:
        async with aclosing(self._engine.watch()) as news:
            async for seen in news:
                heard.set()
                match seen:
                    case WatchBegan():
                        self._began.set()
                        changed.put_nowait(None)
                    case RunSeen(run_id):
                        changed.put_nowait(run_id)
                    case OutputSeen() | OutputWhole() | StillThere() | WatchLost():
                        await self._runs.heard(SYSTEM, self._engine.upstream, seen)

    async def _read(self, changed: asyncio.Queue[RunId | None]) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            wanted = {await changed.get()}
            while not changed.empty():
                wanted.add(changed.get_nowait())
            try:
                await self._refresh(wanted)
            except (Unavailable, Refused, NotFound) as error:
                if not isinstance(self._engine, Elsewhere):
                    raise
                # Its light says so; that it can be heard is worth keeping.
                log.warning("%s: %s", self.name, error)
                changed.put_nowait(None)
                self._began.clear()
                await rested(self._clock, pause_s, self._began)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                pause_s = _FIRST_PAUSE_S

    async def _refresh(self, wanted: set[RunId | None]) -> None:
        """Read everything if that is wanted, and what is named."""
        if None in wanted:
            await self._runs.refresh(SYSTEM, self._engine.upstream)
        if named := {one for one in wanted if one is not None}:
            await self._runs.refresh(SYSTEM, self._engine.upstream, named)
