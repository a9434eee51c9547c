"""Keeps the cached runs of one engine in step with it, as things happen there."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from skyforge_tui.domain.identity import SYSTEM, RunId
from skyforge_tui.ports.run_engine import OutputSeen, RunEngine, RunSeen, WatchBegan
from skyforge_tui.services.runs import RunService


class RunWatch:
    """Reads everything once, then whatever the engine says has changed."""

    def __init__(self, engine: RunEngine, runs: RunService) -> None:
        self._engine = engine
        self._runs = runs

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"run watch of {self._engine.upstream}"

    async def run(self) -> None:
        """Read at once, and again when watching has begun: what happened in between is found."""
        changed: asyncio.Queue[RunId | None] = asyncio.Queue()
        changed.put_nowait(None)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(changed))
            group.create_task(self._read(changed))

    async def _listen(self, changed: asyncio.Queue[RunId | None]) -> None:
        async with aclosing(self._engine.watch()) as news:
            async for seen in news:
                match seen:
                    case WatchBegan():
                        changed.put_nowait(None)
                    case RunSeen(run_id):
                        changed.put_nowait(run_id)
                    case OutputSeen(run_id, size):
                        await self._runs.output_grew(SYSTEM, run_id, size)

    async def _read(self, changed: asyncio.Queue[RunId | None]) -> None:
        while True:
            wanted = {await changed.get()}
            while not changed.empty():
                wanted.add(changed.get_nowait())
            if None in wanted:
                await self._runs.refresh(SYSTEM, self._engine.upstream)
            if named := {one for one in wanted if one is not None}:
                await self._runs.refresh(SYSTEM, self._engine.upstream, named)
