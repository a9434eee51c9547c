"""What asks for attention, over everything that is known, and what was muted of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skyforge_tui.domain.concern import Concern, Distrust, Why
from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import AttentionChanged
from skyforge_tui.domain.identity import LOCAL, Principal, RunId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import RunState
from tests.builders import NOON, PROJECT_ID, a_detail, a_project, a_template
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab

ADA, EVE = Principal("ada"), Principal("eve")


@pytest.fixture
async def core() -> Core:
    """Return a workspace of ada's with one trusted template, and labs of netlab."""
    core = Core(lab_providers=[FakeLabProvider()])
    core.host.put(a_project(), a_template())
    await core.catalog.read_all()
    await core.catalog.trust(PROJECT_ID, a_template().sources, "ada")
    core.health.answered("netlab", NOON)
    return core


async def with_run(core: Core, number: int, state: RunState) -> RunId:
    """Let the engine hold a run of the template."""
    run = a_detail(id=RunId(f"{LOCAL}:{number}"), number=number, state=state, created_at=NOON)
    core.engine.put(run)
    await core.runs.refresh(ADA, LOCAL)
    return run.run.id


async def told(core: Core, who: Principal = ADA) -> list[tuple[Why, str]]:
    """Return what asks for attention: why, and what."""
    return [(one.why, one.what) for one in (await core.attention.all(who)).concerns]


async def test_nothing_asks(core: Core) -> None:
    """Where all is well there is nothing, and what was last is known."""
    run_id = await with_run(core, 1, RunState.SUCCESS)
    found = await core.attention.all(ADA)
    assert (found.concerns, found.muted, found.last_failure) == ((), (), None)
    assert found.last_run is not None
    assert found.last_run.id == run_id


async def test_everything_that_is_known_may_ask(core: Core) -> None:
    """Runs, upstreams, labs and projects ask, most urgent first."""
    await with_run(core, 2, RunState.ERROR)
    core.health.failed("netlab", Unavailable("it does not answer"))
    provider = core.lab_providers[0]
    provider.put(a_lab(state=LabState.FAILED))
    await core.labs.sync(ADA)
    core.health.failed("netlab", Unavailable("it does not answer"))
    core.host.edit(a_template().sources[0].path, "9" * 64)
    notice = Notice(Severity.WARNING, "unknown key")
    content = core.host.contents[PROJECT_ID]
    broken = replace(content.project, notices=(notice,))
    core.host.contents[PROJECT_ID] = replace(content, project=broken)
    await core.catalog.read_all()
    assert await told(core) == [
        (Why.BROKE, "run 2"), (Why.BROKE, "upstream"), (Why.BROKE, "lab"),
        (Why.NEEDS_ME, "project"), (Why.NEEDS_ME, "project"),
    ]  # fmt: skip
    distrust = (await core.attention.all(ADA)).of(Why.NEEDS_ME)[0].thing
    assert isinstance(distrust, Distrust)
    assert distrust.paths == (a_template().sources[0].path,)


async def test_never_trusted_does_not_ask(core: Core) -> None:
    """What nobody has trusted yet asks when it is launched, not before."""
    core.host.put(a_project(path="/srv/new"), a_template(project_id=a_project(path="/srv/new").id))
    await core.catalog.read_all()
    assert await told(core) == []


async def test_others_projects_do_not_ask(core: Core) -> None:
    """Somebody without a role hears of neither runs nor files of a project."""
    await with_run(core, 2, RunState.ERROR)
    core.host.edit(a_template().sources[0].path, "9" * 64)
    await core.catalog.read_all()
    assert await told(core, EVE) == []


async def test_muted_until_it_changes(core: Core) -> None:
    """A muted concern is left out and told apart; another state of the same thing asks again."""
    run_id = await with_run(core, 2, RunState.RUNNING)
    (one,) = (await core.attention.all(ADA)).concerns
    await core.attention.mute(ADA, [one.key])
    assert core.told(AttentionChanged) == [AttentionChanged()]
    found = await core.attention.all(ADA)
    assert (found.concerns, found.muted) == ((), (one,))
    await with_run(core, 2, RunState.ERROR)
    (again,) = (await core.attention.all(ADA)).concerns
    assert (again.why, again.what) == (Why.BROKE, "run 2")
    await core.attention.mute(ADA, [again.key])
    found = await core.attention.all(ADA)
    assert found.last_failure is not None
    assert found.last_failure.id == run_id


async def test_heard_again(core: Core) -> None:
    """What was muted can be heard again."""
    await with_run(core, 2, RunState.ERROR)
    (one,) = (await core.attention.all(ADA)).concerns
    await core.attention.mute(ADA, [one.key])
    await core.attention.unmute(ADA, [one.key])
    assert (await core.attention.all(ADA)).concerns == (one,)


async def test_a_loss_of_an_upstream_is_muted_once(core: Core) -> None:
    """An upstream that came back and is lost again asks again."""
    core.health.failed(LOCAL, Unavailable("gone"))
    (one,) = (await core.attention.all(ADA)).concerns
    await core.attention.mute(ADA, [one.key])
    assert await told(core) == []
    core.clock.move(60)
    core.health.answered(LOCAL, core.clock.now())
    core.health.failed(LOCAL, Unavailable("gone"))
    assert await told(core) == [(Why.BROKE, "upstream")]


async def test_another_change_of_a_file_asks_again(core: Core) -> None:
    """A file that was muted as changed asks again when it changes once more."""
    path = a_template().sources[0].path
    keys = set()
    for digest in ("8" * 64, "9" * 64):
        core.host.edit(path, digest)
        await core.catalog.read_all()
        (one,) = (await core.attention.all(ADA)).concerns
        keys.add(one.key)
        await core.attention.mute(ADA, [one.key])
    assert len(keys) == 2


async def test_a_moving_lab_stands_once(core: Core) -> None:
    """A lab that a shown run moves is not told of a second time."""
    run_id = await with_run(core, 2, RunState.RUNNING)
    lab = a_lab(state=LabState.STARTING, run_id=run_id)
    runs = (await core.attention.all(ADA)).of(Why.RUNS)
    assert [one.what for one in runs] == ["run 2"]
    assert Concern(Why.RUNS, lab).key != Concern(Why.RUNS, replace(lab, state=LabState.FAILED)).key
