"""The services, put together on fakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skyforge_tui.domain.events import Event
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.retention import HeldLimits, Limits
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.providers.labs.markers import MarkedLabs
from skyforge_tui.services.attention import AttentionService
from skyforge_tui.services.audit import AuditService
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.automation import AutomationService
from skyforge_tui.services.blueprint_settling import BlueprintSettling
from skyforge_tui.services.bookmarks import BookmarkService
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.connections import ConnectionService
from skyforge_tui.services.contract import Services
from skyforge_tui.services.deployment_ways import DeploymentWays
from skyforge_tui.services.deployments import DeploymentService
from skyforge_tui.services.doctor import DoctorService
from skyforge_tui.services.founding import FoundingService
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.held_runs import HeldRunsService
from skyforge_tui.services.history import HistoryService
from skyforge_tui.services.lab_actions import LabActionService
from skyforge_tui.services.lab_choice import LabChoiceService
from skyforge_tui.services.lab_homes import make_home
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.lab_keeping import LabKeepingService
from skyforge_tui.services.lab_links import LabLinks
from skyforge_tui.services.lab_markers import LabsBeside
from skyforge_tui.services.labs import LabService
from skyforge_tui.services.making import Workshop
from skyforge_tui.services.membership import MembershipService
from skyforge_tui.services.older_runs import OlderRunsService
from skyforge_tui.services.pages import PageService
from skyforge_tui.services.project_care import ProjectCareService
from skyforge_tui.services.projects import ProjectService
from skyforge_tui.services.record import Record
from skyforge_tui.services.removing import Removing
from skyforge_tui.services.repositories import RepositoryService
from skyforge_tui.services.retention import RetentionService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.runs import RunService
from skyforge_tui.services.sign_in import Desk, SignInService
from skyforge_tui.services.standings import Standings
from skyforge_tui.services.views import ViewService
from skyforge_tui.services.welcome import WelcomeService
from tests.fakes.artifacts import HOUSE, Shelf
from tests.fakes.audit_book import MemoryAuditBook
from tests.fakes.bookmarks import MemoryBookmarkStore
from tests.fakes.browser import FakeBrowser
from tests.fakes.clock import FakeClock
from tests.fakes.connections import FakeConnector, MemoryBook
from tests.fakes.history import MemoryHistoryStore
from tests.fakes.labs import FakeLabProvider, MemoryLabCache
from tests.fakes.log_store import MemoryLogStore
from tests.fakes.machine import FakeMachine
from tests.fakes.mutes import MemoryMuteStore
from tests.fakes.project_cache import MemoryProjectCache
from tests.fakes.project_host import FakeRepositoryHost
from tests.fakes.project_secrets import KnownSecrets
from tests.fakes.run_cache import MemoryRunCache
from tests.fakes.run_engine import FakeRunEngine
from tests.fakes.sealer import KnownSealer
from tests.fakes.starter import FakeStarter
from tests.fakes.sync_book import MemorySyncBook
from tests.fakes.trust import MemoryTrustStore
from tests.fakes.views import MemoryViewStore


@dataclass
class Core:
    """The services on fakes, with everything that was published."""

    clock: FakeClock = field(default_factory=FakeClock)
    bus: Bus = field(default_factory=Bus)
    access: Access = field(default_factory=Access)
    hosts: list[FakeRepositoryHost] = field(default_factory=lambda: [FakeRepositoryHost()])
    engine: FakeRunEngine = field(default_factory=FakeRunEngine)
    logs: MemoryLogStore = field(default_factory=MemoryLogStore)
    project_cache: MemoryProjectCache = field(default_factory=MemoryProjectCache)
    run_cache: MemoryRunCache = field(default_factory=MemoryRunCache)
    lab_providers: list[FakeLabProvider] = field(default_factory=list)
    lab_cache: MemoryLabCache = field(default_factory=MemoryLabCache)
    trust: MemoryTrustStore = field(default_factory=MemoryTrustStore)
    history_store: MemoryHistoryStore = field(default_factory=MemoryHistoryStore)
    view_store: MemoryViewStore = field(default_factory=MemoryViewStore)
    bookmark_store: MemoryBookmarkStore = field(default_factory=MemoryBookmarkStore)
    shelf: Shelf = field(default_factory=Shelf)
    machine: FakeMachine = field(default_factory=FakeMachine)
    starter: FakeStarter = field(default_factory=FakeStarter)
    browser: FakeBrowser = field(default_factory=FakeBrowser)
    mutes: MemoryMuteStore = field(default_factory=MemoryMuteStore)
    book: MemoryBook = field(default_factory=MemoryBook)
    connector: FakeConnector = field(default_factory=FakeConnector)
    kept: dict[str, Any] = field(default_factory=dict)
    keepers: list[Any] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus.subscribe(self.events.append)
        self.health = HealthBoard(self.bus)
        self.audit_book = MemoryAuditBook()
        self.record = Record(self.audit_book, self.access, self.bus, self.clock)
        self._make_projects_and_runs()
        self._make_labs()
        self._make_artifacts()
        self._make_what_follows_runs()
        self._make_repositories()
        self._make_first_pages()
        self.desk = Desk(self.bus, is_attended=True)
        self.services = self._services()

    def _make_projects_and_runs(self) -> None:
        for host in self.hosts:
            self.health.register(host.upstream, "workspace", tells=[Subject.PROJECTS])
        self.catalog = Catalog(
            self.hosts, self.project_cache, self.trust, self.access, self.bus, self.health,
            self.clock,
        )  # fmt: skip
        self.index = RunIndex(
            [self.engine], {self.engine.upstream: self.logs}, self.run_cache, self.catalog,
            self.bus, self.health, self.clock,
        )  # fmt: skip
        self.standings = Standings(self.bus)
        self.projects = ProjectService(self.catalog, self.access, self.bus, self.standings)
        self.runs = RunService(self.index, self.catalog, self.access, self.bus, self.clock)
        self.older_runs = OlderRunsService(self.index, self.catalog, self.access)

    def _make_labs(self) -> None:
        for provider in self.lab_providers:
            self.health.register(provider.upstream, provider.kind)
            make_home(self.access, provider.upstream, "ada")
        self.lab_index = LabIndex(self.lab_providers, self.lab_cache, self.health, self.bus)
        self.lab_links = LabLinks(self.catalog, self.index)
        beside = LabsBeside([MarkedLabs(self.shelf.cache, self.clock, self.engine.upstream)])
        self.labs = LabService(self.lab_index, self.lab_links, beside, self.access, self.bus)
        self.lab_actions = LabActionService(self.lab_index, self.browser, self.access)

    def _make_artifacts(self) -> None:
        self.artifacts = self.shelf.service(self.index, self.access, self.bus, self.clock)
        self.comparisons = self.shelf.comparisons(self.artifacts, self.index)
        self.care = self.shelf.care(self.artifacts, self.bus, self.clock)
        self.transfers = self.shelf.transfers(self.artifacts, self.bus, self.clock, self.lab_index)
        self.lab_keeping = LabKeepingService(
            self.labs, self.lab_index, self.lab_links, self.artifacts, self.transfers, self.clock,
        )  # fmt: skip
        self.artifact_folders = self.shelf.folders(self.artifacts, self.care, self.transfers)
        self.artifact_logs = self.shelf.logs(self.artifacts)
        self.lineage = self.shelf.lineage(self.artifacts, self.index, self.bus)

    def _make_what_follows_runs(self) -> None:
        self.retention = RetentionService(
            self.index, self.shelf.cache, {self.engine.upstream: self.logs}, self.shelf.claims,
            self.access, self.clock, Limits(), HOUSE.id, self.bookmark_store, self.kept,
        )  # fmt: skip
        self.held_runs = HeldRunsService(
            self.keepers, self.kept, self.artifacts, self.shelf.claims, self.access, self.clock,
            HeldLimits(),
        )  # fmt: skip
        self.history = HistoryService(self.history_store, self.access, self.bus, self.clock)
        self.views = ViewService(self.view_store, self.access)
        self.bookmarks = BookmarkService(self.bookmark_store, self.index, self.access)

    def _make_repositories(self) -> None:
        held = [one for one in self.hosts if isinstance(one, RepositoryHost)]
        self.repositories = RepositoryService(held, self.access, self.record, self.bus)
        self.sync_book = MemorySyncBook()
        self.project_care = ProjectCareService(
            held, [], [], self.sync_book, KnownSealer(), KnownSecrets(), self.shelf.claims,
            self.access, self.standings, self.record, self.bus, self.clock,
        )  # fmt: skip

    def _make_first_pages(self) -> None:
        self.doctor = DoctorService(self.machine, self.access)
        self.pages = PageService(self.catalog, self.browser, self.access)
        self.welcome = WelcomeService(
            self.starter, self.starter, self.machine, self.catalog, self.access, self.record
        )
        self.attention = AttentionService(
            self.runs, self.labs, self.catalog, self.health, self.standings, self.mutes,
            self.bus, self.clock,
        )  # fmt: skip

    def _services(self) -> Services:
        makes = {self.connector.kind: lambda: self.connector}
        access, record = self.access, self.record
        return Services(
            connections=ConnectionService(makes, self.book, access),
            sign_in=SignInService(self.desk, access),
            doctor=self.doctor, welcome=self.welcome, pages=self.pages,
            projects=self.projects, runs=self.runs, older_runs=self.older_runs,
            artifacts=self.artifacts, labs=self.labs, repositories=self.repositories,
            project_care=self.project_care, founding=self._founding(),
            membership=MembershipService([], [], [], self.sync_book, access, record, self.bus),
            audit=AuditService(self.audit_book, access),
            deployments=DeploymentService(
                self.catalog, DeploymentWays(self.catalog, self.sync_book), self.runs, self.labs,
                self.lab_links, record,
            ),
            blueprints=BlueprintSettling(self.sync_book, access, record),
            lab_choice=LabChoiceService([], self.lab_index, access, record, self.bus),
            automation=AutomationService([], self.index, self.catalog, access, record, self.clock),
            lab_actions=self.lab_actions, lab_index=self.lab_index, lab_links=self.lab_links,
            lab_keeping=self.lab_keeping, comparisons=self.comparisons,
            artifact_care=self.care, artifact_folders=self.artifact_folders,
            artifact_logs=self.artifact_logs, lineage=self.lineage, transfers=self.transfers,
            attention=self.attention, retention=self.retention, held_runs=self.held_runs,
            history=self.history, views=self.views, bookmarks=self.bookmarks,
            access=access, bus=self.bus, health=self.health, catalog=self.catalog,
            run_upstreams=(self.engine.upstream,),
        )  # fmt: skip

    def _founding(self) -> FoundingService:
        secrets, book = KnownSecrets(), MemorySyncBook()
        tools = Workshop({}, {}, secrets, self.catalog, self.project_care, self.access, self.clock)
        removing = Removing({}, {}, book, secrets, self.run_cache, self.shelf.claims, self.access)
        return FoundingService(tools, {}, removing, self.record, self.bus)

    @property
    def host(self) -> FakeRepositoryHost:
        """The first host."""
        return self.hosts[0]

    def told(self, kind: type[Any]) -> list[Any]:
        """Return the events of one kind, in order."""
        return [one for one in self.events if isinstance(one, kind)]
