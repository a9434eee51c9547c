"""What is known of projects, templates and trust: one memory that the services share.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.events import NoticeRaised, ProjectsChanged
from skyforge_tui.domain.identity import ProjectId, TemplateId, upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.cache import ProjectCache, TrustStore
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.repository_host import ProjectContent, RepositoryHost
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.reconcile import reconcile

_READ_AT_ONCE = 16
"""Projects read side by side: enough to hide the disk, few enough to stay responsive."""


class Catalog:
    """Remembers projects, templates and trusted content, and reads them anew from their hosts."""

    def __init__(
        self,
        hosts: Iterable[RepositoryHost],
        cache: ProjectCache,
        trust: TrustStore,
        access: Access,
        bus: Bus,
        health: HealthBoard,
        clock: Clock,
    ) -> None:
        self.access = access
        self._hosts = {host.upstream: host for host in hosts}
        self._cache = cache
        self._trust = trust
        self._bus = bus
        self._health = health
        self._clock = clock
        self._templates: dict[TemplateId, Template] = {}
        self._trusted: frozenset[tuple[str, str]] = frozenset()
        self._reading = asyncio.Lock()
        self._said: set[Notice] = set()

    async def open(self) -> None:
        """Remember what was cached and trusted; call once, before anything else."""
        self.access.learn(await self._cache.projects())
        self._templates = {one.id: one for one in await self._cache.templates()}
        self._trusted = await self._trust.trusted()

    def template(self, template_id: TemplateId) -> Template | None:
        """Return a template as last read, with its trust."""
        found = self._templates.get(template_id)
        return None if found is None else self._with_trust(found)

    def templates_of(self, project_id: ProjectId) -> tuple[Template, ...]:
        """Return a project's templates with their trust, by name."""
        return tuple(self._with_trust(one) for one in self._bare_templates(project_id))

    def covered(self) -> list[Project]:
        """Return the projects of the current workspaces."""
        return [
            one
            for one in self.access.projects()
            if upstream_of(one.id) in self._hosts and self._host(one.id).covers(one.id)
        ]

    def project_at(self, path: Path) -> Project:
        """Return the innermost project that holds `path`.

        Raises:
            NotFound: no project does.
        """
        around = [one for one in self.covered() if is_at_or_below(str(path), one.path)]
        if not around:
            raise NotFound(
                f"no project holds {path}", advice="start skyforge in or above that folder"
            )
        return max(around, key=lambda one: len(one.path))

    async def trust(self, project_id: ProjectId, sources: Sequence[Source], by: str) -> None:
        """Remember that `by` trusts exactly this content."""
        await self._trust.trust(sources, by, self._clock.now())
        self._trusted = await self._trust.trusted()
        self._bus.publish(ProjectsChanged(frozenset({project_id})))

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Read a template's source files again and return their present hashes."""
        return await self._host(template.project_id).fingerprint(template)

    async def know(self, project_ids: Collection[ProjectId]) -> None:
        """Make sure that projects named by runs are known, so that their roles are."""
        unknown = [one for one in set(project_ids) if self.access.project(one) is None]
        found = [
            await self._host(one).describe(one)
            for one in unknown
            if upstream_of(one) in self._hosts
        ]
        if found:
            await self._store(found, {}, frozenset())

    async def read(self, project_id: ProjectId) -> None:
        """Read one project anew and write what differs."""
        project = self.access.project(project_id)
        if project is None:
            raise NotFound(f"no project {project_id}")
        async with self._reading:
            await self._read([project])

    async def read_all(self) -> None:
        """Read every project of every host anew and write what differs.

        Raises:
            Unavailable: a host did not answer; what was known stays.
        """
        async with self._reading:
            for host in self._hosts.values():
                await self._read_host(host)

    async def _read_host(self, host: RepositoryHost) -> None:
        try:
            listing = await host.list_projects()
        except Unavailable as error:
            self._health.failed(host.upstream, error)
            raise
        for notice in listing.notices:
            if notice not in self._said:
                self._said.add(notice)
                self._bus.publish(NoticeRaised(notice))
        cached = {
            one.id: one.path
            for one in self.access.projects()
            if upstream_of(one.id) == host.upstream and host.covers(one.id)
        }
        seen = {one.id: one.path for one in listing.projects}
        gone = reconcile(seen, cached, listing.unreadable).gone
        if gone:
            await self._store([], {}, gone)
        projects = listing.projects
        for start in range(0, len(projects), _READ_AT_ONCE):
            await self._read(projects[start : start + _READ_AT_ONCE])
        self._health.answered(host.upstream, self._clock.now())

    async def _read(self, projects: Sequence[Project]) -> None:
        contents = await asyncio.gather(*(self._read_one(one) for one in projects))
        fresh = {one.project.id: one for one in contents if one is not None}
        known = {
            one: (self._bare(project), self._bare_templates(one))
            for one in fresh
            if (project := self.access.project(one)) is not None
        }
        now = self._clock.now()
        difference = reconcile(
            {one: (self._bare(got.project), got.templates) for one, got in fresh.items()}, known
        )
        changed = [replace(fresh[one].project, seen_at=now) for one in difference.keys]
        templates = {one: fresh[one].templates for one in difference.keys}
        gone = frozenset(
            project.id for project, got in zip(projects, contents, strict=True) if got is None
        )
        if changed or gone:
            await self._store(changed, templates, gone)

    async def _read_one(self, project: Project) -> ProjectContent | None:
        host = self._host(project.id)
        try:
            return await host.read_project(project)
        except NotFound:
            return None
        except Unavailable as error:
            notice = Notice(
                Severity.WARNING, f"{project.slug} cannot be read", error.message,
                project.path, error.advice,
            )  # fmt: skip
            return ProjectContent(
                replace(project, notices=(notice,)), self._bare_templates(project.id)
            )

    async def _store(
        self,
        changed: Sequence[Project],
        templates: dict[ProjectId, tuple[Template, ...]],
        gone: frozenset[ProjectId],
    ) -> None:
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
        mine = (one for one in self._templates.values() if one.project_id == project_id)
        return tuple(sorted(mine, key=lambda one: one.name))

    def _with_trust(self, template: Template) -> Template:
        pairs = {(one.path, one.sha256) for one in template.sources}
        return replace(template, is_trusted=bool(pairs) and pairs <= self._trusted)

    def _host(self, project_id: ProjectId) -> RepositoryHost:
        return self._hosts[upstream_of(project_id)]

    @staticmethod
    def _bare(project: Project) -> Project:
        return replace(project, seen_at=None)


def is_at_or_below(path: str, folder: str) -> bool:
    """Say whether `path` is `folder` or something in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
