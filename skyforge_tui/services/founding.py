"""Making projects and removing them.

Everything is said in the manifest first, by a commit that names who did it; the sync makes the rest
so. Making again what failed half-way goes on where it stopped: every step makes sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, SkyforgeError
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.making import Outcome, Went
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.ports.manifest_files import ManifestFiles
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.record import Doing, Record, recorded


def _made(_: FoundingService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    project, outcomes = result or (None, [])
    name, host = call["full_name"], call["host"]
    if outcomes and all(one.went is Went.WAS_SO for one in outcomes):
        return
    done = [one.what for one in outcomes if one.went is Went.DONE]
    failure = "; ".join(f"{one.what}: {one.why}" for one in outcomes if one.went is Went.FAILED)
    words = ", ".join(done) or f"{name} at {host}"
    if project is None:
        yield Doing(Deed.CREATE, words, project=name, upstream=host, failure=failure)
    else:
        yield Doing(Deed.CREATE, words, project.id, project.slug, failure=failure)


def _deleted(service: FoundingService, call: Mapping[str, Any], _: Any) -> Iterator[Doing]:
    known = service.access.project(call["project_id"])
    words = known.path if known is not None else ""
    yield Doing(Deed.DELETE, words, call["project_id"])


class FoundingService:
    """What one may do to projects themselves, where their host lets repositories be made."""

    def __init__(
        self,
        keepers: Iterable[RepositoryKeeper],
        manifests: Iterable[ManifestFiles],
        access: Access,
        record: Record,
        bus: Bus,
    ) -> None:
        self._keepers = {one.upstream: one for one in keepers}
        self._manifests = {one.upstream: one for one in manifests}
        self.access = access
        self.record = record
        self._bus = bus

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where projects can be made."""
        return tuple(self._keepers)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @recorded(_made)
    @requires(Permission.PROJECT_CREATE)
    async def create(
        self, principal: Principal, host: str, full_name: str, manifest: ProjectManifest
    ) -> tuple[Project | None, list[Outcome]]:
        """Make sure of a repository `NAME` or `OWNER/NAME` with a manifest; say how each step went.

        What is there already is left as it is, but for a manifest that it lacks.

        Raises:
            NotFound: no host is called so.
        """
        keeper, files = self._keepers.get(host), self._manifests.get(host)
        if keeper is None or files is None:
            known = ", ".join(self._keepers) or "none; skyforge connect gitea makes one known"
            raise NotFound(f"no host {host} makes projects", advice=f"there are: {known}")
        owner, _, name = full_name.rpartition("/")
        steps = [f"repository {full_name}", f"manifest {PATH}"]
        outcomes: list[Outcome] = []
        project: Project | None = None
        try:
            project, was_there = await _ensured(keeper, owner, name, manifest)
            outcomes.append(Outcome(steps[0], Went.WAS_SO if was_there else Went.DONE))
            before = await files.read(project)
            if before.object_id:
                outcomes.append(Outcome(steps[1], Went.WAS_SO))
            else:
                message = f"Begin {manifest.name or name}\n\nAs {principal.username}"
                await files.write(project, manifest, before, message)
                outcomes.append(Outcome(steps[1], Went.DONE))
        except SkyforgeError as error:
            why = str(error)
            if isinstance(error, Forbidden) and owner and project is None:
                why = f"{host} lets you make nothing in {owner}: ask one of its owners"
            outcomes.append(Outcome(steps[len(outcomes)], Went.FAILED, why))
        outcomes += [Outcome(one, Went.LEFT) for one in steps[len(outcomes) :]]
        if project is not None:
            self._bus.publish(SyncRequested(project.id))
        return project, outcomes

    @recorded(_deleted)
    @requires(Permission.PROJECT_DELETE, of="project_id")
    async def delete(self, principal: Principal, project_id: ProjectId, typed: str) -> None:
        """Delete a project's repository with everything in it; `typed` must be its slug.

        Runs, their output and artifacts stay where they are.

        Raises:
            Invalid: `typed` is something else, or nothing can be deleted there.
        """
        project, _ = self._held(project_id)
        if typed != project.slug:
            raise Invalid(
                f"type {project.slug} to delete it", operation="project.delete",
                advice="nothing was deleted",
            )  # fmt: skip
        await self._keepers[upstream_of(project_id)].delete_repository(project)
        self._bus.publish(SyncRequested(None))

    def _held(self, project_id: ProjectId) -> tuple[Project, ManifestFiles]:
        project = self.access.project(project_id)
        if project is None:
            raise NotFound(f"no project {project_id}", advice="list them with projects ls")
        upstream = upstream_of(project_id)
        if upstream not in self._keepers:
            raise Invalid(
                f"{project.slug} is not kept where people are let in",
                operation="project.share", advice="that is done for repositories of a Gitea",
            )  # fmt: skip
        return project, self._manifests[upstream]


async def _ensured(
    keeper: RepositoryKeeper, owner: str, name: str, manifest: ProjectManifest
) -> tuple[Project, bool]:
    """Return the repository, and whether it was there already."""
    found = await keeper.find_repository(f"{owner}/{name}") if owner else None
    if found is not None:
        return found, True
    try:
        made = await keeper.create_repository(
            name, owner=owner, description=manifest.description, is_private=not manifest.is_public
        )
    except Conflict:
        own = await keeper.find_own(name)
        if own is None:
            raise
        return own, True
    return made, False
