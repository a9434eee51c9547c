"""Labs of servers elsewhere are read at the start, when asked, and every now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import LabSyncRequested, RunsChanged
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.jobs.lab_poll import AGAIN_S, MOVING_S, STILL_S, TOGETHER_S, LabPoll
from tests.acting_labs import ActingLabProvider, a_far_lab
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider
from tests.fakes.waiting import under_way, until


class Held(FakeClock):
    """A clock on which sleepers stay asleep."""

    def __init__(self) -> None:
        super().__init__()
        self.passing = set[float]()
        """Sleeps that are over at once."""

    async def sleep(self, seconds: float) -> None:
        """Remember it, and never wake up."""
        self.slept.append(seconds)
        if seconds in self.passing:
            await asyncio.sleep(0)
        else:
            await asyncio.Event().wait()


async def test_how_often_labs_are_read() -> None:
    """What stands still is read within a minute, what moves every few seconds, others never."""
    mine, other = ActingLabProvider(a_far_lab()), FakeLabProvider()
    core = Core(lab_providers=[mine, other])
    clock = FakeClock()
    poll = LabPoll(core.labs, core.bus, clock, "eve-1")
    async with under_way(poll.run()):
        await until(lambda: len(clock.slept) == 2)
        mine.put(a_far_lab(state=LabState.STARTING))
        seen = len(clock.slept)
        await until(lambda: len(clock.slept) >= seen + 3)
    assert clock.slept[:2] == [STILL_S, STILL_S]
    assert clock.slept[-1] == MOVING_S
    assert STILL_S + MOVING_S < 60
    assert MOVING_S <= 5
    assert other.asked == []


async def test_what_is_pushed_is_looked_at() -> None:
    """A server that tells of changes is looked at soon after, once for several of them."""
    told = asyncio.Queue[bool]()

    class Telling(ActingLabProvider):
        async def changes(self) -> AsyncGenerator[None, None]:
            while await told.get():
                yield
            raise Unavailable("the line was cut")

    mine = Telling(a_far_lab())
    core, clock = Core(lab_providers=[mine]), Held()
    clock.passing.add(TOGETHER_S)
    async with under_way(LabPoll(core.labs, core.bus, clock, "eve-1").run()):
        await until(lambda: STILL_S in clock.slept)
        for _ in range(3):
            told.put_nowait(True)
        await until(lambda: len(mine.asked) == 2)
        told.put_nowait(False)
        await until(lambda: AGAIN_S in clock.slept)
    assert len(mine.asked) <= 3


async def test_a_run_there_is_news() -> None:
    """A run of the same server that moves may move a lab: it is looked at."""
    mine = ActingLabProvider(a_far_lab())
    core, clock = Core(lab_providers=[mine]), Held()
    async with under_way(LabPoll(core.labs, core.bus, clock, "eve-1").run()):
        await until(lambda: len(mine.asked) == 1 and STILL_S in clock.slept)
        core.bus.publish(RunsChanged(frozenset({RunId("other:1")})))
        core.bus.publish(RunsChanged(frozenset({RunId("eve-1:1")})))
        await until(lambda: len(mine.asked) == 2)


async def test_whoever_asks_is_heard() -> None:
    """A wish for a fresh look ends the wait."""
    mine = ActingLabProvider(a_far_lab())
    core, clock = Core(lab_providers=[mine]), Held()
    async with under_way(LabPoll(core.labs, core.bus, clock, "eve-1").run()):
        await until(lambda: len(clock.slept) == 1)
        core.bus.publish(LabSyncRequested())
        await until(lambda: len(clock.slept) == 2)
    assert len(mine.asked) == 2
