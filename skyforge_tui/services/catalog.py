"""What is known of projects, templates and trust: one memory that the services share.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path

from skyforge_tui.domain.errors import Conflict, NotFound, Refused, Unavailable
from skyforge_tui.domain.events import NoticeRaised, ProjectsChanged
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import ProjectId, TemplateId, upstream_of
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.project import Project, is_at_or_below
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.cache import ProjectCache, TrustStore
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.project_host import ProjectContent, ProjectHost
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.comparing import as_known, bare, by_name, in_order
from skyforge_tui.services.declaring import hashed
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.reconcile import reconcile
from skyforge_tui.services.remains import is_there, remains_of
from skyforge_tui.services.side_by_side import as_they_come
from skyforge_tui.services.trusted_content import TrustedContent, demanded

_READ_AT_ONCE = 16
"""Projects read side by side: enough to hide the disk, few enough to stay responsive."""


class Catalog:
    """Remembers projects, templates and trusted content, and reads them anew from their hosts."""

    def __init__(
        self,
        hosts: Iterable[ProjectHost],
        cache: ProjectCache,
        trust: TrustStore,
        access: Access,
        bus: Bus,
        health: HealthBoard,
        clock: Clock,
    ) -> None:
        self.access = access
        self._hosts = {host.upstream: host for host in hosts}
        self.upstreams = tuple(self._hosts)
        self._cache = cache
        self.trusted = TrustedContent(trust, clock)
        self._bus = bus
        self._health = health
        self._clock = clock
        self._templates: dict[TemplateId, Template] = {}
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._writing = asyncio.Lock()
        self._said: set[Notice] = set()
        self.unread: dict[str, Unavailable | Refused] = {}
        """Why hosts were not read when they were tried last."""

    async def open(self) -> None:
        """Remember what was cached and trusted; call once, before anything else."""
        self.access.learn(await self._cache.projects())
        self._templates = {one.id: one for one in await self._cache.templates()}
        await self.trusted.recall()

    def template(self, template_id: TemplateId) -> Template | None:
        """Return a template as last read, with its trust."""
        found = self._templates.get(template_id)
        return None if found is None else self.trusted.judged(found)

    def templates_of(self, project_id: ProjectId) -> tuple[Template, ...]:
        """Return a project's templates with their trust, by name."""
        return tuple(self.trusted.judged(one) for one in self._bare_templates(project_id))

    @property
    def bare_templates(self) -> Collection[Template]:
        """All templates as last read, whether trusted or not."""
        return self._templates.values()

    def covered(self) -> list[Project]:
        """Return the projects of the current workspaces."""
        known = self.access.projects()
        there = [(one, self._hosts.get(upstream_of(one.id))) for one in known if is_there(one)]
        return [one for one, host in there if host is not None and host.covers(one.id)]

    def project_at(self, path: Path) -> Project:
        """Return the innermost project that holds `path`.

        Raises:
            NotFound: no project does.
        """
        around = [one for one in self.covered() if is_at_or_below(str(path), one.path)]
        if not around:
            advice = "start skyforge in or above that folder"
            raise NotFound(f"no project holds {path}", advice=advice)
        return max(around, key=lambda one: len(one.path))

    async def page_of(self, project_id: ProjectId) -> str:
        """Return the address of a project's web page; empty when it has none."""
        project = self.access.project(project_id)
        return "" if project is None else await self._host(project_id).page_of(project)

    async def trust(self, project_id: ProjectId, sources: Sequence[Source], by: str) -> None:
        """Remember that `by` trusts exactly this content."""
        await self.trusted.trust(sources, by)
        self._bus.publish(ProjectsChanged(frozenset({project_id})))

    async def current(self, template_id: TemplateId) -> Template:
        """Return a template as it is at its host now, trusted or not.

        Raises:
            NotFound: it is gone.
            Conflict: what is there now cannot be read as a template.
        """
        await self._recall_trust()
        known = self.template(template_id)
        if known is None:
            raise NotFound(f"no template {template_id}", advice="list them with templates ls")
        host = self._host(known.project_id)
        if known.is_hosted:
            return known  # whoever starts it asks its server
        if await hashed(host, known) != known.sources:
            await self.read(known.project_id)
            known = self.template(template_id)
            if known is None:
                raise NotFound(f"{template_id} is gone", advice="list them with templates ls")
            if await hashed(host, known) != known.sources:
                # What is remembered of it may be trusted; what would run is something else.
                raise Conflict(
                    f"{known.name} changed and could not be read again",
                    operation="run.start",
                    advice="look at the project's notices, then launch again",
                )
        return known

    async def fresh(self, template_id: TemplateId) -> Template:
        """Return a template as it is at its host now, and trusted.

        Raises: as `current`; Untrusted, if it was never trusted, or changed since.
        """
        return demanded(await self.current(template_id))

    async def know(self, project_ids: Collection[ProjectId]) -> None:
        """Make sure that projects named by runs are known, so that their roles are."""
        unknown = [one for one in set(project_ids) if self.access.project(one) is None]
        found = [
            await self._host(one).describe(one)
            for one in unknown
            if upstream_of(one) in self._hosts
        ]
        async with self._writing:
            # Somebody may have read one in depth meanwhile: that is worth more.
            found = [one for one in found if self.access.project(one.id) is None]
            if found:
                await self._write(found, {}, frozenset())

    async def read(self, project_id: ProjectId) -> None:
        """Read one project anew and write what differs."""
        project = self.access.known(project_id)
        await self._recall_trust()
        async with self._reading[upstream_of(project_id)]:
            await self._read([project])

    async def read_all(self, upstream: str | None = None) -> None:
        """Read every project of every host, or of one, anew and write what differs.

        Raises:
            Unavailable, Refused: a host did not answer, or not to us; the others were read.
        """
        await self._recall_trust()
        wanted = [one for one in self._hosts.values() if upstream in (None, one.upstream)]
        await asyncio.gather(*(self._try(host) for host in wanted))
        failed = (self.unread[one.upstream] for one in wanted if one.upstream in self.unread)
        if error := next(failed, None):
            raise error

    async def _try(self, host: ProjectHost) -> None:
        try:
            async with self._reading[host.upstream]:
                await self._read_host(host)
        except (Unavailable, Refused) as error:
            self._health.failed(host.upstream, error)
            self.unread[host.upstream] = error
        else:
            self.unread.pop(host.upstream, None)

    async def _recall_trust(self) -> None:
        """Hear what another process trusted meanwhile, and tell whose templates that changes."""
        if paths := await self.trusted.recall():
            some = (one for one in self.bare_templates if paths & {s.path for s in one.sources})
            judged = {one.project_id for one in some}
            if judged:
                self._bus.publish(ProjectsChanged(frozenset(judged)))

    async def _read_host(self, host: ProjectHost) -> None:
        listing = await host.list_projects()
        for notice in listing.notices:
            if notice not in self._said:
                self._said.add(notice)
                self._bus.publish(NoticeRaised(notice))
        mine = (one for one in self.covered() if upstream_of(one.id) == host.upstream)
        cached = {one.id: one.path for one in mine}
        seen = {one.id: one.path for one in listing.projects}
        gone = reconcile(seen, cached, listing.unreadable).gone
        if gone:
            await self._store([], {}, gone)
        projects = listing.projects
        new = [bare(one) for one in projects if self.access.project(one.id) is None]
        if len(new) > _READ_AT_ONCE:  # that they are there is worth telling before all are read
            await self._store(new, {}, frozenset())
        await self._read(projects)
        self._health.answered(host.upstream, self._clock.now())
        self._health.told(host.upstream, Subject.PROJECTS)

    async def _read(self, projects: Sequence[Project]) -> None:
        works = [partial(self._read_one, one) for one in projects]
        async with aclosing(as_they_come(works, _READ_AT_ONCE)) as reading:
            async for read in reading:
                await self._keep(read)

    async def _keep(self, read: Sequence[tuple[Project, ProjectContent | None]]) -> None:
        """Write what differs in projects that were read; None stands for one that is gone."""
        fresh = {got.project.id: in_order(got) for _, got in read if got is not None}
        known = {
            one: (bare(project), self._bare_templates(one))
            for one in fresh
            if (project := self.access.project(one)) is not None and project.seen_at is not None
        }
        now = self._clock.now()
        difference = reconcile(
            {one: (bare(got.project), got.templates) for one, got in fresh.items()}, known
        )
        changed = [replace(fresh[one].project, seen_at=now) for one in difference.keys]
        templates = {one: fresh[one].templates for one in difference.keys}
        gone = frozenset(project.id for project, got in read if got is None)
        if changed or gone:
            await self._store(changed, templates, gone)

    async def _read_one(self, project: Project) -> tuple[Project, ProjectContent | None]:
        host = self._host(project.id)
        try:
            return project, await host.read_project(project)
        except NotFound:
            return project, None
        except Unavailable as error:
            known = self.access.project(project.id) or project
            kept = self._bare_templates(project.id)
            return project, ProjectContent(as_known(project, known, error), kept)

    async def _store(
        self,
        changed: Sequence[Project],
        templates: dict[ProjectId, tuple[Template, ...]],
        gone: frozenset[ProjectId],
    ) -> None:
        remains = await remains_of(gone, self._host)
        none_left = dict.fromkeys((one.id for one in remains), ())
        async with self._writing:
            await self._write(
                [*changed, *remains], {**templates, **none_left}, gone - none_left.keys()
            )

    async def _write(
        self,
        changed: Sequence[Project],
        templates: dict[ProjectId, tuple[Template, ...]],
        gone: frozenset[ProjectId],
    ) -> None:
        """Commit, remember, tell, in that order; one at a time."""
        await self._cache.write(changed, templates, gone)
        projects = {one.id: one for one in self.access.projects() if one.id not in gone}
        projects.update((one.id, one) for one in changed)
        self.access.learn(projects.values())
        replaced = gone | templates.keys()
        kept = {key: one for key, one in self._templates.items() if one.project_id not in replaced}
        kept.update((one.id, one) for several in templates.values() for one in several)
        self._templates = kept
        self._bus.publish(ProjectsChanged(gone | {one.id for one in changed}))

    def _bare_templates(self, project_id: ProjectId) -> tuple[Template, ...]:
        return by_name(one for one in self._templates.values() if one.project_id == project_id)

    def _host(self, project_id: ProjectId) -> ProjectHost:
        """Return the host of a project; what was cached may belong to one no longer configured."""
        host = self._hosts.get(upstream_of(project_id))
        if host is None:
            name, advice = upstream_of(project_id), "see config show for those that are configured"
            raise NotFound(f"no repository host named {name}", advice=advice)
        return host
