"""Keeps projects in step with their manifests: plans read anew, and written only when asked to.

One pass at a time among all programs that share a state directory; projects side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from skyforge_tui.domain.errors import Conflict, Invalid, SkyforgeError
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.making import Follower
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.ports.claims import Claims
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.manifest_files import ManifestFiles
from skyforge_tui.ports.project_secrets import SecretSource
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.ports.sealer import Sealer
from skyforge_tui.ports.sync_book import SyncBook, SyncMemory
from skyforge_tui.services.authorization import YES, Access, requires
from skyforge_tui.services.blueprint_side import BlueprintSide
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.deadlines import LATE, left_s, until
from skyforge_tui.services.engine_side import engine_sides
from skyforge_tui.services.learning import together
from skyforge_tui.services.reconciling import Reconciling, Side
from skyforge_tui.services.record import Record, recorded
from skyforge_tui.services.standings import Standings
from skyforge_tui.services.sync_deeds import brought
from skyforge_tui.services.sync_servers import Shared, SyncServers
from skyforge_tui.services.sync_sides import Known, RepositorySide

AT_ONCE: Final = 8
"""How many projects go side by side."""
CLAIM: Final = "project-sync"
OPERATION: Final = "project.sync"
_GONE: Final = "its repository is not listed any more: nothing was changed"


class ProjectCareService:
    """Plans what is due for projects that have a manifest, and does it."""

    def __init__(
        self,
        hosts: Iterable[RepositoryHost],
        manifests: Iterable[ManifestFiles],
        engines: Iterable[RunHost],
        book: SyncBook,
        sealer: Sealer,
        secrets: SecretSource,
        claims: Claims,
        access: Access,
        standings: Standings,
        record: Record,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._servers = SyncServers(hosts, engines, secrets)
        self._manifests = {one.upstream: one for one in manifests}
        self._book = book
        self._sealer = sealer
        self._claims = claims
        self.access = access
        self.record = record
        self._standings = standings
        self._bus = bus
        self._clock = clock

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @recorded(brought)
    @requires(Permission.PROJECT_RECONCILE, of="project_id")
    async def run_for_project(
        self,
        principal: Principal,
        project_id: ProjectId,
        deadline: datetime,
        *,
        applies: bool,
        is_attended: bool = True,
        follower: Follower | None = None,
    ) -> SyncReport:
        """Bring one project into step before `deadline`, or only plan it; see `run_once`.

        `follower` is told of each step.

        Raises:
            NotFound: there is no such project.
            Invalid: it has no manifest, or is kept where nothing can be written.
            Conflict: another pass goes on.
        """
        project = self.access.known(project_id)
        if project.manifest is None:
            first = next(iter(project.mistakes), "")
            raise Invalid(
                first or f"{project.slug} has no manifest", operation=OPERATION,
                advice="correct it there first" if first
                else "write .skyforge/project.toml in its repository",
            )  # fmt: skip
        if upstream_of(project_id) not in self._servers.keepers:
            raise Invalid(f"{project.slug} is kept here, and needs no step", operation=OPERATION)
        async with self._turn(applies=applies):
            shared = self._servers.shared()
            async with until(deadline, self._clock, OPERATION):
                bare = await self._servers.hosts[upstream_of(project_id)].describe(project_id)
                known = await self._known(bare, project.manifest, shared, is_attended=is_attended)
                known.is_alone = True
                await self._read_anew(known)
            return await self._brought(
                principal, known, deadline, shared, applies=applies, follower=follower
            )

    @recorded(brought)
    @requires(Permission.PROJECT_SYNC)
    async def run_once(
        self, principal: Principal, deadline: datetime, *, applies: bool, is_attended: bool = True
    ) -> list[SyncReport]:
        """Bring every project into step that has a manifest and that one may, by slug.

        One project's errors stop no other, and what the deadline cuts off is said of each, as is
        what is wrong in a manifest. Where nobody attends, it stays who owns what.

        Raises:
            Conflict: another pass goes on.
        """
        kept = [
            one
            for one in self.access.projects()
            if upstream_of(one.id) in self._servers.keepers
            and self.access.decide(principal, Permission.PROJECT_RECONCILE, one.id) == YES
        ]
        wanted = {one.id: one.manifest for one in kept if one.manifest is not None}
        broken = [
            SyncReport(one.id, one.slug, errors=one.mistakes)
            for one in kept
            if one.manifest is None and one.mistakes
        ]
        async with self._turn(applies=applies):
            upstreams = {upstream_of(one) for one in wanted}
            found, unlisted = await self._servers.listed(upstreams, left_s(deadline, self._clock))
            shared, turns = self._servers.shared(), asyncio.Semaphore(AT_ONCE)

            async def brought(project_id: ProjectId, manifest: ProjectManifest) -> SyncReport:
                there = found.get(project_id)
                if there is None:
                    why = unlisted.get(project_id) or unlisted.get(upstream_of(project_id), _GONE)
                    return self._unread(project_id, why)
                try:
                    async with turns:
                        known = await self._known(there, manifest, shared, is_attended=is_attended)
                        known.notes += self.access.known(project_id).mistakes
                        return await self._brought(
                            principal, known, deadline, shared, applies=applies
                        )
                except SkyforgeError as error:  # what is remembered here cannot be had
                    return self._unread(project_id, str(error))

            async with asyncio.TaskGroup() as group:
                works = [group.create_task(brought(*one)) for one in wanted.items()]
        return sorted([*broken, *(one.result() for one in works)], key=lambda one: one.slug)

    async def _known(
        self, project: Project, manifest: ProjectManifest, shared: Shared, *, is_attended: bool
    ) -> Known:
        """Return what both sides of a project begin with."""
        memory, seal = await self._book.memory(project.id), await self._sealer.seal()
        secrets = await shared.secrets.of(project)
        return Known(project, manifest, memory, seal, secrets, is_attended=is_attended)

    async def _read_anew(self, known: Known) -> None:
        """Know what the manifest says by now: somebody may have written it a moment ago."""
        files = self._manifests.get(upstream_of(known.project.id))
        if files is None:
            return
        try:
            known.manifest = (await files.read(known.project)).manifest
        except Invalid as error:
            known.notes.append(f"{error.message}: taken as it was read before")

    async def _is_other(self, work: Reconciling) -> bool:
        """Say whether a manifest is another by now than that by which something is due.

        It may have been read a while ago, and people put out or let in since.
        """
        known = work.known
        if not work.is_due:
            return False
        before, notes = known.manifest, [*known.notes]
        try:
            await self._read_anew(known)
        except SkyforgeError as error:
            work.give_up(f"its manifest was not read: {error}")
            return False
        if known.manifest == before:
            return False
        known.notes = known.notes[len(notes) :]
        return True

    async def _brought(
        self,
        principal: Principal,
        known: Known,
        deadline: datetime,
        shared: Shared,
        *,
        applies: bool,
        follower: Follower | None = None,
    ) -> SyncReport:
        project, memory = known.project, known.memory
        work = self._work(principal, known, shared, follower)
        try:
            with self._servers.counting() as counted:
                async with asyncio.timeout(left_s(deadline, self._clock)):
                    await work.look()
                    if applies and not known.is_alone and await self._is_other(work):
                        work = self._work(principal, known, shared, follower)
                        await work.look()
                    if applies:
                        await work.act()
        except TimeoutError:
            work.errors.append(LATE)
        finally:
            # Also of a pass that is cancelled: what was made must be found again.
            by = principal.username if work.done else memory.by
            learned = replace(work.known.memory, turn=memory.turn + 1, by=by)
            is_news = await self._is_kept(learned, memory, work)
        requests = {name: sum(counts.values()) for name, counts in counted.items()}
        requests = {name: count for name, count in requests.items() if count}
        report = replace(work.report(), requests=requests)
        now = self._clock.now()
        kept = replace(learned, report=report, reported_at=now)
        if is_news and await self._is_kept(kept, learned, work):
            self._standings.learn(report, now)
        if work.done:
            self._bus.publish(SyncRequested(project.id))
        return replace(report, errors=tuple(work.errors))

    async def _is_kept(self, learned: SyncMemory, before: SyncMemory, work: Reconciling) -> bool:
        """Remember what was learned, and say whether it is; that it cannot be is an error.

        What was done was done, and is told whether it can be remembered or not.
        """
        has_written = bool(work.done)

        def change(now: SyncMemory) -> SyncMemory:
            return together(before, now, learned, has_written=has_written)

        try:
            kept = await self._book.change(work.known.project.id, change)
        except SkyforgeError as error:
            work.errors.append(f"what is known of it cannot be remembered: {error}")
            return False
        return has_written or kept == learned

    def _work(
        self, principal: Principal, known: Known, shared: Shared, follower: Follower | None
    ) -> Reconciling:
        upstream = upstream_of(known.project.id)
        sides: list[Side] = [RepositorySide(known, self._servers.keepers[upstream])]
        if known.manifest.blueprint:
            blueprints = shared.blueprints[upstream]
            sides.append(BlueprintSide(known, blueprints, principal.username))
        engine, errors = engine_sides(known, shared.lists, self.access)
        problems = [*known.secrets.problems, *errors]
        return Reconciling(known, [*sides, *engine], problems, follower)

    def _unread(self, project_id: ProjectId, why: str) -> SyncReport:
        """Return the report of a project of which nothing could be known, and nothing was done."""
        return SyncReport(project_id, self.access.known(project_id).slug, errors=(why,))

    @asynccontextmanager
    async def _turn(self, *, applies: bool) -> AsyncIterator[None]:
        if not applies:
            yield
            return
        async with self._claims.claim(CLAIM) as is_ours:
            if not is_ours:
                raise Conflict(
                    "another program is syncing projects", operation=OPERATION,
                    advice="wait for it, then try again",
                )  # fmt: skip
            yield
