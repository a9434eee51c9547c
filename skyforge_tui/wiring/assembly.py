"""Assembles the estate: every store, provider, service and job, named once and closed in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import LOCAL, Principal
from skyforge_tui.jobs.artifact_collect import ArtifactCollect
from skyforge_tui.jobs.drift_watch import DriftWatch
from skyforge_tui.jobs.lab_poll import LabPoll
from skyforge_tui.jobs.lab_watch import LabWatch
from skyforge_tui.jobs.log_retention import LogRetention
from skyforge_tui.jobs.project_sync import ProjectSync
from skyforge_tui.jobs.project_watch import RUN_HOST_EACH_S, RUN_HOST_EVERY_S, ProjectWatch
from skyforge_tui.jobs.run_watch import RunWatch
from skyforge_tui.jobs.runner import Job, running
from skyforge_tui.jobs.transfer_resume import TransferResume
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.ports.lab_provider import LabProvider
from skyforge_tui.ports.log_store import LogStore
from skyforge_tui.ports.run_engine import RunEngine
from skyforge_tui.providers.labs.markers import MarkedLabs
from skyforge_tui.providers.machine.browser import LocalBrowser
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.automation import AutomationService
from skyforge_tui.services.bookmarks import BookmarkService
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.contract import Services
from skyforge_tui.services.doctor import DoctorService
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.history import HistoryService
from skyforge_tui.services.lab_actions import LabActionService
from skyforge_tui.services.lab_homes import keep_grants
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.lab_keeping import LabKeepingService
from skyforge_tui.services.lab_links import LabLinks
from skyforge_tui.services.lab_markers import LabsBeside
from skyforge_tui.services.labs import LabService
from skyforge_tui.services.older_runs import OlderRunsService
from skyforge_tui.services.pages import PageService
from skyforge_tui.services.projects import ProjectService
from skyforge_tui.services.repositories import RepositoryService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.runs import RunService
from skyforge_tui.services.sign_in import Desk, SignInService
from skyforge_tui.services.standings import Standings
from skyforge_tui.services.views import ViewService
from skyforge_tui.services.welcome import WelcomeService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.settings.load import Loaded, load
from skyforge_tui.store.bookmarks import SqliteBookmarkStore
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.database import CACHE, STATE, Database, open_database
from skyforge_tui.store.history import SqliteHistoryStore
from skyforge_tui.store.labs import SqliteLabCache
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.store.projects import SqliteProjectCache
from skyforge_tui.store.run_directories import FileRunDirectories
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.store.trust import SqliteTrustStore
from skyforge_tui.store.views import SqliteViewStore
from skyforge_tui.wiring.artifact_parts import artifact_services, open_stores
from skyforge_tui.wiring.beginnings import machine_of, starter_of
from skyforge_tui.wiring.connections import book_of, open_connections
from skyforge_tui.wiring.ground import SystemClock, cache_path
from skyforge_tui.wiring.lab_servers import LabServers, open_lab_servers
from skyforge_tui.wiring.project_parts import (
    about_projects,
    attention_of,
    care_service,
    founding_service,
    record_of,
)
from skyforge_tui.wiring.repository_servers import open_repository_servers
from skyforge_tui.wiring.retention_parts import held_runs_service, retention_service
from skyforge_tui.wiring.run_servers import Attendance, RunServers, open_run_servers

if TYPE_CHECKING:
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.ports.project_host import ProjectHost
    from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything else stands on: who acts, where things are kept, how parts talk."""

    frame: FrameSettings
    loaded: Loaded
    principal: Principal
    cache: Database
    state: Database
    access: Access
    bus: Bus
    clock: SystemClock
    desk: Desk
    """Where servers ask who one is."""
    standings: Standings
    """How far projects were from being in step."""


@asynccontextmanager
async def assemble(
    frame: FrameSettings,
    principal: Principal,
    *,
    watch_runs: bool,
    sync_projects: bool,
    forgive_settings: bool,
    is_attended: bool,
) -> AsyncIterator[Services]:
    """Open everything; see `open_services`."""
    loaded = load(frame.config_path, frame.profile)
    if not forgive_settings:
        loaded.checked()
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(open_database(cache_path(frame), CACHE))
        state = await stack.enter_async_context(open_database(frame.state_dir / "state.db", STATE))
        bus = Bus()
        desk = Desk(bus, is_attended=is_attended)
        ground = Ground(frame, loaded, principal, cache, state, Access(), bus, SystemClock(), desk,
                        Standings(bus))  # fmt: skip
        health = HealthBoard(bus)
        health.register(LOCAL, "workspace", tells=Subject)
        opening = open_run_servers(
            loaded.settings, cache_path(frame).parent, ground.access, health, ground.clock,
            Attendance(desk, book_of(frame)),
        )  # fmt: skip
        servers = await stack.enter_async_context(opening)
        gits = await stack.enter_async_context(_repository_servers(ground, health))
        stores = open_stores(
            frame.state_dir, loaded.settings, ground.access, health, ground.clock, stack
        )
        engines: list[RunEngine] = [_run_engine(ground), *servers.engines]
        labs = await stack.enter_async_context(_lab_servers(ground, health))
        labs.providers += servers.labs
        labs.far += [one.upstream for one in servers.labs]
        services = await _services(ground, health, engines, servers, gits, labs.providers, stores)
        stack.push_async_callback(services.transfers.runner.aclose)
        stack.push_async_callback(services.artifact_logs.feeds.aclose)
        jobs: list[Job] = []
        if watch_runs:
            jobs += [RunWatch(one, services.runs, ground.clock) for one in engines]
            jobs.append(ArtifactCollect(services.artifacts, services.bus, ground.clock))
            jobs.append(TransferResume(services.transfers, ground.clock))
            jobs.append(LabWatch(services.labs, services.bus, ground.clock))
            jobs += [LabPoll(services.labs, services.bus, ground.clock, name) for name in labs.far]
            jobs.append(LogRetention(services.retention, services.held_runs, ground.clock))
        if sync_projects:
            jobs.append(DriftWatch(services.project_care, ground.principal, ground.clock))
            kept = tuple(one.upstream for one in gits)
            jobs += [ProjectWatch(services.projects, ground.clock, one) for one in kept]
            jobs += [
                ProjectWatch(
                    services.projects, ground.clock, one.upstream, RUN_HOST_EVERY_S, RUN_HOST_EACH_S
                )
                for one in servers.rooms
            ]
            upstreams = (LOCAL, *servers.upstreams, *kept)
            jobs += [ProjectSync(services.projects, services.bus, one) for one in upstreams]
        await stack.enter_async_context(running(jobs, ground.bus, ground.clock))
        yield services


def _repository_servers(
    ground: Ground, health: HealthBoard
) -> AbstractAsyncContextManager[Sequence[GiteaRepositoryHost]]:
    attendance = Attendance(ground.desk, book_of(ground.frame))
    return open_repository_servers(ground.loaded.settings, ground.access, health, attendance)


def _lab_servers(ground: Ground, health: HealthBoard) -> AbstractAsyncContextManager[LabServers]:
    return open_lab_servers(
        ground.loaded.settings, ground.access, health, ground.clock, ground.principal.username,
        Attendance(ground.desk, book_of(ground.frame)), ground.frame.cache_dir / "sessions",
    )  # fmt: skip


def _run_engine(ground: Ground) -> LocalRunEngine:
    slots = ground.loaded.settings.local.slots
    return LocalRunEngine(FileRunDirectories(ground.frame.state_dir, slots=slots))


async def _lab_index(
    ground: Ground, providers: Sequence[LabProvider], health: HealthBoard
) -> LabIndex:
    index = LabIndex(providers, SqliteLabCache(ground.cache), health, ground.bus)
    await index.open()
    keep_grants(ground.access, index.sources())
    return index


def _marked(ground: Ground, servers: RunServers) -> LabsBeside:
    kept, engines = SqliteCollectionCache(ground.cache), (LOCAL, *servers.upstreams)
    return LabsBeside([MarkedLabs(kept, ground.clock, one) for one in engines])


async def _catalog(ground: Ground, hosts: Sequence[ProjectHost], health: HealthBoard) -> Catalog:
    projects, trust = SqliteProjectCache(ground.cache), SqliteTrustStore(ground.state)
    catalog = Catalog(hosts, projects, trust, ground.access, ground.bus, health, ground.clock)
    await catalog.open()
    return catalog


async def _services(
    ground: Ground,
    health: HealthBoard,
    engines: Sequence[RunEngine],
    servers: RunServers,
    gits: Sequence[GiteaRepositoryHost],
    lab_providers: Sequence[LabProvider],
    stores: Sequence[ArtifactStore],
) -> Services:
    frame, access, bus, clock = ground.frame, ground.access, ground.bus, ground.clock
    host = LocalRepositoryHost(frame.roots or (Path.cwd(),), ground.principal.username)
    catalog = await _catalog(ground, [host, *servers.hosts, *gits], health)
    logs: dict[str, LogStore] = {LOCAL: FileLogStore(frame.state_dir), **servers.logs}
    machine, starter, record = machine_of(ground.loaded), starter_of(frame), record_of(ground)
    index = RunIndex(engines, logs, SqliteRunCache(ground.cache), catalog, bus, health, clock)
    lab_index = await _lab_index(ground, lab_providers, health)
    kept = artifact_services(ground, stores, index, lab_index, servers.files)
    lab_links = LabLinks(catalog, index)
    runs = RunService(index, catalog, access, bus, clock)
    care = await care_service(ground, gits, servers.rooms)
    labs = LabService(lab_index, lab_links, _marked(ground, servers), access, bus)
    browser = LocalBrowser()
    about = about_projects(ground, gits, host, servers.rooms, runs, labs, lab_links, lab_index)
    keeping = LabKeepingService(labs, lab_index, lab_links, kept.artifacts, kept.transfers, clock)
    return Services(
        projects=ProjectService(catalog, access, bus, ground.standings),
        repositories=RepositoryService((host, *gits), access, record, bus),
        project_care=care,
        founding=founding_service(ground, gits, host, servers.rooms, catalog, care),
        **about._asdict(),
        runs=runs,
        automation=AutomationService(servers.automation, index, catalog, access, record, clock),
        older_runs=OlderRunsService(index, catalog, access),
        bookmarks=BookmarkService(SqliteBookmarkStore(ground.state), index, access),
        **kept._asdict(),
        attention=attention_of(ground, runs, labs, catalog, health),
        labs=labs,
        lab_actions=LabActionService(lab_index, browser, access),
        lab_keeping=keeping,
        lab_index=lab_index,
        lab_links=lab_links,
        retention=retention_service(ground, index, access, servers.kept),
        held_runs=held_runs_service(ground, servers, kept.artifacts),
        history=HistoryService(SqliteHistoryStore(ground.state), access, bus, clock),
        views=ViewService(SqliteViewStore(ground.state), access),
        pages=PageService(catalog, browser, access),
        doctor=DoctorService(machine, access),
        welcome=WelcomeService(starter, host, machine, catalog, access, record),
        connections=open_connections(frame, access),
        sign_in=SignInService(ground.desk, access),
        access=access,
        bus=bus,
        health=health,
        catalog=catalog,
        run_upstreams=(LOCAL, *servers.upstreams),
        notices=(*_complaints(ground), *ground.cache.notices, *ground.state.notices),
        remembers=not ground.state.is_in_memory,
    )


def _complaints(ground: Ground) -> Sequence[Notice]:
    return [one.as_notice() for one in ground.loaded.complaints]
