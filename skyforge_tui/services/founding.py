"""Making projects, letting people in and out of them, and removing them.

Everything is said in the manifest first, by a commit that names who did it; the sync makes the rest
so. Making again what failed half-way goes on where it stopped: every step makes sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, SkyforgeError, Stale
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, Role, upstream_of
from skyforge_tui.domain.making import Outcome, Went
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.ports.manifest_files import ManifestFiles
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus

_TRIES = 3
"""How often a change is made anew on what somebody else has written meanwhile."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What shall be different in a manifest: roles by name (NONE puts out), and visibility."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    is_public: bool | None = None


class FoundingService:
    """What one may do to projects themselves, where their host lets repositories be made."""

    def __init__(
        self,
        keepers: Iterable[RepositoryKeeper],
        manifests: Iterable[ManifestFiles],
        access: Access,
        bus: Bus,
    ) -> None:
        self._keepers = {one.upstream: one for one in keepers}
        self._manifests = {one.upstream: one for one in manifests}
        self.access = access
        self._bus = bus

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where projects can be made."""
        return tuple(self._keepers)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

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

    @requires(Permission.PROJECT_SHARE, of="project_id")
    async def share(
        self, principal: Principal, project_id: ProjectId, sharing: Sharing
    ) -> ProjectManifest:
        """Change roles and visibility in the manifest by a commit, and return what it says then.

        What others have written meanwhile stays, whoever it is about, unless it is about the same
        people: then nothing is written.

        Raises:
            Invalid: nobody would own it any more, or nothing would change.
            Conflict: somebody else has changed the same; both are named.
        """
        project, files = self._held(project_id)
        seen = await files.read(project)
        before = seen
        for _ in range(_TRIES):
            _same_or_conflict(seen.manifest, before.manifest, sharing)
            wanted = _shared(before.manifest, project, sharing)
            if wanted == before.manifest:
                raise Invalid(f"{project.slug} says so already", operation="project.share")
            message = f"{_words(sharing)}\n\nAs {principal.username}"
            try:
                await files.write(project, wanted, before, message)
            except Stale:
                before = await files.read(project)
                continue
            self._bus.publish(SyncRequested(project_id))
            return wanted
        raise Conflict(
            f"{PATH} of {project.slug} changes all the time", operation="project.share",
            advice="try again",
        )  # fmt: skip

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


def _same_or_conflict(seen: ProjectManifest, now: ProjectManifest, sharing: Sharing) -> None:
    """Make sure that nobody has changed what is about to be changed since it was seen."""
    for name, role in sharing.roles.items():
        was, became = seen.members.role_of(name), now.members.role_of(name)
        if was is not became and became is not role:
            raise Conflict(
                f"somebody else made {name} {became.word} meanwhile, not {role.word}",
                operation="project.share", advice="look at both, then say it again",
            )  # fmt: skip


def _shared(manifest: ProjectManifest, project: Project, sharing: Sharing) -> ProjectManifest:
    members = manifest.members
    for name, role in sharing.roles.items():
        members = members.with_role(name, role)
    me = project.grant.user if project.grant is not None else ""
    if not members.owners and not members.owner_groups and not manifest.names_an_owner and me:
        # The first people to be named must not shut out who names them.
        members = members.with_role(me, Role.OWNER)
    if members and not (members.owners or members.owner_groups):
        raise Invalid(
            f"{project.slug} would have no owner", operation="project.share",
            advice="make somebody else owner first",
        )  # fmt: skip
    is_public = manifest.is_public if sharing.is_public is None else sharing.is_public
    return replace(manifest, members=members, is_public=is_public)


def _words(sharing: Sharing) -> str:
    """Return the change in a line, as the subject of a commit."""
    words = [
        f"put {name} out" if role is Role.NONE else f"make {name} {role.word}"
        for name, role in sharing.roles.items()
    ]
    if sharing.is_public is not None:
        words.append("make it public" if sharing.is_public else "make it private")
    text = ", ".join(words)
    return text[:1].upper() + text[1:]
