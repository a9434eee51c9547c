"""Cached runs are kept in step with their engine."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import LogGrew, NoticeRaised
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.jobs.run_watch import RunWatch
from skyforge_tui.jobs.runner import running
from skyforge_tui.ports.run_engine import Elsewhere, HeldRuns, OutputSeen, RunSeen, WatchBegan
from tests.builders import a_detail
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.run_engine import FakeRunEngine
from tests.fakes.waiting import under_way, until


def local(number: int) -> RunId:
    """Return the id of a local run."""
    return RunId(f"local:{number}")


@pytest.fixture
def core() -> Core:
    """Return services whose engine holds a running run."""
    core = Core()
    core.engine.put(a_detail(number=1, state=RunState.RUNNING))
    return core


@pytest.fixture
def job(core: Core) -> RunWatch:
    """Return the job that watches that engine."""
    return RunWatch(core.engine, core.runs, core.clock)


async def test_reads_all_at_the_start(core: Core, job: RunWatch) -> None:
    """What the engine holds is read at the start, without news."""
    async with under_way(job.run()):
        await until(lambda: local(1) in core.run_cache.held)
    assert job.name == "run watch of local"


async def test_news_are_read(core: Core, job: RunWatch) -> None:
    """A run that changed is read, and only that one."""
    async with under_way(job.run()):
        await until(lambda: local(1) in core.run_cache.held)
        core.engine.fetched.clear()
        core.engine.put(a_detail(number=2))
        core.engine.say(RunSeen(local(2)))
        await until(lambda: local(2) in core.run_cache.held)
    assert core.engine.fetched == [frozenset({local(2)})]


async def test_growth_is_passed_on(core: Core, job: RunWatch) -> None:
    """Growth of an output is told without reading the run."""
    async with under_way(job.run()):
        await until(lambda: local(1) in core.run_cache.held)
        core.engine.fetched.clear()
        core.engine.say(OutputSeen(local(1), 4096))
        await until(lambda: core.told(LogGrew))
    assert core.told(LogGrew) == [LogGrew(local(1), 4096)]
    assert core.engine.fetched == []


async def test_flood_is_gathered(core: Core, job: RunWatch) -> None:
    """News that come while runs are read are gathered into one reading."""
    async with under_way(job.run()):
        await until(lambda: local(1) in core.run_cache.held)
        core.engine.fetched.clear()
        core.engine.fetching.close()
        core.engine.say(RunSeen(local(1)))
        await core.engine.fetching.reached()
        for number in range(2, 52):
            core.engine.put(a_detail(number=number))
            for _ in range(5):
                core.engine.say(RunSeen(local(number)))
        await until(lambda: all(watcher.empty() for watcher in core.engine.watchers))
        core.engine.fetching.open()
        await until(lambda: len(core.run_cache.held) == 51)
    assert core.engine.fetched == [frozenset({local(1)}), frozenset(map(local, range(2, 52)))]


async def test_what_happens_while_reading_is_heard(core: Core, job: RunWatch) -> None:
    """A run that ends while everything is read the first time is not missed."""
    core.engine.fetching.close()
    async with under_way(job.run()):
        await core.engine.fetching.reached()
        await core.engine.watched.wait()
        core.engine.put(a_detail(number=1))
        core.engine.say(RunSeen(local(1)))
        core.engine.fetching.open()
        await until(lambda: local(1) in core.run_cache.held)
        await until(lambda: core.run_cache.held[local(1)].run.state is RunState.SUCCESS)


async def test_vanished_run_is_forgotten(core: Core, job: RunWatch) -> None:
    """A run that its engine no longer has is forgotten."""
    async with under_way(job.run()):
        await until(lambda: local(1) in core.run_cache.held)
        del core.engine.held[local(1)]
        core.engine.say(RunSeen(local(1)))
        await until(lambda: not core.run_cache.held)


async def test_outage_is_told_and_survived(core: Core, job: RunWatch) -> None:
    """An engine that fails is told by its own words; when it is back, everything is read again."""
    async with running([job], core.bus, core.clock):
        await until(lambda: local(1) in core.run_cache.held)
        core.engine.watched.clear()
        core.engine.put(a_detail(number=1))
        core.engine.say(Unavailable("the state directory is gone", upstream="local"))
        await core.engine.watched.wait()
        await until(lambda: core.run_cache.held[local(1)].run.state is RunState.SUCCESS)
    (told,) = core.told(NoticeRaised)
    assert told.notice.title == "run watch of local failed"
    assert told.notice.body == "local: the state directory is gone"
    assert core.engine.watchers == []


async def test_stopping_leaves_nothing(core: Core, job: RunWatch) -> None:
    """When the job is stopped, nobody watches the engine any more."""
    async with running([job], core.bus, core.clock):
        await core.engine.watched.wait()
    assert core.engine.watchers == []


class FarEngine(FakeRunEngine):
    """An engine elsewhere; counts how often it was asked for everything."""

    listings = 0

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Count, and return all ids."""
        self.listings += 1
        return await super().listed(known)

    async def follow(self, run_id: RunId) -> None:
        """Do nothing."""

    def unfollow(self, run_id: RunId) -> None:
        """Do nothing."""

    async def bring(self, run_id: RunId) -> None:
        """Do nothing."""


class StillClock(FakeClock):
    """Time that stands still for whoever waits, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.waits = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until time goes on."""
        self.waits.set()
        await self.over.wait()


@pytest.mark.parametrize("is_quick", [True, False])
async def test_what_is_elsewhere_is_read_once_at_the_start(is_quick: bool) -> None:
    """A server that can be watched at once is listed then, and once; a slow one before that."""
    core, clock, engine = Core(), StillClock(), FarEngine("local")
    assert isinstance(engine, Elsewhere)
    core.index._engines["local"] = engine
    began: Any = WatchBegan()
    async with under_way(RunWatch(engine, core.runs, clock).run()):
        await clock.waits.wait()
        await engine.watched.wait()
        if is_quick:
            engine.say(began)
            await until(lambda: engine.listings)
            clock.over.set()
        else:
            clock.over.set()
            await until(lambda: engine.listings)
            engine.say(began)
        engine.put(a_detail(number=2))
        engine.say(RunSeen(local(2)))
        await until(lambda: local(2) in core.run_cache.held)
    assert engine.listings == (1 if is_quick else 2)
