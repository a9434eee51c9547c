"""Reading runs anew: what changed, what is gone, and what came too late."""

from __future__ import annotations

import asyncio

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.events import LogGrew, RunsChanged
from skyforge_tui.domain.run import RunState
from skyforge_tui.ports.run_engine import OutputSeen
from tests.builders import a_detail
from tests.fakes.core import Core
from tests.fakes.waiting import Gate, under_way
from tests.services.run_bench import ADA, PASSWORD, ROOT, WITH_SECRETS, a_core, having, local


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, whose template she trusts, and bob's."""
    return await a_core()


async def test_refresh_adds_changes_forgets(core: Core) -> None:
    """A refresh reads what is new or unsettled, and forgets what is gone."""
    await having(core, 1, state=RunState.RUNNING)
    await having(core, 2)
    core.engine.put(a_detail(number=1))
    core.engine.put(a_detail(number=3))
    del core.engine.held[local(2)]
    core.engine.fetched.clear()
    await core.runs.refresh(ROOT, "local")
    assert core.engine.fetched == [frozenset({local(1), local(3)})]
    assert core.run_cache.held[local(1)].run.state is RunState.SUCCESS
    assert set(core.run_cache.held) == {local(1), local(3)}
    told = {one for event in core.told(RunsChanged) for one in event.run_ids}
    assert told == {local(1), local(2), local(3)}


async def test_settled_is_not_read_again(core: Core) -> None:
    """A run that has ended is not read a second time."""
    await having(core, 1, 2, 3)
    core.engine.fetched.clear()
    await core.runs.refresh(ROOT, "local")
    assert core.engine.fetched == []
    assert core.events == []


async def test_refresh_after_reconnect(core: Core) -> None:
    """An engine that does not answer loses nothing; what happened meanwhile is found later."""
    await having(core, 1, state=RunState.RUNNING)
    core.engine.down = Unavailable("no route")
    with pytest.raises(Unavailable):
        await core.runs.refresh(ROOT, "local")
    assert set(core.run_cache.held) == {local(1)}
    core.engine.down = None
    core.engine.put(a_detail(number=1))
    core.engine.put(a_detail(number=2))
    await core.runs.refresh(ROOT, "local")
    assert {one.run.state for one in core.run_cache.held.values()} == {RunState.SUCCESS}
    assert len(core.run_cache.held) == 2


async def test_unreadable_run_is_kept(core: Core) -> None:
    """A run that is there but cannot be read stays as it was."""
    await having(core, 1, state=RunState.RUNNING)
    core.engine.unreadable.add(local(1))
    await core.runs.refresh(ROOT, "local")
    await core.runs.refresh(ROOT, "local", {local(1)})
    assert core.run_cache.held[local(1)].run.state is RunState.RUNNING


async def test_many_runs_come_in_pieces(core: Core) -> None:
    """Many new runs are read newest first and written piece by piece."""
    for number in range(1, 1201):
        core.engine.put(a_detail(number=number))
    await core.runs.refresh(ROOT, "local")
    assert [len(changed) for changed, _ in core.run_cache.writes] == [500, 500, 200]
    assert local(1200) in core.run_cache.writes[0][0]
    assert local(1) in core.run_cache.writes[2][0]


async def test_late_answer_does_not_overtake(core: Core) -> None:
    """An answer that was asked for earlier never replaces one that was asked for later."""
    await having(core, 1, state=RunState.RUNNING)
    held_back = core.engine.fetching
    held_back.close()
    async with under_way(core.runs.refresh(ROOT, "local", {local(1)})) as (early,):
        await held_back.reached()
        core.engine.fetching = Gate()  # the next question is answered at once
        core.engine.put(a_detail(number=1))
        late = asyncio.ensure_future(core.runs.refresh(ROOT, "local", {local(1)}))
        for _ in range(50):
            await asyncio.sleep(0)
        held_back.open()
        await asyncio.gather(early, late)
    assert core.run_cache.held[local(1)].run.state is RunState.SUCCESS


async def test_two_refreshes_at_once(core: Core) -> None:
    """Two refreshes and a launch at once lose nothing."""
    for number in range(1, 51):
        core.engine.put(a_detail(number=number))
    launched, *_ = await asyncio.gather(
        core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD}),
        core.runs.refresh(ROOT, "local"),
        core.runs.refresh(ROOT, "local"),
    )
    assert set(core.run_cache.held) == {*map(local, range(1, 51)), launched.id}


async def test_no_event_without_commit(core: Core) -> None:
    """What could not be written is not told."""
    core.engine.put(a_detail(number=1))
    core.run_cache.full = Unavailable("database or disk is full")
    with pytest.raises(Unavailable):
        await core.runs.refresh(ROOT, "local")
    assert core.told(RunsChanged) == []


async def test_unknown_engine(core: Core) -> None:
    """Runs of an engine that is not configured are not found."""
    with pytest.raises(NotFound, match="no run engine named semaphore"):
        await core.runs.refresh(ROOT, "semaphore")


async def test_growth_is_told(core: Core) -> None:
    """Growth of an output is passed on."""
    await core.runs.heard(ROOT, "local", OutputSeen(local(1), 4096))
    assert core.events == [LogGrew(local(1), 4096)]
