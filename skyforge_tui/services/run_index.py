"""What is known of runs, and the reading of more: one memory in front of every run engine.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Collection, Iterable, Mapping
from typing import TypeVar

from skyforge_tui.domain.errors import Conflict, NotFound, Refused, Unavailable
from skyforge_tui.domain.events import LogGrew, NoticeRaised, OutputKept, RunsChanged
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import RunId, TemplateId, native_of, upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.ports.cache import RunCache
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.log_store import LogReader, LogStore
from skyforge_tui.ports.run_engine import (
    Confirming,
    Deep,
    Elsewhere,
    HeldRuns,
    OutputSeen,
    OutputWhole,
    RunEngine,
    RunListing,
    StillThere,
    WatchLost,
)
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.line_places import lines_before, offset_after

_FETCH_AT_ONCE = 500
"""Runs read and written per transaction: progress shows early, the cache stays responsive."""

_CHUNK = 1 << 20
"""Bytes of output handed on at a time."""

T = TypeVar("T")
Telling = OutputSeen | OutputWhole | StillThere | WatchLost


class RunIndex:
    """Keeps the run cache in step with the engines and opens stored output."""

    def __init__(
        self,
        engines: Iterable[RunEngine],
        logs: Mapping[str, LogStore],
        cache: RunCache,
        catalog: Catalog,
        bus: Bus,
        health: HealthBoard,
        clock: Clock,
    ) -> None:
        self.cache = cache
        self._engines = {engine.upstream: engine for engine in engines}
        self._logs = logs
        self._catalog = catalog
        self._bus = bus
        self._health = health
        self._clock = clock
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Per engine, so that a late answer cannot overtake a newer one."""

    @property
    def here(self) -> frozenset[str]:
        """The names of the engines whose output is on this machine."""
        engines = self._engines.items()
        return frozenset(name for name, one in engines if not isinstance(one, Elsewhere))

    @property
    def engines(self) -> Mapping[str, RunEngine]:
        """All engines, by name."""
        return self._engines

    def engine(self, upstream: str) -> RunEngine:
        """Return the engine of that name.

        Raises:
            NotFound: none is configured.
        """
        engine = self._engines.get(upstream)
        if engine is None:
            raise NotFound(f"no run engine named {upstream}")
        return engine

    def confirming(self, run_id: RunId) -> Confirming:
        """Return the engine of a run that may wait for confirmation.

        Raises:
            Conflict: its runs never do.
        """
        engine = self.engine(upstream_of(run_id))
        if not isinstance(engine, Confirming):
            raise Conflict(f"{run_id} waits for no confirmation", operation="run.confirm")
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
        async with self._one_at_a_time[upstream]:
            listing: RunListing = await self._asked(engine, engine.fetch(run_ids))
            found = {detail.run.id for detail in listing.runs}
            gone = frozenset(run_ids) - found - listing.unreadable
            await self._catalog.know({detail.run.project_id for detail in listing.runs})
            await self.cache.write(listing.runs, gone)
            self._bus.publish(RunsChanged(frozenset(found | gone)))

    async def look_up(self, run_id: RunId) -> None:
        """Read a run of elsewhere that was never listed, as old ones are not."""
        engine = self._engines.get(upstream_of(run_id))
        if isinstance(engine, Elsewhere) and await self.cache.get(run_id) is None:
            await self.read(engine.upstream, [run_id])

    async def read_new(self, run: Run) -> None:
        """Read a run that has just begun; if that fails, say so: it runs all the same.

        Whoever hears of a failed launch launches again.
        """
        try:
            await self.read(upstream_of(run.id), [run.id])
        except Unavailable as error:
            title = f"run {run.number} started, but is not in the list yet"
            notice = Notice(Severity.WARNING, title, str(error), run.id, error.advice)
            self._bus.publish(NoticeRaised(notice))

    async def read_all(self, upstream: str) -> None:
        """Read every run that is new or unsettled, and forget those that are gone."""
        engine = self.engine(upstream)
        async with self._one_at_a_time[upstream]:
            states = await self.cache.states(upstream)
            held: HeldRuns = await self._asked(engine, engine.listed(states.keys()))
            # Sets, not `reconcile`: of a hundred thousand runs hardly one is new.
            if gone := held.gone:
                await self.cache.write([], gone)
                self._bus.publish(RunsChanged(gone))
        unsettled = {one for one, state in states.items() if not state.is_final} - gone
        wanted = sorted((held.ids - states.keys()) | unsettled, key=_newest_first)
        for start in range(0, len(wanted), _FETCH_AT_ONCE):
            await self.read(upstream, wanted[start : start + _FETCH_AT_ONCE])
        self._health.told(upstream, Subject.RUNS)

    async def read_older(self, upstream: str, template_ids: Collection[TemplateId]) -> int:
        """Read older runs of these templates of a `Deep` engine; return how many are new here."""
        engine = self.engine(upstream)
        if not isinstance(engine, Deep):
            return 0
        async with self._one_at_a_time[upstream]:
            listing: RunListing = await self._asked(engine, engine.older(template_ids))
            known = await self.cache.states(upstream)
            new = [one for one in listing.runs if one.run.id not in known]
            for start in range(0, len(new), _FETCH_AT_ONCE):
                some = new[start : start + _FETCH_AT_ONCE]
                await self.cache.write(some, ())
                self._bus.publish(RunsChanged(frozenset(one.run.id for one in some)))
        return len(new)

    async def open_log(self, run_id: RunId, *, is_whole: bool = False) -> LogReader:
        """Return a reader of a run's output, which is brought here for as long as that is open.

        `is_whole` waits until all is here that there is elsewhere.
        """
        store, engine = self._log_store(run_id), self._engines.get(upstream_of(run_id))
        native = native_of(run_id)
        if not isinstance(engine, Elsewhere):
            return await asyncio.to_thread(store.open, native)
        loop = asyncio.get_running_loop()

        def release() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and all else with it
                loop.call_soon_threadsafe(engine.unfollow, run_id)

        await engine.follow(run_id)
        try:
            if is_whole:
                await engine.bring(run_id)
            return await asyncio.to_thread(store.open, native, release)
        except BaseException:
            engine.unfollow(run_id)
            raise

    async def export_log(self, run_id: RunId, target: str) -> int:
        """Copy a run's output to a new file."""
        engine = self._engines.get(upstream_of(run_id))
        if isinstance(engine, Elsewhere):
            await engine.bring(run_id)
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
        engine = self._engines.get(upstream_of(run_id))
        reader: LogReader | None = None
        try:
            reader = await self.open_log(run_id)
            offset = start
            lines = await asyncio.to_thread(lines_before, reader, start)
            while True:
                news.clear()
                is_over = (await self.detail(run_id)).run.state.is_final
                if is_over and isinstance(engine, Elsewhere):
                    await engine.bring(run_id)  # its last lines come after its end
                if reader.is_stale:
                    # It had no bytes yet, or they were written anew.
                    generation = reader.generation
                    await asyncio.to_thread(_reopened, reader)
                    if reader.generation != generation:
                        offset = await asyncio.to_thread(offset_after, reader, lines)
                while chunk := await asyncio.to_thread(reader.read, offset, _CHUNK):
                    offset += len(chunk)
                    lines += chunk.count(b"\n")
                    yield chunk
                if is_over:
                    return
                await news.wait()
        finally:
            unsubscribe()
            if reader is not None:
                reader.close()

    def heard(self, upstream: str, news: Telling) -> None:
        """Pass on that an output grew or is whole; let a light say whether an engine answers."""
        match news:
            case OutputSeen(run_id, size):
                self._bus.publish(LogGrew(run_id, size))
            case OutputWhole(run_id):
                self._bus.publish(OutputKept(run_id))
            case StillThere():
                self._health.answered(upstream, self._clock.now())
            case WatchLost(error, attempt, retry_at):
                self._health.failed(upstream, error, attempt=attempt, retry_at=retry_at)

    async def _asked(self, engine: RunEngine, asking: Awaitable[T]) -> T:
        """Await an engine's answer, and let the light of one elsewhere tell how that went."""
        if not isinstance(engine, Elsewhere):
            return await asking
        try:
            answer = await asking
        except (Unavailable, Refused) as error:
            self._health.failed(engine.upstream, error)
            raise
        self._health.answered(engine.upstream, self._clock.now())
        return answer

    def _log_store(self, run_id: RunId) -> LogStore:
        store = self._logs.get(upstream_of(run_id))
        if store is None:
            raise NotFound(f"no run engine named {upstream_of(run_id)}")
        return store


def _reopened(reader: LogReader) -> LogReader:
    """Show what the files hold now."""
    reader.reopen()
    reader.refresh()
    return reader


def _newest_first(run_id: RunId) -> tuple[int, str]:
    native = native_of(run_id)
    return (-int(native), "") if native.isdecimal() else (0, native)
