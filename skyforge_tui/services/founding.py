"""Making projects, adopting plain repositories, and removing projects.

Everything is said in the manifest first, by a commit that names who did it; the sync makes the rest
so. Making again what failed half-way goes on where it stopped: every step makes sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.making import Draft, Follower, Outcome, Went
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.services.authorization import requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.foreseeing import foreseen
from skyforge_tui.services.making import IN_STEP, MANIFEST, Making, Wish, Workshop
from skyforge_tui.services.record import Doing, Record, recorded
from skyforge_tui.services.removing import Removing


def _made(_: FoundingService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    yield from _founded(call["wish"], result)


def _adopted(service: FoundingService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    known, where = service.access.project(call["project_id"]), call["project_id"]
    wish = Wish(upstream_of(where), known.slug if known else where, call["manifest"])
    yield from _founded(wish, result)


def _founded(wish: Wish, result: Any) -> Iterator[Doing]:
    """Say what a making did itself; what its sync did is in the record by then, as the sync's."""
    project, outcomes = result or (None, ())
    own = [one for one in outcomes if one.what in (wish.repository_step, MANIFEST, IN_STEP)]
    if own and all(one.went is Went.WAS_SO for one in own):
        return
    words = _words_of(own) or f"{wish.full_name} at {wish.host}"
    failure = _failure_of(own)
    if project is None:
        yield Doing(Deed.CREATE, words, project=wish.full_name, upstream=wish.host, failure=failure)
    else:
        yield Doing(Deed.CREATE, words, project.id, project.slug, failure=failure)


def _deleted(service: FoundingService, call: Mapping[str, Any], outcomes: Any) -> Iterator[Doing]:
    known = service.access.project(call["project_id"])
    words = _words_of(outcomes or ()) or (known.path if known is not None else "")
    failure = _failure_of(outcomes or ())
    yield Doing(Deed.DELETE, words, call["project_id"], failure=failure)


def _words_of(outcomes: Iterable[Outcome]) -> str:
    return ", ".join(one.what for one in outcomes if one.went is Went.DONE)


def _failure_of(outcomes: Iterable[Outcome]) -> str:
    return "; ".join(f"{one.what}: {one.why}" for one in outcomes if one.went is Went.FAILED)


def _asked(*_: object) -> Iterable[Doing]:
    return ()  # nothing is done


class FoundingService:
    """What one may do to projects themselves, where their host lets repositories be made."""

    def __init__(
        self,
        tools: Workshop,
        engines: Mapping[str, RunHost],
        removing: Removing,
        record: Record,
        bus: Bus,
    ) -> None:
        self._tools = tools
        self._engines = engines
        self._removing = removing
        self.access = tools.access
        self.record = record
        self._bus = bus

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where projects can be made."""
        return tuple(self._tools.keepers)

    @property
    def engines(self) -> tuple[str, ...]:
        """On which projects can run."""
        return tuple(self._engines)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @recorded(_asked)
    @requires(Permission.PROJECT_CREATE)
    async def foresee(self, principal: Principal, wish: Wish) -> Draft:
        """Say what making a project would do; nothing is written.

        Raises:
            NotFound: no host is called so.
            Forbidden: it is read-only from here.
        """
        self._check_host(wish.host)
        return await foreseen(self._tools, self._engines, principal, wish)

    @recorded(_made)
    @requires(Permission.PROJECT_CREATE)
    async def create(
        self, principal: Principal, wish: Wish, deadline: datetime, follower: Follower | None = None
    ) -> tuple[Project | None, tuple[Outcome, ...]]:
        """Make sure of a repository with a manifest, and of what that says; tell each step.

        What is there already is left as it is, but for a manifest that it lacks.

        Raises:
            NotFound, Forbidden: as `foresee`.
        """
        self._check_host(wish.host)
        return await self._made(Making(self._tools, principal, wish), deadline, follower)

    @recorded(_asked)
    @requires(Permission.PROJECT_SHARE, of="project_id")
    async def foresee_adoption(
        self, principal: Principal, project_id: ProjectId, manifest: ProjectManifest
    ) -> Draft:
        """Say what making a plain repository a project with a manifest would do."""
        project = self._plain(project_id)
        wish = _wish_of(project, manifest)
        return await foreseen(self._tools, self._engines, principal, wish, project)

    @recorded(_adopted)
    @requires(Permission.PROJECT_SHARE, of="project_id")
    async def adopt(
        self,
        principal: Principal,
        project_id: ProjectId,
        manifest: ProjectManifest,
        deadline: datetime,
        follower: Follower | None = None,
    ) -> tuple[Project | None, tuple[Outcome, ...]]:
        """Write a manifest into a repository that has none, and make sure of what it says.

        Raises:
            Invalid: it is kept where no manifest can be written, or has one.
        """
        project = self._plain(project_id)
        making = Making(self._tools, principal, _wish_of(project, manifest), project)
        return await self._made(making, deadline, follower)

    @recorded(_asked)
    @requires(Permission.PROJECT_DELETE, of="project_id")
    async def foresee_deletion(self, principal: Principal, project_id: ProjectId) -> Draft:
        """Say what deleting a project would remove where, and what stays; nothing is deleted.

        Raises:
            Invalid: nothing can be deleted there.
        """
        project = self._held(project_id)
        return await self._removing.look(project)

    @recorded(_deleted)
    @requires(Permission.PROJECT_DELETE, of="project_id")
    async def delete(
        self,
        principal: Principal,
        project_id: ProjectId,
        typed: str,
        follower: Follower | None = None,
        seen: Draft | None = None,
    ) -> tuple[Outcome, ...]:
        """Delete a project: its place on the run engine, then its repository; tell each step.

        `typed` must be its slug. Artifacts, labs and output that was read stay where they are.

        Raises:
            Invalid: `typed` is something else, or nothing can be deleted there.
            Unavailable: not everything could be looked at; nothing was deleted.
            Conflict: more would go than was `seen`, or others write; nothing was deleted.
        """
        project = self._held(project_id)
        if typed != project.slug:
            raise Invalid(
                f"type {project.slug} to delete it", operation="project.delete",
                advice="nothing was deleted",
            )  # fmt: skip
        follower = follower or Follower()
        try:
            await self._removing.run(project, follower, seen)
        finally:
            if follower.outcomes:
                self._bus.publish(SyncRequested(None))
        return follower.outcomes

    async def _made(
        self, making: Making, deadline: datetime, follower: Follower | None
    ) -> tuple[Project | None, tuple[Outcome, ...]]:
        follower = follower or Follower()
        try:
            await making.run(deadline, follower)
        finally:
            if making.project is not None:
                self._bus.publish(SyncRequested(None))  # its run engine has another one as well
        return making.project, follower.outcomes

    def _check_host(self, host: str) -> None:
        if host not in self._tools.keepers:
            known = ", ".join(self.hosts) or "none; skyforge connect gitea makes one known"
            raise NotFound(f"no host {host} makes projects", advice=f"there are: {known}")
        if self.access.guard(f"{host}:") is Guard.READ_ONLY:
            raise Forbidden(
                f"{host} is read-only from here", operation="project.create",
                advice="its guard is set in your configuration",
            )  # fmt: skip

    def _plain(self, project_id: ProjectId) -> Project:
        project = self.access.known(project_id)
        if upstream_of(project_id) not in self._tools.manifests:
            raise Invalid(
                f"{project.slug} is kept where no manifest can be written",
                operation="project.adopt", advice="that is done for git repositories",
            )  # fmt: skip
        if project.manifest is not None:
            raise Invalid(f"{project.slug} has a manifest already", operation="project.adopt",
                          advice="share and sync work on it")  # fmt: skip
        return project

    def _held(self, project_id: ProjectId) -> Project:
        project = self.access.known(project_id)
        if upstream_of(project_id) not in self._tools.keepers:
            raise Invalid(
                f"{project.slug} is not kept where projects are made", operation="project.delete",
                advice="that is done for repositories of a Gitea",
            )  # fmt: skip
        return project


def _wish_of(project: Project, manifest: ProjectManifest) -> Wish:
    """Return the wish that a repository that is there has this manifest."""
    return Wish(upstream_of(project.id), project.slug, manifest)
