"""What one may start, stop, answer, repeat and see of runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from skyforge_tui.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
    Untrusted,
)
from skyforge_tui.domain.events import LogGrew, NoticeRaised, RunsChanged
from skyforge_tui.domain.identity import Principal, ProjectId, RunId, TemplateId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Commit
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.ports.run_engine import OutputSeen
from skyforge_tui.services.authorization import Allowed, Denied
from skyforge_tui.services.run_specs import WindowSize
from tests.builders import (
    NOON,
    PROJECT_ID,
    PROJECT_PATH,
    a_detail,
    a_project,
    a_run,
    a_template,
)
from tests.fakes.core import Core
from tests.fakes.waiting import Gate, under_way

ADA, EVE = Principal("ada"), Principal("eve")
VERA, EDITH = Principal("vera"), Principal("edith")
ROOT = Principal("root", is_admin=True)
PEOPLE = Members(viewers=frozenset({"vera"}), editors=frozenset({"edith"}))
THEIRS = a_project(path="/srv/theirs", created_by="bob")

PASSWORD = "correct horse"
SURVEY = (
    SurveyField("topology", default="topology.yml", required=True),
    SurveyField("password", FieldKind.SECRET, required=True),
    SurveyField("token", FieldKind.SECRET),
)
WITH_SECRETS = a_template(survey=SURVEY)
MANIFEST = WITH_SECRETS.sources[0].path


def local(number: int) -> RunId:
    """Return the id of a local run."""
    return RunId(f"local:{number}")


def ids_of(runs: Iterable[Run]) -> list[RunId]:
    """Return the ids, in order."""
    return [one.id for one in runs]


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, whose template she trusts, and bob's."""
    core = Core()
    commit = Commit("c0ffee", "Add spine", "ada", NOON)
    core.host.put(a_project(members=PEOPLE, commit=commit), WITH_SECRETS)
    core.host.put(THEIRS)
    await core.catalog.read_all()
    await core.projects.trust(ADA, PROJECT_ID, WITH_SECRETS.sources)
    core.events.clear()
    return core


async def having(core: Core, *numbers: int, **over: object) -> None:
    """Let the engine hold runs that were read already."""
    for number in numbers:
        core.engine.put(a_detail(number=number, **over))
    await core.runs.refresh(ROOT, "local")
    core.events.clear()


# Starting.


async def test_viewer_cannot_start(core: Core) -> None:
    """A viewer cannot start a run."""
    with pytest.raises(Forbidden, match="needs editor in edge-fabric; you are viewer"):
        await core.runs.launch(VERA, WITH_SECRETS.id, {"password": PASSWORD})
    assert core.engine.held == {}


async def test_editor_starts(core: Core) -> None:
    """An editor starts a run, which is in the list and told once it was committed."""
    seen: list[bool] = []

    def hear(event: object) -> None:
        if isinstance(event, RunsChanged):
            seen.append(event.run_ids <= core.run_cache.held.keys())

    core.bus.subscribe(hear)
    run = await core.runs.launch(EDITH, WITH_SECRETS.id, {"password": PASSWORD})
    assert core.told(RunsChanged) == [RunsChanged(frozenset({run.id}))]
    assert seen == [True]
    assert ids_of(await core.runs.newest(VERA)) == [run.id]


async def test_spec_says_everything(core: Core) -> None:
    """What was asked for is remembered in full: who, what, where, when, and at which commit."""
    run = await core.runs.launch(
        EDITH, WITH_SECRETS.id, {"topology": "dc1.yml", "password": PASSWORD}, WindowSize(90, 30)
    )
    spec = core.engine.held[run.id].spec
    assert spec.command == ("netlab", "up", "dc1.yml")
    assert (spec.directory, spec.project, spec.template) == (
        PROJECT_PATH,
        "edge-fabric",
        "netlab-up",
    )
    assert (spec.started_by, spec.created_at, spec.commit) == ("edith", NOON, "c0ffee")
    assert (spec.columns, spec.rows) == (90, 30)
    assert spec.answers == {"topology": "dc1.yml"}


async def test_secrets_are_nowhere(core: Core) -> None:
    """A secret goes to the engine and into nothing that is kept or told."""
    run = await core.runs.launch(EDITH, WITH_SECRETS.id, {"password": PASSWORD})
    assert PASSWORD in core.engine.secrets[0].values()
    detail = core.run_cache.held[run.id]
    for kept in (detail, core.engine.held[run.id].spec, core.events, core.project_cache.held):
        assert PASSWORD not in repr(kept)
    assert detail.spec.secret_names == ("password",)


async def test_wrong_answers(core: Core) -> None:
    """A missing, wrong or unasked answer is refused before anything starts, without its secret."""
    for answers in ({}, {"password": ""}, {"password": PASSWORD, "colour": "red"}):
        with pytest.raises(Invalid) as refused:
            await core.runs.launch(ADA, WITH_SECRETS.id, answers)
        assert PASSWORD not in str(refused.value) + refused.value.advice
    assert core.engine.held == {}


async def test_untrusted_is_refused(core: Core) -> None:
    """What nobody trusted is not run; the refusal names the command that trusts it."""
    core.trust.pairs.clear()
    await core.catalog.open()
    with pytest.raises(Untrusted, match="not trusted") as refused:
        await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    assert f"skyforge trust {MANIFEST}" in refused.value.advice
    assert core.engine.held == {}


async def test_changed_content_is_refused(core: Core) -> None:
    """What changed after it was trusted is not run, although nobody has read it anew yet."""
    core.host.edit(MANIFEST, "1" * 64)
    with pytest.raises(Untrusted, match="changed since"):
        await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    assert core.engine.held == {}


async def test_administrators_trust_too(core: Core) -> None:
    """Being an administrator does not make content trusted."""
    core.host.edit(MANIFEST, "1" * 64)
    with pytest.raises(Untrusted):
        await core.runs.launch(ROOT, WITH_SECRETS.id, {"password": PASSWORD})


async def test_unknown_template(core: Core) -> None:
    """A template that is not there is not found."""
    for principal in (ADA, ROOT):
        with pytest.raises(NotFound):
            await core.runs.launch(principal, TemplateId("local:/x#y"), {})


async def test_engine_down(core: Core) -> None:
    """A run that could not be started is nowhere."""
    core.engine.down = Unavailable("no space left", upstream="local")
    with pytest.raises(Unavailable, match="no space left"):
        await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    assert core.run_cache.held == {}
    assert core.events == []


async def test_started_is_started(core: Core) -> None:
    """A run whose listing fails was started all the same: whoever asked is given it, and warned."""
    core.run_cache.full = Unavailable("database or disk is full")
    run = await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    assert run.id in core.engine.held
    (raised,) = core.told(NoticeRaised)
    assert "database or disk is full" in raised.notice.body
    core.run_cache.full = None
    await core.runs.refresh(ROOT, "local")
    assert run.id in core.run_cache.held


# Again.


async def test_rerun_keeps_answers(core: Core) -> None:
    """A rerun has the same answers and takes its secrets anew."""
    first = await core.runs.launch(
        ADA, WITH_SECRETS.id, {"topology": "dc1.yml", "password": PASSWORD}
    )
    again = await core.runs.rerun(EDITH, first.id, {"password": "battery staple"})
    one, two = core.engine.held[first.id].spec, core.engine.held[again.id].spec
    assert (one.answers, one.command) == (two.answers, two.command)
    assert two.started_by == "edith"
    assert "battery staple" in core.engine.secrets[1].values()
    assert PASSWORD not in core.engine.secrets[1].values()


async def test_rerun_asks_secrets_again(core: Core) -> None:
    """A rerun without a secret that was given the first time is refused, an optional one too."""
    given = {"password": PASSWORD, "token": "t0k3n"}
    first = await core.runs.launch(ADA, WITH_SECRETS.id, given)
    for secrets in ({}, {"password": PASSWORD}, {"token": "t0k3n"}):
        with pytest.raises(Invalid, match="was not kept") as refused:
            await core.runs.rerun(ADA, first.id, secrets)
        assert "-v " in refused.value.advice
    assert len(core.engine.held) == 1
    await core.runs.rerun(ADA, first.id, {"password": PASSWORD, "token": ""})
    assert len(core.engine.held) == 2


async def test_rerun_needs_no_unasked_secret(core: Core) -> None:
    """An optional secret that was left out the first time may be left out again."""
    first = await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    await core.runs.rerun(ADA, first.id, {"password": PASSWORD})
    assert len(core.engine.held) == 2


async def test_rerun_of_lost_template(core: Core) -> None:
    """A run whose template is gone cannot be repeated, and is told so by name."""
    first = await core.runs.launch(ADA, WITH_SECRETS.id, {"password": PASSWORD})
    core.host.put(a_project(members=PEOPLE))
    await core.catalog.read_all()
    with pytest.raises(NotFound, match="netlab-up is no longer in edge-fabric"):
        await core.runs.rerun(ADA, first.id, {"password": PASSWORD})


async def test_viewer_cannot_rerun(core: Core) -> None:
    """A viewer cannot repeat a run either, and a run that is not there is not found."""
    await having(core, 1)
    with pytest.raises(Forbidden):
        await core.runs.rerun(VERA, local(1), {})
    with pytest.raises(NotFound):
        await core.runs.rerun(EDITH, local(9), {})


# Stopping and answering.


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


# Seeing.


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


# Reading anew.


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


# The one hand.


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
