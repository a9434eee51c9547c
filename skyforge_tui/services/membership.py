"""Who is what in a project: looked at with what its servers grant, and changed by a commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Stale
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, Role, upstream_of
from skyforge_tui.domain.members import is_user_name
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Overtaken, Seen, Shared, Sharing, difference, meeting
from skyforge_tui.ports.manifest_files import ManifestFile, ManifestFiles
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.ports.sync_book import SyncBook
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.record import Doing, Record, recorded
from skyforge_tui.services.seats import Seats, Told

OPERATION = "project.share"
_TRIES = 3
"""How often a change is made anew on what somebody else has written meanwhile."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Everybody in a project, and the manifest that says so."""

    project: Project
    seen: Seen
    seats: tuple[Seat, ...]
    """By role, then by name."""
    engine: str = ""
    """Whose members `on_engine` tells; empty where nobody's are known."""


def _shares(service: MembershipService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    project_id, sharing = call["project_id"], call["sharing"]
    known = service.access.project(project_id)
    before = result.before if isinstance(result, Shared) else known.manifest if known else None
    for deed, words in sharing.deeds(before or ProjectManifest()):
        yield Doing(deed, words, project_id)


class MembershipService:
    """What one may know and change of the people in projects, where people are let in."""

    def __init__(
        self,
        keepers: Iterable[RepositoryKeeper],
        manifests: Iterable[ManifestFiles],
        engines: Iterable[RunHost],
        book: SyncBook,
        access: Access,
        record: Record,
        bus: Bus,
    ) -> None:
        self._keepers = {one.upstream: one for one in keepers}
        self._manifests = {one.upstream: one for one in manifests}
        self._seats = Seats(self._keepers, engines, book)
        self.access = access
        self.record = record
        self._bus = bus

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where people are let in."""
        return tuple(self._keepers)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def look(
        self, principal: Principal, project_id: ProjectId, told: Told = lambda *_: None
    ) -> Membership:
        """Return everybody whom the manifest names, or whom a server lets in, with why.

        It costs a request for each; `told` hears how far it is.

        Raises:
            Invalid: it is kept where nobody is let in, or its manifest cannot be read.
        """
        project, files = self._held(project_id)
        found = await files.read(project)
        engine, seats = await self._seats.of(project, found.manifest, told)
        return Membership(project, _seen(found), seats, engine)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def seen_at(self, principal: Principal, project_id: ProjectId, object_id: str) -> Seen:
        """Return the manifest whose content had a name, as far as its newest commits know it.

        Raises:
            NotFound: none of them does.
        """
        project, files = self._held(project_id)
        refs = ["", *(one.sha for one in await files.commits(project))]
        for ref in refs:
            found = await files.read(project, ref)
            if found.object_id == object_id:
                return _seen(found)
        raise NotFound(
            f"no newer manifest of {project.slug} is called {object_id}", operation=OPERATION,
            advice=f"skyforge projects members {project.slug} --json tells the present one",
        )  # fmt: skip

    @recorded(_shares)
    @requires(Permission.PROJECT_SHARE, of="project_id")
    async def share(
        self,
        principal: Principal,
        project_id: ProjectId,
        sharing: Sharing,
        seen: Seen | None = None,
    ) -> Shared:
        """Change roles and visibility in the manifest by a commit; return it before and after.

        What others have written meanwhile stays, whoever it is about, unless it is about the same
        people. `seen` is what the person was looking at: when it is not that any more, nothing is
        written, so that they see both first.

        Raises:
            Invalid: nobody would own it any more, or nothing would change.
            Overtaken: somebody else has changed the same, or what was seen.
            Conflict: it changes all the time.
        """
        project, files = self._held(project_id)
        before = await files.read(project)
        if seen is not None and seen.object_id != before.object_id:
            raise await self._overtaken(project, files, sharing, seen, before)
        start = _seen(before)
        for _ in range(_TRIES):
            if meeting(sharing, difference(start.manifest, before.manifest)):
                raise await self._overtaken(project, files, sharing, start, before)
            wanted = _changed(before.manifest, project, sharing)
            if wanted == before.manifest:
                raise Invalid(f"{project.slug} says so already", operation=OPERATION)
            try:
                message = f"{sharing.subject}\n\nAs {principal.username}"
                await files.write(project, wanted, before, message)
            except Stale:
                before = await files.read(project)
                if seen is not None:
                    raise await self._overtaken(project, files, sharing, seen, before) from None
                continue
            self._bus.publish(SyncRequested(project_id))
            return Shared(before.manifest, wanted)
        raise Conflict(
            f"{PATH} of {project.slug} changes all the time", operation=OPERATION,
            advice="try again",
        )  # fmt: skip

    @requires(Permission.PROJECT_SHARE, of="project_id")
    async def find_people(
        self, principal: Principal, project_id: ProjectId, text: str
    ) -> tuple[str, ...]:
        """Return the names of people of the project's server that hold a text."""
        project, _ = self._held(project_id)
        return await self._keepers[upstream_of(project.id)].find_people(text)

    async def _overtaken(
        self, project: Project, files: ManifestFiles, mine: Sharing, seen: Seen, now: ManifestFile
    ) -> Overtaken:
        commits = await files.commits(project)
        return Overtaken(project.slug, mine, seen, _seen(now), commits[0] if commits else None)

    def _held(self, project_id: ProjectId) -> tuple[Project, ManifestFiles]:
        project = self.access.known(project_id)
        upstream = upstream_of(project_id)
        if upstream not in self._keepers:
            raise Invalid(
                f"{project.slug} is not kept where people are let in", operation=OPERATION,
                advice="that is done for repositories of a Gitea",
            )  # fmt: skip
        return project, self._manifests[upstream]


def _seen(file: ManifestFile) -> Seen:
    return Seen(file.manifest, file.object_id)


def _changed(manifest: ProjectManifest, project: Project, sharing: Sharing) -> ProjectManifest:
    members = manifest.members
    for name, role in sharing.roles.items():
        if not is_user_name(name):  # of a manifest with such a name no member counts
            raise Invalid(f"{name!r} can be nobody's name", operation=OPERATION)
        members = members.with_role(name, role)
    me = project.grant.user if project.grant is not None else ""
    if not members.owners and not members.owner_groups and not manifest.names_an_owner and me:
        # The first people to be named must not shut out who names them.
        members = members.with_role(me, Role.OWNER)
    if members and not (members.owners or members.owner_groups):
        raise Invalid(
            f"{project.slug} would have no owner", operation=OPERATION,
            advice="make somebody else owner first",
        )  # fmt: skip
    is_public = manifest.is_public if sharing.is_public is None else sharing.is_public
    return replace(manifest, members=members, is_public=is_public)
