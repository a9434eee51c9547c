"""Assembles what commands about runs need, and nothing else: no vendor, no trust, no YAML.

Listing runs is what scripts do all day. Settings are checked only where there are any.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId
from skyforge_tui.jobs.run_watch import RunWatch
from skyforge_tui.jobs.runner import running
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.older_runs import OlderRunsService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.run_parts import RunParts
from skyforge_tui.services.runs import RunService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.store.projects import SqliteProjectCache
from skyforge_tui.store.run_directories import FileRunDirectories
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.wiring.ground import SystemClock, cache_path
from skyforge_tui.wiring.run_servers import open_run_servers

if TYPE_CHECKING:
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.template import Source, Template
    from skyforge_tui.ports.declaring_host import DeclaringHost
    from skyforge_tui.ports.log_store import LogStore
    from skyforge_tui.ports.project_host import ProjectContent, ProjectHost, ProjectListing
    from skyforge_tui.ports.run_engine import RunEngine
    from skyforge_tui.settings.model import Settings


@asynccontextmanager
async def assemble_runs(
    frame: FrameSettings, settings: Settings | None, principal: Principal, *, watch_runs: bool
) -> AsyncIterator[RunParts]:
    """Open what runs need and close it on every way out; see `open_runs`.

    `settings` is None where nothing is configured.
    """
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(open_database(cache_path(frame), CACHE))
        access, bus, clock = Access(), Bus(), SystemClock()
        host = LateHost(frame.roots or (Path.cwd(),), principal.username)
        projects = SqliteProjectCache(cache)
        health = HealthBoard(bus)
        opening = open_run_servers(settings, cache_path(frame).parent, access, health, clock)
        servers = await stack.enter_async_context(opening)
        hosts: list[ProjectHost] = [host, *servers.hosts]
        catalog = Catalog(hosts, projects, NoTrust(), access, bus, health, clock)
        await catalog.open()
        engine = LocalRunEngine(FileRunDirectories(frame.state_dir))
        engines: list[RunEngine] = [engine, *servers.engines]
        logs: dict[str, LogStore] = {LOCAL: FileLogStore(frame.state_dir), **servers.logs}
        index = RunIndex(engines, logs, SqliteRunCache(cache), catalog, bus, health, clock)
        runs = RunService(index, catalog, access, bus, clock)
        jobs = [RunWatch(one, runs, clock) for one in engines] if watch_runs else []
        await stack.enter_async_context(running(jobs, bus, clock))
        older = OlderRunsService(index, catalog, access)
        yield RunParts(runs, older, bus, (LOCAL, *servers.upstreams), cache.notices)


class LateHost:
    """The local workspace, made when somebody first asks whose a run is that nobody knows."""

    upstream = LOCAL

    def __init__(self, roots: Sequence[Path], user: str) -> None:
        self._roots = roots
        self._user = user

    @cached_property
    def _host(self) -> DeclaringHost:
        from skyforge_tui.providers.repositories.local import LocalRepositoryHost

        return LocalRepositoryHost(self._roots, self._user)

    async def list_projects(self) -> ProjectListing:
        """Return the projects, shallow."""
        return await self._host.list_projects()

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether `list_projects` lists this project."""
        return self._host.covers(project_id)

    async def describe(self, project_id: ProjectId) -> Project:
        """Return one project, shallow."""
        return await self._host.describe(project_id)

    async def read_project(self, project: Project) -> ProjectContent:
        """Read files and templates of a project."""
        return await self._host.read_project(project)

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Return the template's sources with their present hashes."""
        return await self._host.fingerprint(template)

    async def page_of(self, project: Project) -> str:
        """Return the address of the project's web page."""
        return await self._host.page_of(project)


class NoTrust:
    """Nothing is launched here, so nobody is trusted."""

    async def trusted(self) -> frozenset[tuple[str, str]]:
        """Return nothing."""
        return frozenset()

    async def trust(self, sources: Sequence[Source], by: str, at: datetime) -> None:
        """Refuse: it would be forgotten.

        Raises: NotImplementedError.
        """
        raise NotImplementedError
