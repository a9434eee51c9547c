"""What one may stop, answer and see of runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound
from skyforge_tui.domain.events import RunsChanged
from skyforge_tui.domain.identity import Principal, ProjectId, RunId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import RunState
from skyforge_tui.services.authorization import Allowed, Denied
from tests.builders import PROJECT_ID, a_detail, a_project, a_run
from tests.fakes.core import Core
from tests.services.run_bench import (
    ADA,
    EDITH,
    EVE,
    ROOT,
    THEIRS,
    VERA,
    WITH_SECRETS,
    a_core,
    having,
    ids_of,
    local,
)


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, whose template she trusts, and bob's."""
    return await a_core()


async def test_stop(core: Core) -> None:
    """An editor stops a run, and the list says so at once; stopping again is firmer."""
    await having(core, 1, state=RunState.RUNNING)
    await core.runs.stop(EDITH, local(1))
    assert core.run_cache.held[local(1)].run.state is RunState.STOPPING
    assert core.told(RunsChanged) == [RunsChanged(frozenset({local(1)}))]
    await core.runs.stop(EDITH, local(1))
    assert core.engine.stopped == [local(1)] * 2


async def test_viewer_cannot_stop(core: Core) -> None:
    """A viewer can neither stop a run nor answer it."""
    await having(core, 1, state=RunState.RUNNING, waits_for_input=True)
    with pytest.raises(Forbidden):
        await core.runs.stop(VERA, local(1))
    with pytest.raises(Forbidden):
        await core.runs.answer(VERA, local(1), b"yes\n")
    assert (core.engine.stopped, core.engine.answered) == ([], [])


@pytest.mark.parametrize(
    "state", [RunState.SUCCESS, RunState.ERROR, RunState.STOPPED, RunState.LOST]
)
async def test_ended_cannot_be_stopped(core: Core, state: RunState) -> None:
    """A run that has ended cannot be stopped."""
    await having(core, 1, state=state)
    with pytest.raises(Conflict, match="has ended"):
        await core.runs.stop(EDITH, local(1))
    assert core.engine.stopped == []


async def test_answer(core: Core) -> None:
    """A run that asks is answered, with exactly the bytes that were typed."""
    await having(core, 1, state=RunState.RUNNING, waits_for_input=True)
    await core.runs.answer(EDITH, local(1), b"y\xc3\xa9s\n")
    assert core.engine.answered == [(local(1), b"y\xc3\xa9s\n")]


async def test_answer_to_silence(core: Core) -> None:
    """A run that asks nothing cannot be answered."""
    await having(core, 1, state=RunState.RUNNING)
    with pytest.raises(Conflict):
        await core.runs.answer(EDITH, local(1), b"yes\n")


async def test_strangers_see_nothing(core: Core) -> None:
    """Whoever has no role in a project sees none of its runs, by no way of asking."""
    await having(core, 1, 2)
    assert list((await core.runs.order(EVE)).rowids) == []
    assert await core.runs.page(EVE, [1, 2]) == {}
    assert await core.runs.newest(EVE) == []
    assert await core.runs.latest(EVE, a_run().template_id, 5) == []
    assert await core.runs.last_by_template(EVE) == {}
    assert not await core.runs.attention(EVE)
    for reference in ("1", "local:1"):
        with pytest.raises(NotFound):
            await core.runs.find(EVE, reference)
    with pytest.raises(Forbidden):
        await core.runs.get(EVE, local(1))
    with pytest.raises(Forbidden):
        await core.runs.open_log(EVE, local(1))
    with pytest.raises(Forbidden):
        await core.runs.follow(EVE, local(1))


async def test_newest_is_filled(core: Core) -> None:
    """Somebody who may not see the newest runs is given the newest of those they may."""
    await having(core, 1, 2)
    await having(core, 3, 4, 5, project_id=THEIRS.id)
    assert ids_of(await core.runs.newest(VERA, 2)) == [local(2), local(1)]
    assert ids_of(await core.runs.newest(Principal("bob"), 2)) == [local(5), local(4)]
    assert ids_of(await core.runs.newest(ROOT, 2)) == [local(5), local(4)]
    assert len(await core.runs.newest(ROOT)) == 5


async def test_order_and_page_agree(core: Core) -> None:
    """Active runs come first, and every row of the order can be had."""
    await having(core, 1, 2)
    await having(core, 3, state=RunState.RUNNING)
    await having(core, 4, project_id=THEIRS.id)
    order = await core.runs.order(VERA)
    page = await core.runs.page(VERA, order.rowids)
    assert [page[one].id for one in order.rowids] == [local(3), local(2), local(1)]
    assert order.by_state == {RunState.RUNNING: 1, RunState.SUCCESS: 2}


async def test_vanished_project_stays_known(core: Core) -> None:
    """A run outlives its project: its people still see it."""
    gone = ProjectId("local:/gone/lab")
    await having(core, 1, project_id=gone)
    assert ids_of(await core.runs.newest(ADA)) == [local(1)]
    assert await core.runs.newest(EVE) == []


@pytest.mark.parametrize("reference", ["7", "local:7"])
async def test_find(core: Core, reference: str) -> None:
    """A run is found by its number or its id."""
    await having(core, 7)
    assert await core.runs.find(VERA, reference) == local(7)


@pytest.mark.parametrize(
    "reference",
    ["", "8", "-1", "07x", "²", "local:8", "local:", ":", "other:7", "9" * 19, "9" * 5000],
)
async def test_find_nothing(core: Core, reference: str) -> None:
    """Whatever else is typed is not found."""
    await having(core, 7)
    with pytest.raises(NotFound):
        await core.runs.find(VERA, reference)


async def test_find_ambiguous(core: Core) -> None:
    """A number that two upstreams use is refused with both ids, to those who see both."""
    await having(core, 7)
    other = a_detail(id=RunId("semaphore:7"), number=7, project_id=THEIRS.id)
    await core.run_cache.write([other], [])
    with pytest.raises(Conflict) as refused:
        await core.runs.find(ROOT, "7")
    assert {"local:7", "semaphore:7"} <= set(refused.value.advice.split())
    assert await core.runs.find(VERA, "7") == local(7)


async def test_last_and_usual(core: Core) -> None:
    """The last run of each template is known, and how long it usually takes."""
    await having(core, 1, 2)
    await having(core, 3, state=RunState.ERROR)
    last = await core.runs.last_by_template(VERA)
    assert [one.id for one in last.values()] == [local(3)]
    assert ids_of(await core.runs.latest(VERA, a_run().template_id, 2)) == [local(3), local(2)]
    doing = a_run().doing
    assert await core.runs.usual(VERA, [doing]) == {doing: timedelta(seconds=42)}


async def test_attention(core: Core) -> None:
    """What failed last, what asks and what runs need attention; the rest does not."""
    await having(core, 1, state=RunState.ERROR)
    await having(core, 2)
    await having(core, 3, state=RunState.RUNNING, waits_for_input=True, project_id=THEIRS.id)
    await having(core, 4, state=RunState.WAITING)
    needed = await core.runs.attention(ROOT)
    assert ids_of(needed.needs_me) == [local(3)]
    assert ids_of(needed.runs) == [local(4)]
    assert needed.broke == ()
    mine = await core.runs.attention(VERA)
    assert (mine.needs_me, ids_of(mine.runs)) == ((), [local(4)])


async def test_may_agrees_with_roles(core: Core) -> None:
    """What may be done to a project, a template or a run follows the role, from memory."""
    may, run = core.services.may, a_run(state=RunState.RUNNING, template_id=WITH_SECRETS.id)
    for target in (run, WITH_SECRETS):
        assert may(EDITH, Permission.RUN_START, target) == Allowed()
        assert isinstance(may(VERA, Permission.RUN_START, target), Denied)
    assert may(ADA, Permission.PROJECT_TRUST, a_project()) == Allowed()
    assert isinstance(may(EDITH, Permission.PROJECT_TRUST, a_project()), Denied)
    assert may(EVE, Permission.RUN_LIST, None) == Allowed()
    assert isinstance(may(ADA, Permission.RUN_START, None), Denied)


async def test_may_sees_states(core: Core) -> None:
    """A run's own state forbids what makes no sense, with the reason, even to administrators."""
    may, ended = core.services.may, a_run(number=7)
    asking = replace(a_run(state=RunState.RUNNING), waits_for_input=True)
    assert may(ROOT, Permission.RUN_STOP, ended) == Denied("run 7 has ended already")
    assert may(EDITH, Permission.RUN_STOP, a_run(state=RunState.RUNNING)) == Allowed()
    assert may(EDITH, Permission.RUN_ANSWER, ended) == Denied("run 7 asks nothing")
    assert may(EDITH, Permission.RUN_ANSWER, asking) == Allowed()
    assert isinstance(may(VERA, Permission.RUN_ANSWER, asking), Denied)
    unknown = may(EDITH, Permission.RUN_START, a_run(template="deploy", project="core"))
    assert isinstance(unknown, Denied)
    assert "deploy is not in this workspace" in unknown.reason
    assert "core" in unknown.advice


async def test_services_agree_with_may(core: Core) -> None:
    """What `may` allows or denies by role, the services do or refuse."""
    await having(core, 1, state=RunState.RUNNING, template_id=WITH_SECRETS.id)
    run = core.run_cache.held[local(1)].run
    for principal in (ROOT, ADA, EDITH):
        assert core.services.may(principal, Permission.RUN_STOP, run) == Allowed()
        await core.runs.stop(principal, run.id)
    for principal in (VERA, EVE):
        with pytest.raises(Forbidden) as refused:
            await core.runs.stop(principal, run.id)
        said = core.services.may(principal, Permission.RUN_STOP, run)
        assert said == Denied(refused.value.message, refused.value.advice)


async def test_runs_outlive_their_project(core: Core) -> None:
    """A run whose folder is gone stays in the list, and can be read by whoever it belonged to."""
    del core.host.contents[THEIRS.id]
    await having(core, 1, 2)
    await core.catalog.read_all()
    del core.host.contents[PROJECT_ID]
    await core.catalog.read_all()
    order = await core.runs.order(ADA)
    page = await core.runs.page(ADA, order.rowids)
    assert [run.number for run in page.values()] == [2, 1]
    assert len(order.rowids) == order.total == 2
    assert (await core.runs.get(ADA, local(1))).run.number == 1
    assert (await core.runs.order(EVE)).total == 0
