"""What projects have deployed: by which launch, how it is, and who may change that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skyforge_tui.domain.deployment import (
    Deployment,
    DeploymentState,
    Move,
    as_lab_says,
    as_run_says,
    is_launch_of,
    move_of,
    way_of,
)
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project_manifest import DeclaredDeployment, ProjectManifest
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import FieldKind, SurveyField, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY, TERRAFORM_SURVEY
from tests.builders import PROJECT_ID, PROJECT_PATH, a_project, a_run, a_template
from tests.fakes.core import Core
from tests.fakes.labs import a_lab

ADA, EDITH, VERA = Principal("ada"), Principal("edith"), Principal("vera")
PEOPLE = Members(viewers=frozenset({"vera"}), editors=frozenset({"edith"}))
SITE = SurveyField("site", default="oslo")
SECRET = SurveyField("password", FieldKind.SECRET)
APPLY = a_template(name="apply", survey=(SITE, SECRET), command=("apply", "{site}"))
UNDO = a_template(name="undo", survey=(SITE,), command=("undo", "{site}"))
LAB = a_template(
    name="dc1", survey=NETLAB_SURVEY, kind=TemplateKind.NETLAB, directory=f"{PROJECT_PATH}/dc1",
    command=("netlab", "up", "topology.yml"),
)  # fmt: skip
HOSTED = a_template(
    name="net",
    survey=(SurveyField("destroy", FieldKind.BOOL, "false", option="destroy"), SITE),
)
MANIFEST = ProjectManifest(
    deployments=(
        DeclaredDeployment("lyon", "apply", (("site", "lyon"),), "undo"),
        DeclaredDeployment("oslo", "apply"),
        DeclaredDeployment("lab", "dc1"),
        DeclaredDeployment("odd", "dc1", (), "undo"),
        DeclaredDeployment("gone", "nowhere"),
    )
)


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, which deploys five things and whose files she trusts."""
    core = Core()
    core.host.put(a_project(members=PEOPLE, manifest=MANIFEST), APPLY, UNDO, LAB)
    await core.catalog.read_all()
    await core.projects.trust(ADA, PROJECT_ID, APPLY.sources)
    return core


async def named(core: Core, name: str) -> Deployment:
    """Return a deployment as ada sees it."""
    return next(one for one in await core.services.deployments.all(ADA) if one.name == name)


async def ended(core: Core, run: Run, state: RunState = RunState.SUCCESS) -> None:
    """Let a run end."""
    detail = core.engine.held[run.id]
    over = a_run(number=run.number, state=state)
    done = replace(detail.run, state=state, started_at=over.started_at, ended_at=over.ended_at)
    core.engine.put(replace(detail, run=done))
    await core.runs.refresh(ADA, "local", [run.id])


async def test_a_deployment_goes_up_and_down(core: Core) -> None:
    """Started with what its manifest answers, by the launch everybody uses; undone as it says."""
    deployments = core.services.deployments
    assert (await named(core, "lyon")).state is DeploymentState.NEVER
    run = await deployments.start(EDITH, PROJECT_ID, "lyon", {"password": "pw"})
    assert core.engine.held[run.id].spec.answers == {"site": "lyon"}
    assert core.engine.secrets == [{"SKYFORGE_SECRET_PASSWORD": "pw"}]
    assert (await named(core, "lyon")).state is DeploymentState.RUNNING
    with pytest.raises(Conflict, match="run 1 is at lyon: it is running"):
        await deployments.start(ADA, PROJECT_ID, "lyon", {})
    await ended(core, run)
    assert (await named(core, "lyon")).state is DeploymentState.UP
    assert (await named(core, "oslo")).state is DeploymentState.NEVER
    with pytest.raises(Invalid, match="type lyon to destroy it"):
        await deployments.destroy(ADA, PROJECT_ID, "lyon", "oslo", {})
    undone = await deployments.destroy(ADA, PROJECT_ID, "lyon", "lyon", {})
    assert undone.template == "undo"
    assert core.engine.held[undone.id].spec.answers == {"site": "lyon"}
    assert (await named(core, "lyon")).state is DeploymentState.DESTROYING
    await ended(core, undone)
    assert (await named(core, "lyon")).state is DeploymentState.DESTROYED


async def test_answers_do_not_make_another_launch_of_it(core: Core) -> None:
    """Whoever names a deployment starts and destroys that one: other answers are refused."""
    deployments = core.services.deployments
    with pytest.raises(Invalid, match="it would not start lyon"):
        await deployments.start(ADA, PROJECT_ID, "lyon", {"site": "bergen"})
    with pytest.raises(Invalid, match="it would not destroy lyon"):
        await deployments.destroy(ADA, PROJECT_ID, "lyon", "lyon", {"site": "bergen"})
    with pytest.raises(Invalid, match="it would not start lab"):
        await deployments.start(ADA, PROJECT_ID, "lab", {"action": "down"})
    assert core.engine.held == {}
    run = await deployments.start(ADA, PROJECT_ID, "lab", {"action": "up"})
    assert [one.words for one in core.audit_book.kept][-1] == f"deployment lab: run {run.reference}"


async def test_whoever_launched_it_its_state_is_fresh(core: Core) -> None:
    """A run that somebody launched by hand counts when it was this very launch, and no other."""
    hand = await core.runs.launch(ADA, APPLY.id, {"site": "lyon"})
    await ended(core, hand, RunState.ERROR)
    lyon = await named(core, "lyon")
    assert (lyon.state, lyon.run and lyon.run.id) == (DeploymentState.FAILED, hand.id)
    assert lyon.note == "run 1 failed"
    other = await core.runs.launch(ADA, APPLY.id, {"site": "bergen"})
    await ended(core, other)
    assert (await named(core, "lyon")).run == lyon.run
    default = await core.runs.launch(ADA, APPLY.id, {})
    await ended(core, default)
    assert (await named(core, "oslo")).state is DeploymentState.UP


async def test_a_topology_knows_how_to_undo_itself(core: Core) -> None:
    """A lab is deployed by up and destroyed by down; what only looks at it changes nothing."""
    deployments = core.services.deployments
    run = await deployments.start(ADA, PROJECT_ID, "lab", {})
    assert core.engine.held[run.id].spec.answers["action"] == "up"
    await ended(core, run)
    looks = await core.runs.launch(ADA, LAB.id, {"action": "status"})
    await ended(core, looks)
    assert (await named(core, "lab")).state is DeploymentState.UP
    by_hand = await core.runs.launch(ADA, LAB.id, {"action": "down"})
    await ended(core, by_hand)
    assert (await named(core, "lab")).state is DeploymentState.DESTROYED
    assert (await named(core, "odd")).state is DeploymentState.DESTROYED
    down = await deployments.destroy(ADA, PROJECT_ID, "lab", "lab", {})
    assert core.engine.held[down.id].spec.answers["action"] == "down"


async def test_stopping_stops_the_run_that_is_at_it(core: Core) -> None:
    """What runs is asked to end; where nothing does, that is said with what is there."""
    deployments = core.services.deployments
    with pytest.raises(Conflict, match="no run is at lyon: it is never"):
        await deployments.stop(ADA, PROJECT_ID, "lyon")
    run = await deployments.start(ADA, PROJECT_ID, "lyon", {})
    await deployments.stop(EDITH, PROJECT_ID, "lyon")
    assert core.engine.stopped == [run.id]
    await ended(core, run, RunState.STOPPED)
    stopped = await named(core, "lyon")
    assert (stopped.state, "is there" in stopped.note) == (DeploymentState.STOPPED, True)


async def test_who_may(core: Core) -> None:
    """A viewer sees how deployments are and changes none; a stranger sees none."""
    deployments = core.services.deployments
    assert len(await deployments.all(VERA)) == 5
    assert await deployments.all(Principal("eve")) == []
    for work in (
        deployments.start(VERA, PROJECT_ID, "lyon", {}),
        deployments.stop(VERA, PROJECT_ID, "lyon"),
        deployments.destroy(VERA, PROJECT_ID, "lyon", "lyon", {}),
    ):
        with pytest.raises(Forbidden, match="needs editor"):
            await work
    assert core.engine.held == {}


async def test_what_is_missing_is_said(core: Core) -> None:
    """A template nobody has, and one that nothing undoes, are named with what to do."""
    deployments = core.services.deployments
    gone = await deployments.find(ADA, "edge-fabric/gone")
    assert gone.lacks == "no template nowhere in edge-fabric"
    with pytest.raises(Invalid, match="no template nowhere"):
        await deployments.start(ADA, PROJECT_ID, "gone", {})
    with pytest.raises(Invalid, match="cannot undo it"):
        await deployments.destroy(ADA, PROJECT_ID, "oslo", "oslo", {})
    with pytest.raises(NotFound, match="no deployment named bergen"):
        await deployments.find(ADA, "bergen")
    assert [one.name for one in await deployments.of(ADA, PROJECT_ID)] == [
        "gone", "lab", "lyon", "odd", "oslo",
    ]  # fmt: skip


def test_ways_of_tools() -> None:
    """Topologies, roots of Terraform and templates of a server each say what brings up and down."""
    root = a_template(survey=TERRAFORM_SURVEY, kind=TemplateKind.TERRAFORM)
    told = [
        (one, way.answers if (way := way_of(move, one, {})) else None)
        for one in (LAB, root, HOSTED, APPLY)
        for move in Move
    ]
    assert [answers for _, answers in told] == [
        {"action": "up"}, {"action": "down"}, {"action": "apply"}, {"action": "destroy"},
        {}, {"destroy": "true"}, {}, None,
    ]  # fmt: skip
    for one in (LAB, root, HOSTED):
        for move in Move:
            way = way_of(move, one, {})
            assert way is not None
            assert move_of(one, way.answers) is move
            assert is_launch_of(way, {**way.answers, "cleanup": "true", "auto_approve": "true"})
    assert move_of(LAB, {"action": "status"}) is None


@pytest.mark.parametrize(("state", "lab", "expected"), [
    (RunState.SUCCESS, LabState.RUNNING, DeploymentState.UP),
    (RunState.ERROR, LabState.RUNNING, DeploymentState.UP),
    (RunState.SUCCESS, LabState.STOPPED, DeploymentState.STOPPED),
    (RunState.SUCCESS, LabState.FAILED, DeploymentState.FAILED),
    (RunState.RUNNING, LabState.STOPPED, DeploymentState.RUNNING),
    (RunState.LOST, LabState.UNKNOWN, DeploymentState.FAILED),
])  # fmt: skip
def test_a_lab_that_is_seen_knows_better(
    state: RunState, lab: LabState, expected: DeploymentState
) -> None:
    """How a lab is counts more than how the run that made it ended, but not while one is at it."""
    one = as_run_says(Deployment(PROJECT_ID, "edge", "lab", "dc1"), Move.START, a_run(state=state))
    assert as_lab_says(one, a_lab(state=lab)).state is expected
