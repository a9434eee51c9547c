"""News of one upstream on their way to whoever watches; what nobody took yet is merged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

from skyforge_tui.domain.identity import RunId
from skyforge_tui.ports.run_engine import (
    News,
    OutputSeen,
    OutputWhole,
    RunSeen,
    StillThere,
    WatchBegan,
    WatchLost,
)


class Telling:
    """Collects news from many sides."""

    def __init__(self) -> None:
        self._state: WatchBegan | WatchLost | StillThere | None = None
        self._changed: dict[RunId, None] = {}
        self._sizes: dict[RunId, int] = {}
        self._whole: set[RunId] = set()
        self.arrived = asyncio.Event()

    def says(self, state: WatchBegan | WatchLost | StillThere) -> None:
        """Tell how the watch itself is; the newest word counts, but a beginning is not lost."""
        if not (isinstance(state, StillThere) and isinstance(self._state, WatchBegan)):
            self._state = state
        self.arrived.set()

    def changed(self, run_id: RunId) -> None:
        """Tell that a run stands otherwise."""
        self._changed[run_id] = None
        self.arrived.set()

    def grew(self, run_id: RunId, size: int) -> None:
        """Tell how long an output is."""
        self._sizes[run_id] = size
        self.arrived.set()

    def whole(self, run_id: RunId) -> None:
        """Tell that all of an output is here."""
        self._whole.add(run_id)
        self.arrived.set()

    def taken(self) -> Iterator[News]:
        """Yield what there is to tell, each once."""
        self.arrived.clear()
        state, self._state = self._state, None
        sizes, self._sizes = self._sizes, {}
        changed, self._changed = self._changed, {}
        whole, self._whole = self._whole, set()
        if state is not None:
            yield state
        for run_id, size in sizes.items():
            yield OutputSeen(run_id, size)
        for run_id in changed:
            yield RunSeen(run_id)
        for run_id in whole:
            yield OutputWhole(run_id)

    async def news_of(
        self, work: Callable[[], Coroutine[None, None, None]], name: str
    ) -> AsyncGenerator[News, None]:
        """Yield what there is to tell while `work` goes on, until closed; its failure is raised."""
        working = asyncio.create_task(work(), name=name)
        working.add_done_callback(lambda _task: self.arrived.set())
        try:
            while not working.done():
                await self.arrived.wait()
                for one in self.taken():
                    yield one
            working.result()
        finally:
            working.cancel()
            await asyncio.wait([working])
