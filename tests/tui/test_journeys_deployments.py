"""A day with what a project has deployed, by keystroke."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.project_manifest import DeclaredDeployment, ProjectManifest
from skyforge_tui.domain.run import RunState
from tests.tui.cockpit_harness import press, shows, until_idle, write
from tests.tui.pretend import EDGE, Estate

MANIFEST = ProjectManifest(
    deployments=(
        DeclaredDeployment("bgp", "deploy-bgp", (), "lint"),
        DeclaredDeployment("facts", "collect-facts"),
    )
)


class Deploying(Estate):
    """The pretended workspace, whose first project deploys two things."""

    def put_more(self) -> None:
        """Put the project again, with a manifest."""
        project = replace(EDGE, manifest=MANIFEST)
        self.core.host.put(project, *self.templates[EDGE.id])


async def test_looked_at_refused_and_destroyed() -> None:
    """How each is stands beside the project; one is destroyed once its name was typed, by a run."""
    estate = Deploying(is_calm=True)
    app = estate.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until_idle(pilot)
        await press(pilot, "1", "slash")
        await write(pilot, "edge-fabric")
        await press(pilot, "enter", shows=("Deployments 2", "bgp ● up", "facts ● up"))
        await press(pilot, "u", shows=("Deployments of edge-fabric", "run 806 deploy-bgp by mara"))
        await press(pilot, "j", "D", shows="collect-facts cannot undo it")
        await press(pilot, "x", shows="no run is at it: it is up")
        await press(pilot, "k", "D", shows=("Destroy bgp", "everything that deploy-bgp made"))
        await press(pilot, "enter", shows="Destroy bgp")
        assert all(one.run.state.is_final for one in estate.core.engine.held.values())
        await write(pilot, "bgp")
        await press(pilot, "enter", shows="lint")
        newest = max(estate.core.engine.held.values(), key=lambda one: one.run.number).run
        assert (newest.template, newest.state) == ("lint", RunState.STARTING)
        await press(pilot, "1", "u", shows=("bgp ◐ destroying", "esc close"))
        await press(pilot, "s", shows="a run is at it: it is destroying")
        await press(
            pilot, "escape", "at", shows="deployments destroy local:edge-fabric/bgp --confirm bgp"
        )


async def test_started_by_its_card() -> None:
    """One is started by its template's card, and stopped; the record says so."""
    estate = Deploying(is_calm=True)
    app = estate.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "1", "slash")
        await write(pilot, "edge-fabric")
        started = "deployments start local:edge-fabric/bgp"
        await press(pilot, "enter", "u", "s", shows=("Launch deploy-bgp", started))
        await press(pilot, "enter", shows="deploy-bgp")
        newest = max(estate.core.engine.held.values(), key=lambda one: one.run.number).run
        assert (newest.template, newest.state) == ("deploy-bgp", RunState.STARTING)
        stopping = "deployments stop local:edge-fabric/bgp"
        await press(pilot, "1", "u", "x", shows=(f"Stop run {newest.number}", stopping))
        await press(pilot, "enter", shows="bgp")
        assert [(one.deed, one.words) for one in estate.core.audit_book.kept] == [
            (Deed.START, f"deployment bgp: run {newest.reference}"),
            (Deed.STOP, f"deployment bgp: run {newest.reference}"),
        ]


async def test_a_project_without_any_says_so() -> None:
    """Where nothing is deployed the key says why, and not that nothing was sent."""
    app = Estate(is_calm=True).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "1", "u", shows=("¬ Refused", "has no .skyforge/project.toml"))
        assert not shows(app, "Nothing was sent")
