"""Labs are looked at when there is reason to, and followed while they move."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from skyforge_tui.domain.events import RunsChanged, SyncRequested
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.lab import LabState
from skyforge_tui.jobs.lab_watch import READ_ANYWAY, STEP_S, LabWatch
from tests.builders import NOON
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab
from tests.fakes.waiting import under_way, until

ADA = Principal("ada")


def a_core(*states: LabState) -> Core:
    """Return services whose provider holds a lab in each of these states."""
    labs = (a_lab(state=state, step="starting lab") for state in states)
    return Core(lab_providers=[FakeLabProvider(*labs)])


def looks(core: Core) -> list[bool]:
    """Return for each look that was taken whether it was a brief one."""
    return [query.is_brief for query in core.lab_providers[0].asked]


async def rest() -> None:
    """Let everybody have many turns."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_one_look_at_the_start() -> None:
    """Labs are looked at once at the start, and not again while none moves."""
    core = a_core(LabState.RUNNING)
    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: False in looks(core))
        await rest()
    assert looks(core) == [True, False]
    assert core.clock.slept == []


async def test_looks_when_asked() -> None:
    """Who asks for a look at the labs, or at everything, has it."""
    core = a_core(LabState.RUNNING)
    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: looks(core).count(False) == 1)
        await core.labs.request_sync(ADA)
        await until(lambda: looks(core).count(False) == 2)
        core.bus.publish(SyncRequested())
        await until(lambda: looks(core).count(False) == 3)


async def test_follows_what_moves() -> None:
    """A lab that starts is followed by its provider's stamp until it is up, then looked at."""
    core = a_core(LabState.STARTING)
    provider = core.lab_providers[0]

    def state() -> LabState:
        (lab,) = core.lab_index.labs()
        return lab.state

    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: len(core.clock.slept) > 3)
        closely = looks(core).count(False)
        provider.put(a_lab(updated_at=NOON + timedelta(seconds=1)))
        await until(lambda: state() is LabState.RUNNING and looks(core).count(False) > closely)
        slept = len(core.clock.slept)
        await rest()
        assert len(core.clock.slept) - slept <= 1
    assert closely == 1
    assert set(core.clock.slept) == {STEP_S}


async def test_nothing_written_is_nothing_read() -> None:
    """While a start writes nothing labs are read seldom: only to see whether it still lives."""
    core = a_core(LabState.STARTING)
    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: len(core.clock.slept) >= 5 * READ_ANYWAY)
    assert len(looks(core)) <= 2 + len(core.clock.slept) // READ_ANYWAY


async def test_runs_of_others_are_no_reason() -> None:
    """Runs that have nothing to do with a topology lead to no look at the labs."""
    core = a_core(LabState.RUNNING)
    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: False in looks(core))
        before = len(looks(core))
        for _ in range(20):
            core.bus.publish(RunsChanged(frozenset()))
            await rest()
    assert len(looks(core)) == before


async def test_it_listens_no_longer_than_it_runs() -> None:
    """A job that has ended leaves nothing behind on the bus."""
    core = a_core()
    listeners = len(core.bus._listeners)
    async with under_way(LabWatch(core.labs, core.bus, core.clock).run()):
        await until(lambda: bool(looks(core)))
        assert len(core.bus._listeners) == listeners + 1
    assert len(core.bus._listeners) == listeners
