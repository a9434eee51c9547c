"""Projects of a pretend Gitea that run on a pretend Semaphore, and what keeps them in step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.domain.identity import SYSTEM, ProjectId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.project_toml import read_project, written
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.founding import FoundingService
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.making import Workshop
from skyforge_tui.services.membership import MembershipService
from skyforge_tui.services.project_care import ProjectCareService
from skyforge_tui.services.record import Record
from skyforge_tui.services.removing import Removing
from skyforge_tui.services.standings import Standings
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.database import STATE, Database, open_database
from skyforge_tui.store.seal import FileSealer
from skyforge_tui.store.sync_book import SqliteSyncBook
from tests import giteas, semaphores
from tests.estates import served_semaphore
from tests.fakes.audit_book import MemoryAuditBook
from tests.fakes.clock import FakeClock
from tests.fakes.project_cache import MemoryProjectCache
from tests.fakes.project_secrets import KnownSecrets
from tests.fakes.run_cache import MemoryRunCache
from tests.fakes.trust import MemoryTrustStore

MEMBERS = Members(frozenset({"olga"}), frozenset({"mika"}), frozenset({"gus"}))


@dataclass
class Company:
    """Two servers, and a service on them that an administrator uses."""

    gitea: GiteaServer
    semaphore: SemaphoreServer
    host: GiteaRepositoryHost
    keeping: SemaphoreKeeping
    clients: tuple[GiteaClient, SemaphoreClient]
    book: SqliteSyncBook
    base: Path
    access: Access = field(default_factory=Access)
    bus: Bus = field(default_factory=Bus)
    clock: FakeClock = field(default_factory=FakeClock)
    secrets: KnownSecrets = field(default_factory=KnownSecrets)

    def __post_init__(self) -> None:
        """Begin knowing nothing of how projects stand."""
        self.standings = Standings(self.bus)
        self.runs = MemoryRunCache()
        self.audit = MemoryAuditBook()
        self.record = Record(self.audit, self.access, self.bus, self.clock)
        health = HealthBoard(self.bus)
        health.register(self.host.upstream, "gitea")
        self.catalog = Catalog(
            [self.host], MemoryProjectCache(), MemoryTrustStore(), self.access, self.bus, health,
            self.clock,
        )  # fmt: skip

    def care(self) -> ProjectCareService:
        """Return the service as a new program has it."""
        return ProjectCareService(
            [self.host], [RepositoryManifests(self.host)], [self.keeping], self.book,
            FileSealer(self.base), self.secrets, FileClaims(self.base), self.access,
            self.standings, self.record, self.bus, self.clock,
        )  # fmt: skip

    def membership(self) -> MembershipService:
        """Return the service that knows who is in projects."""
        return MembershipService(
            [self.host], [RepositoryManifests(self.host)], [self.keeping], self.book, self.access,
            self.record, self.bus,
        )  # fmt: skip

    @property
    def engines(self) -> dict[str, RunHost]:
        """The run engines by name."""
        return {self.keeping.upstream: self.keeping}

    def founding(self) -> FoundingService:
        """Return the service that makes projects, as a new program has it."""
        keepers = {self.host.upstream: self.host}
        manifests = {self.host.upstream: RepositoryManifests(self.host)}
        claims = FileClaims(self.base)
        tools = Workshop(
            keepers, manifests, self.secrets, self.catalog, self.care(), self.access, self.clock
        )
        removing = Removing(
            keepers, self.engines, self.book, self.secrets, self.runs, claims, self.access
        )
        return FoundingService(tools, self.engines, removing, self.record, self.bus)

    async def project(self, name: str, manifest: ProjectManifest | None = None) -> Project:
        """Make a repository with a manifest, and know it."""
        made = await self.host.create_repository(name)
        wanted = manifest or ProjectManifest(name, members=MEMBERS, engine="semaphore")
        data = written(b"", wanted) + b'\n[variables]\nSITE = "north"\n'
        data += b'\n[[templates]]\nname = "Deploy"\nplaybook = "deploy.yml"\n'
        await self.host.write_files(made, [FileChange(PATH, data)], "Say what", branch="main")
        return self.know(await self.host.describe(made.id), data)

    async def rewrite(self, project: Project, change: Callable[[bytes], bytes]) -> None:
        """Change the manifest in its repository, as somebody else may at any time."""
        held = await self.host.read_file(project, "main", PATH, 1 << 20)
        assert held is not None
        edit = FileChange(PATH, change(held.data), held.object_id)
        await self.host.write_files(project, [edit], "Say other", branch="main")

    def know(self, project: Project, data: bytes) -> Project:
        """Know a project with what its manifest says."""
        told = replace(project, manifest=read_project(data).manifest)
        self.access.learn([*(one for one in self.access.projects() if one.id != told.id), told])
        return told

    async def run_all(self, *, applies: bool = True, within_s: float = 60) -> list[SyncReport]:
        """Make a pass over everything."""
        deadline = self.clock.now() + timedelta(seconds=within_s)
        return await self.care().run_once(SYSTEM, deadline, applies=applies)

    async def run(self, project_id: ProjectId, *, applies: bool = True) -> SyncReport:
        """Make a pass over one project."""
        deadline = self.clock.now() + timedelta(seconds=60)
        return await self.care().run_for_project(SYSTEM, project_id, deadline, applies=applies)

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return sum(one.http.counts.total() for one in self.clients)

    @property
    def writes(self) -> int:
        """How many requests there were that may write."""
        counts = [one.http.counts for one in self.clients]
        return sum(one[method] for one in counts for method in ("POST", "PUT", "PATCH", "DELETE"))

    def room(self, name: str) -> int:
        """Return the number of the one room of a name."""
        rooms = self.semaphore.state.rooms
        (found,) = [number for number, one in rooms.items() if one.project.name == name]
        return found


@asynccontextmanager
async def company(base: Path, **habits: Any) -> AsyncIterator[Company]:
    """Serve both, and give the service."""
    async with AsyncExitStack() as stack:
        gitea = await stack.enter_async_context(giteas.served_gitea())
        semaphore = await stack.enter_async_context(served_semaphore(**habits))
        git = await stack.enter_async_context(giteas.client_at(gitea.url, gitea.token("admin")))
        runs = await stack.enter_async_context(semaphores.client_of(semaphore))
        state: Database = await stack.enter_async_context(open_database(base / "state.db", STATE))
        yield Company(
            gitea, semaphore, GiteaRepositoryHost(git, Names("git", git)),
            SemaphoreKeeping("semaphore", runs), (git, runs), SqliteSyncBook(state), base,
        )  # fmt: skip
