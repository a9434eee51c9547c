"""Deployments: launches that have a name in a project; what one may start, stop and destroy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.deployment import (
    Deployment,
    Move,
    as_lab_says,
    as_run_says,
    is_launch_of,
    is_same_move,
    move_of,
)
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, there_are
from skyforge_tui.domain.identity import Principal, ProjectId, Role, TemplateId
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.deployment_ways import DeploymentWays
from skyforge_tui.services.lab_links import LabLinks
from skyforge_tui.services.labs import LabService
from skyforge_tui.services.record import Describe, Doing, Record, recorded
from skyforge_tui.services.runs import RunService

_LOOKED_BACK: Final = 200
"""Runs of a template among which those are looked for that were of the deployment."""


def _doing(deed: Deed) -> Describe:
    def told(_: object, call: Mapping[str, Any], run: Run | None) -> Iterator[Doing]:
        launched = f": run {run.reference}" if run is not None else ""
        yield Doing(deed, f"deployment {call['name']}{launched}", call["project_id"])

    return told


class DeploymentService:
    """What one may do with deployments."""

    def __init__(
        self,
        catalog: Catalog,
        ways: DeploymentWays,
        runs: RunService,
        labs: LabService,
        links: LabLinks,
        record: Record,
    ) -> None:
        self._catalog = catalog
        self._ways = ways
        self._runs = runs
        self._labs = labs
        self._links = links
        self.record = record
        self.access: Access = catalog.access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    # What one may ask.

    @requires(Permission.PROJECT_LIST)
    async def all(self, principal: Principal) -> list[Deployment]:
        """Return the deployments of all projects that this person may see, by project and name."""
        some = [
            one
            for one in self._catalog.covered()
            if one.manifest is not None
            and one.manifest.deployments
            and self.access.role(principal, one.id) > Role.NONE
        ]
        found = [each for one in some for each in await self._of(principal, one)]
        return sorted(found, key=lambda one: (one.project, one.name))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def of(self, principal: Principal, project_id: ProjectId) -> list[Deployment]:
        """Return the deployments of a project, by name.

        Raises:
            NotFound: there is no such project.
        """
        project = self.access.known(project_id)
        return sorted(await self._of(principal, project), key=lambda one: one.name)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def homes(self, principal: Principal, project_id: ProjectId) -> list[ProjectId]:
        """Return the projects whose templates are a project's, by its manifest; itself first."""
        project = self.access.project(project_id)
        return [] if project is None else await self._ways.homes(project)

    @requires(Permission.PROJECT_LIST)
    async def find(self, principal: Principal, name: str) -> Deployment:
        """Return the deployment people call `name`, or `PROJECT/NAME` where several are.

        Raises:
            NotFound: there is none, or none the person may see.
            Conflict: several are called so.
        """
        found = await self.all(principal)
        hits = [one for one in found if name in (one.name, one.full_name, one.reference)]
        if len(hits) > 1:
            names = " or ".join(sorted(one.reference for one in hits))
            raise Conflict(f"several deployments are called {name}", advice=f"say {names}")
        if not hits:
            known = there_are([one.full_name for one in found])
            raise NotFound(f"no deployment named {name}", advice=known)
        return hits[0]

    # What one may change.

    @recorded(_doing(Deed.START))
    @requires(Permission.DEPLOYMENT_START, of="project_id")
    async def start(
        self, principal: Principal, project_id: ProjectId, name: str, given: Mapping[str, str]
    ) -> Run:
        """Launch what brings a deployment up; `given` answers what does not stand in its manifest.

        Raises:
            Conflict: a run is at it already.
            Invalid: answers would make it another launch.
            Invalid, NotFound, Untrusted, Unavailable: as `RunService.launch`.
        """
        one = await self._named(principal, project_id, name)
        return await self._launched(principal, one, Move.START, given)

    @recorded(_doing(Deed.STOP))
    @requires(Permission.DEPLOYMENT_STOP, of="project_id")
    async def stop(self, principal: Principal, project_id: ProjectId, name: str) -> Run:
        """Ask the run that is at a deployment to end, and return it; what it made stays.

        Raises:
            Conflict: no run is at it.
        """
        one = await self._named(principal, project_id, name)
        if one.run is None or not one.run.state.is_active:
            raise Conflict(
                f"no run is at {name}: it is {one.state}", operation="deployment.stop",
                advice=f"deployments destroy {one.full_name} removes what is there",
            )  # fmt: skip
        await self._runs.stop(principal, one.run.id)
        return one.run

    @recorded(_doing(Deed.DESTROY))
    @requires(Permission.DEPLOYMENT_DESTROY, of="project_id")
    async def destroy(
        self,
        principal: Principal,
        project_id: ProjectId,
        name: str,
        typed: str,
        given: Mapping[str, str],
    ) -> Run:
        """Launch what removes everything that a deployment made; `typed` must be its name.

        Raises:
            Invalid: `typed` is something else, nothing says how it is destroyed, or answers would
                make it another launch.
            Conflict: a run is at it.
            NotFound, Untrusted, Unavailable: as `RunService.launch`.
        """
        one = await self._named(principal, project_id, name)
        if typed != name:
            raise Invalid(
                f"type {name} to destroy it", operation="deployment.destroy",
                advice="nothing was destroyed",
            )  # fmt: skip
        return await self._launched(principal, one, Move.DESTROY, given)

    # How they are.

    async def _named(self, principal: Principal, project_id: ProjectId, name: str) -> Deployment:
        for one in await self.of(principal, project_id):
            if one.name == name:
                return one
        raise NotFound(f"no deployment named {name}", advice="list them with deployments ls")

    async def _launched(
        self, principal: Principal, one: Deployment, move: Move, given: Mapping[str, str]
    ) -> Run:
        operation, way = f"deployment.{move}", one.ways.get(move)
        if one.run is not None and one.run.state.is_active:
            raise Conflict(
                f"run {one.run.number} is at {one.name}: it is {one.state}", operation=operation,
                advice="wait for it, or stop it",
            )  # fmt: skip
        if way is None:
            raise Invalid(one.lacks, operation=operation, advice="see its manifest")
        answers = {**way.answers, **given}
        if not is_same_move(way, answers):  # what was named is not what would be changed
            raise Invalid(
                f"with these answers it would not {move} {one.name}", operation=operation,
                advice=f"its manifest says what is answered; runs launch {way.template.name} may"
                " be answered otherwise",
            )  # fmt: skip
        return await self._runs.launch(principal, way.template.id, answers)

    async def _of(self, principal: Principal, project: Project) -> list[Deployment]:
        manifest, found = project.manifest or ProjectManifest(), list[Deployment]()
        labs: Mapping[str, Lab] | None = None
        for declared in manifest.deployments:
            ways, lacks = await self._ways.ways(project, manifest, declared)
            one = Deployment(
                project.id, project.slug, declared.name, declared.template, lacks=lacks, ways=ways
            )
            one = await self._as_runs_say(principal, one)
            start = ways.get(Move.START)
            if start is not None and start.template.lab is not None:
                labs = await self._labs_by_template(principal) if labs is None else labs
                lab = labs.get(start.template.id)
                one = one if lab is None else as_lab_says(one, lab)
            found.append(one)
        return found

    async def _as_runs_say(self, principal: Principal, one: Deployment) -> Deployment:
        """Return a deployment as the newest run left it that was this very launch."""
        seen: set[str] = set()
        runs: list[Run] = []
        for way in one.ways.values():
            if way.template.id not in seen:
                seen.add(way.template.id)
                runs += await self._runs.latest(principal, way.template.id, _LOOKED_BACK)
        for run in sorted(runs, key=lambda run: (run.created_at, run.number), reverse=True):
            answers = (await self._runs.get(principal, run.id)).spec.answers
            move = _move(one, run, answers)
            if move is not None and run.state is not RunState.UNKNOWN:
                return as_run_says(one, move, run)
        return one

    async def _labs_by_template(self, principal: Principal) -> dict[str, Lab]:
        labs = (await self._labs.all(principal)).labs
        made = ((self._links.template_of(one), one) for one in labs)
        return {template.id: one for template, one in made if template is not None}


def _move(one: Deployment, run: Run, answers: Mapping[str, str]) -> Move | None:
    """Return what a run did to a deployment; None when it was another launch."""
    for move, way in one.ways.items():
        if way.template.id != run.template_id or not is_launch_of(way, answers):
            continue
        told = move_of(way.template, answers)
        is_for_that = move is Move.DESTROY and way.template.id != _template_of(one, Move.START)
        return move if told is not None and is_for_that else told
    return None


def _template_of(one: Deployment, move: Move) -> TemplateId | None:
    way = one.ways.get(move)
    return None if way is None else way.template.id
