"""Labs of servers elsewhere are read at the start, when asked, and every now and then."""

from __future__ import annotations

from skyforge_tui.domain.events import LabSyncRequested
from skyforge_tui.domain.lab import LabState
from skyforge_tui.jobs.lab_poll import MOVING_S, STILL_S, LabPoll
from tests.acting_labs import ActingLabProvider, a_far_lab
from tests.fake_labs import FakeLabProvider
from tests.fakes import Core, FakeClock, under_way, until


class Held(FakeClock):
    """A clock on which sleepers stay asleep."""

    async def sleep(self, seconds: float) -> None:
        """Remember it, and never wake up."""
        import asyncio

        self.slept.append(seconds)
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


async def test_whoever_asks_is_heard() -> None:
    """A wish for a fresh look ends the wait."""
    mine = ActingLabProvider(a_far_lab())
    core, clock = Core(lab_providers=[mine]), Held()
    async with under_way(LabPoll(core.labs, core.bus, clock, "eve-1").run()):
        await until(lambda: len(clock.slept) == 1)
        core.bus.publish(LabSyncRequested())
        await until(lambda: len(clock.slept) == 2)
    assert len(mine.asked) == 2
