"""What is known of runs, and the reading of more: one memory in front of every run engine.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.events import LogGrew, RunsChanged
from skyforge_tui.domain.identity import RunId, native_of, upstream_of
from skyforge_tui.domain.run import RunDetail
from skyforge_tui.ports.cache import RunCache
from skyforge_tui.ports.log_store import LogReader, LogStore
from skyforge_tui.ports.run_engine import RunEngine
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog

_FETCH_AT_ONCE = 500
"""Runs read and written per transaction: progress shows early, the cache stays responsive."""

_CHUNK = 1 << 20
"""Bytes of output handed on at a time."""


class RunIndex:
    """Keeps the run cache in step with the engines and opens stored output."""

    def __init__(
        self,
        engines: Iterable[RunEngine],
        logs: Mapping[str, LogStore],
        cache: RunCache,
        catalog: Catalog,
        bus: Bus,
    ) -> None:
        self.cache = cache
        self._engines = {engine.upstream: engine for engine in engines}
        self._logs = logs
        self._catalog = catalog
        self._bus = bus
        self._one_at_a_time = asyncio.Lock()

    def engine(self, upstream: str) -> RunEngine:
        """Return the engine of that name.

        Raises:
            NotFound: none is configured.
        """
        engine = self._engines.get(upstream)
        if engine is None:
            raise NotFound(f"no run engine named {upstream}")
        return engine

    async def detail(self, run_id: RunId) -> RunDetail:
        """Return a run as last seen.

        Raises:
            NotFound: it was never seen, or is gone.
        """
        detail = await self.cache.get(run_id)
        if detail is None:
            raise NotFound(f"no run {run_id}", advice="list them with runs ls")
        return detail

    async def read(self, upstream: str, run_ids: Collection[RunId]) -> None:
        """Read these runs, write them, then tell; vanished ones are forgotten."""
        engine = self.engine(upstream)
        async with self._one_at_a_time:  # so that a late answer cannot overtake a newer one
            listing = await engine.fetch(run_ids)
            found = {detail.run.id for detail in listing.runs}
            gone = frozenset(run_ids) - found - listing.unreadable
            await self._catalog.know({detail.run.project_id for detail in listing.runs})
            await self.cache.write(listing.runs, gone)
            self._bus.publish(RunsChanged(frozenset(found | gone)))

    async def read_all(self, upstream: str) -> None:
        """Read every run that is new or unsettled, and forget those that are gone."""
        async with self._one_at_a_time:
            states = await self.cache.states(upstream)
            held = await self.engine(upstream).ids()
            # Sets, not `reconcile`: of a hundred thousand runs hardly one is new.
            if gone := frozenset(states.keys() - held):
                await self.cache.write([], gone)
                self._bus.publish(RunsChanged(gone))
        unsettled = {one for one, state in states.items() if not state.is_final} - gone
        wanted = sorted((held - states.keys()) | unsettled, key=_newest_first)
        for start in range(0, len(wanted), _FETCH_AT_ONCE):
            await self.read(upstream, wanted[start : start + _FETCH_AT_ONCE])

    async def open_log(self, run_id: RunId) -> LogReader:
        """Return a reader of a run's stored output."""
        return await asyncio.to_thread(self._log_store(run_id).open, native_of(run_id))

    async def export_log(self, run_id: RunId, target: str) -> int:
        """Copy a run's stored output to a new file."""
        store = self._log_store(run_id)
        return await asyncio.to_thread(store.export, native_of(run_id), target)

    async def follow(self, run_id: RunId, start: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield raw bytes from offset `start`, as they come, until the run has ended."""
        news = asyncio.Event()

        def hear(event: object) -> None:
            if (isinstance(event, LogGrew) and event.run_id == run_id) or (
                isinstance(event, RunsChanged) and run_id in event.run_ids
            ):
                news.set()

        unsubscribe = self._bus.subscribe(hear)
        reader: LogReader | None = None
        try:
            reader = await self.open_log(run_id)
            offset = start
            while True:
                news.clear()
                is_over = (await self.detail(run_id)).run.state.is_final
                if reader.is_stale:
                    # It had no bytes yet, or they were written anew.
                    reader.close()
                    reader = await self.open_log(run_id)
                while chunk := await asyncio.to_thread(reader.read, offset, _CHUNK):
                    offset += len(chunk)
                    yield chunk
                if is_over:
                    return
                await news.wait()
        finally:
            unsubscribe()
            if reader is not None:
                reader.close()

    def _log_store(self, run_id: RunId) -> LogStore:
        store = self._logs.get(upstream_of(run_id))
        if store is None:
            raise NotFound(f"no run engine named {upstream_of(run_id)}")
        return store


def _newest_first(run_id: RunId) -> tuple[int, str]:
    native = native_of(run_id)
    return (-int(native), "") if native.isdecimal() else (0, native)
