"""What is launched and launched again: who may, what is asked, and what the run is told."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, Unavailable, Untrusted
from skyforge_tui.domain.events import NoticeRaised, RunsChanged
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.services.run_specs import WindowSize
from tests.builders import NOON, PROJECT_PATH, a_project
from tests.fakes.core import Core
from tests.services.run_bench import (
    ADA,
    EDITH,
    MANIFEST,
    PASSWORD,
    PEOPLE,
    ROOT,
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
