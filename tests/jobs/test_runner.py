"""Jobs run side by side, fail alone and come back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import Event, NoticeRaised
from skyforge_tui.jobs.runner import running
from skyforge_tui.services.bus import Bus
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import until


class ScriptedJob:
    """Does what it is told, once for every time it is started."""

    def __init__(self, *turns: Callable[[], Awaitable[None]], name: str = "job") -> None:
        self.name = name
        self.turns = list(turns)
        self.started = 0
        self.cancelled = 0

    async def run(self) -> None:
        """Take the next turn; go on for ever when there is none."""
        self.started += 1
        try:
            if self.turns:
                await self.turns.pop(0)()
            else:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def failing(error: Exception) -> Callable[[], Awaitable[None]]:
    """Return a turn that fails."""

    async def turn() -> None:
        raise error

    return turn


@pytest.fixture
def bus() -> Bus:
    """Return a bus."""
    return Bus()


@pytest.fixture
def events(bus: Bus) -> list[Event]:
    """Return what is published."""
    heard: list[Event] = []
    bus.subscribe(heard.append)
    return heard


async def test_back_off_doubles(bus: Bus) -> None:
    """A failing job is started again after 1, 2, 4 … seconds, and at last every minute."""
    clock = FakeClock()
    job = ScriptedJob(*[failing(Unavailable("no route"))] * 9)
    async with running([job], bus, clock):
        await until(lambda: job.started == 10)
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_one_notice_per_outage(bus: Bus, events: list[Event]) -> None:
    """The same failure again and again is told once; another one is told too."""
    dead = Unavailable("no route", upstream="gitea", advice="check the cable")
    job = ScriptedJob(*[failing(dead)] * 3, failing(Unavailable("timed out")), failing(dead))
    async with running([job], bus, FakeClock()):
        await until(lambda: job.started == 6)
    told = [one.notice for one in events if isinstance(one, NoticeRaised)]
    assert [one.body for one in told] == ["gitea: no route", "timed out", "gitea: no route"]
    assert told[0].title == "job failed"
    assert told[0].advice == "check the cable"
    assert told[1].advice == "it tries again by itself"


async def test_later_outage_is_another(bus: Bus, events: list[Event]) -> None:
    """A job that worked for a while and fails again starts over: pause and notice."""
    clock = FakeClock()

    async def works_for_an_hour() -> None:
        clock.move(3600)
        raise Unavailable("no route")

    dead = failing(Unavailable("no route"))
    job = ScriptedJob(dead, dead, dead, works_for_an_hour, dead)
    async with running([job], bus, clock):
        await until(lambda: job.started == 6)
    assert clock.slept == [1, 2, 4, 1, 2]
    assert len([one for one in events if isinstance(one, NoticeRaised)]) == 2


async def test_cause_is_told(bus: Bus, events: list[Event]) -> None:
    """What a task group wraps is told by its cause, with the cause's advice."""
    dead = Unavailable("no route", upstream="gitea", advice="check the cable")
    wrapped = ExceptionGroup("unhandled errors in a TaskGroup", [ExceptionGroup("inner", [dead])])
    job = ScriptedJob(failing(wrapped))
    async with running([job], bus, FakeClock()):
        await until(lambda: job.started == 2)
    (told,) = [one.notice for one in events if isinstance(one, NoticeRaised)]
    assert (told.body, told.advice) == ("gitea: no route", "check the cable")


async def test_nameless_failure_has_a_body(bus: Bus, events: list[Event]) -> None:
    """A failure without words is told by its kind."""
    job = ScriptedJob(failing(KeyError()))
    async with running([job], bus, FakeClock()):
        await until(lambda: job.started == 2)
    (told,) = [one.notice for one in events if isinstance(one, NoticeRaised)]
    assert told.body == "KeyError"


async def test_failures_are_logged(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """A defect is in the log with its trace; what was understood is without, and warns nobody."""
    causes = failing(KeyError("lost")), failing(Unavailable("no route"))
    job = ScriptedJob(*causes, name="project sync")
    with caplog.at_level(logging.INFO):
        async with running([job], bus, FakeClock()):
            await until(lambda: job.started == 3)
    defect, understood = caplog.records
    assert (defect.levelno, "project sync" in defect.getMessage()) == (logging.WARNING, True)
    assert defect.exc_info
    assert (understood.levelno, "no route" in understood.getMessage()) == (logging.INFO, True)
    assert understood.exc_info is None


async def test_siblings_are_unaffected(bus: Bus) -> None:
    """A failing job takes no sibling with it."""
    sound, sick = ScriptedJob(name="sound"), ScriptedJob(*[failing(OSError("no"))] * 5, name="sick")
    async with running([sick, sound], bus, FakeClock()):
        await until(lambda: sick.started == 6)
        assert (sound.started, sound.cancelled) == (1, 0)
    assert (sound.cancelled, sick.cancelled) == (1, 1)


async def test_done_is_done(bus: Bus, events: list[Event]) -> None:
    """A job that returns is done for good."""

    async def turn() -> None:
        return None

    clock, job, other = FakeClock(), ScriptedJob(turn), ScriptedJob(*[failing(OSError("no"))] * 3)
    async with running([job, other], bus, clock):
        await until(lambda: other.started == 4)
    assert job.started == 1
    assert len(events) == 1


async def test_all_end_with_the_block(bus: Bus) -> None:
    """All jobs have ended when the block is left, even by a failure."""
    jobs = [ScriptedJob(name="one"), ScriptedJob(name="two")]

    async def block() -> None:
        async with running(jobs, bus, FakeClock()):
            await until(lambda: all(job.started for job in jobs))
            raise LookupError

    with pytest.raises(LookupError):
        await block()
    assert [job.cancelled for job in jobs] == [1, 1]


async def test_cancelled_while_pausing(bus: Bus) -> None:
    """A job that pauses ends with the block, without another try."""

    class StandingClock(FakeClock):
        async def sleep(self, seconds: float) -> None:
            self.slept.append(seconds)
            await asyncio.Event().wait()

    clock, job = StandingClock(), ScriptedJob(failing(OSError("no")))
    async with running([job], bus, clock):
        await until(lambda: clock.slept)
    assert job.started == 1
