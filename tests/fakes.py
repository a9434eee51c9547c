"""The ports in memory: what the core needs from the world, without a world.

They keep the contracts of `skyforge_tui.ports`, and offer what tests need besides: failures to
order, gates to hold an answer back, and a record of what was asked.
"""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from skyforge_tui.domain.audit import AuditEntry
from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.events import Event
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.history import LineKind, SentCommand
from skyforge_tui.domain.identity import LOCAL, ProjectId, RunId, TemplateId, native_of, upstream_of
from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.domain.log_query import LogQuery
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.retention import HeldLimits, Limits
from skyforge_tui.domain.run import ACTION, Doing, Run, RunDetail, RunSpec, RunState
from skyforge_tui.domain.seal import Seal
from skyforge_tui.domain.searchable import sort_value
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.domain.view import View
from skyforge_tui.domain.vocabularies import run_record
from skyforge_tui.ports.cache import RunOrder, RunSearch
from skyforge_tui.ports.log_search import LogSearch
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from skyforge_tui.ports.project_secrets import ProjectSecrets
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.run_engine import HeldRuns, OutputSeen, RunListing, RunSeen
from skyforge_tui.ports.sync_book import SyncMemory
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
from skyforge_tui.store.log_filter import FilteredLogReader
from skyforge_tui.store.log_search import BackgroundLogSearch
from tests.artifact_fakes import HOUSE, Shelf
from tests.builders import NOON, a_run
from tests.fake_connections import FakeConnector, MemoryBook
from tests.fake_labs import FakeLabProvider, MemoryLabCache


class FakeClock:
    """Time that moves only when somebody sleeps or moves it; remembers every sleep."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the pretended time."""
        return self.time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, and the others have their turn."""
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)


class MemorySyncBook:
    """Remembers in memory what the project sync must know; implements `SyncBook`."""

    def __init__(self) -> None:
        self._known: dict[ProjectId, SyncMemory] = {}

    async def memory(self, project_id: ProjectId) -> SyncMemory:
        """Return what is known."""
        return self._known.get(project_id, SyncMemory())

    async def memories(self) -> Mapping[ProjectId, SyncMemory]:
        """Return all that is known."""
        return self._known

    async def remember(self, project_id: ProjectId, memory: SyncMemory) -> None:
        """Keep what is known."""
        self._known[project_id] = memory

    async def forget(self, project_id: ProjectId) -> None:
        """Know nothing of it any more."""
        self._known.pop(project_id, None)


@dataclass
class KnownSecrets:
    """The same secrets for every project; implements `SecretSource` and `SecretReading`."""

    known: ProjectSecrets = field(default_factory=ProjectSecrets)

    def reading(self) -> KnownSecrets:
        """Return itself."""
        return self

    async def of(self, project: Project) -> ProjectSecrets:
        """Return them."""
        return self.known


class KnownSealer:
    """Marks by a key that everybody knows; implements `Sealer`."""

    async def seal(self) -> Seal:
        """Return what marks."""
        return Seal(b"known")


class MemoryAuditBook:
    """Keeps what was done in memory; implements `AuditBook`."""

    def __init__(self) -> None:
        self.kept: list[AuditEntry] = []

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries."""
        self.kept += entries

    async def newest(self, limit: int, project: str = "") -> list[AuditEntry]:
        """Return the newest first."""
        found = [one for one in self.kept if project in ("", one.project_id, one.project)]
        return found[::-1][:limit]


class Gate:
    """Holds calls back when closed; says how many wait."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._reached = asyncio.Event()

    def close(self) -> None:
        """Hold back whoever comes from now on."""
        self._open.clear()
        self._reached.clear()

    def open(self) -> None:
        """Let everybody through."""
        self._open.set()

    async def reached(self) -> None:
        """Wait until somebody stands before the closed gate."""
        await self._reached.wait()

    async def pass_through(self) -> None:
        """Wait while the gate is closed."""
        self._reached.set()
        await self._open.wait()


class FakeRepositoryHost:
    """Holds projects and templates; files are (path, sha256) and change when told to."""

    def __init__(self, upstream: str = LOCAL) -> None:
        self.upstream = upstream
        self.contents: dict[ProjectId, ProjectContent] = {}
        self.uncovered: set[ProjectId] = set()
        self.unreadable: set[ProjectId] = set()
        self.broken: set[ProjectId] = set()
        """Projects that are listed but cannot be read in depth."""
        self.files: dict[str, str] = {}
        self.down: Unavailable | None = None
        self.reads: list[ProjectId] = []
        self.described: list[ProjectId] = []
        self.pages: dict[ProjectId, str] = {}
        self.slow: dict[ProjectId, Gate] = {}
        self.listing = Gate()
        self.describing = Gate()

    def put(self, project: Project, *templates: Template) -> None:
        """Hold this project with these templates."""
        self.contents[project.id] = ProjectContent(project, templates)
        self.files.update((one.path, one.sha256) for each in templates for one in each.sources)

    def edit(self, path: str, sha256: str) -> None:
        """Change a file, and what every template says of it when it is read again."""
        self.files[path] = sha256
        for key, content in self.contents.items():
            templates = tuple(
                replace(
                    one,
                    sources=tuple(
                        Source(each.path, self.files.get(each.path, each.sha256))
                        for each in one.sources
                    ),
                )
                for one in content.templates
            )
            self.contents[key] = replace(content, templates=templates)

    async def list_projects(self) -> ProjectListing:
        """Return the projects that are readable."""
        await self.listing.pass_through()
        if self.down is not None:
            raise self.down
        shallow = [
            replace(one.project, files=(), file_count=0)
            for key, one in self.contents.items()
            if key not in self.unreadable and key not in self.uncovered
        ]
        return ProjectListing(tuple(shallow), frozenset(self.unreadable))

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether it is of this host and not set apart."""
        return upstream_of(project_id) == self.upstream and project_id not in self.uncovered

    async def page_of(self, project: Project) -> str:
        """Return the page that was put."""
        return self.pages.get(project.id, "")

    async def describe(self, project_id: ProjectId) -> Project:
        """Return what is held, shallow, or a project made up from its path."""
        self.described.append(project_id)
        await self.describing.pass_through()
        held = self.contents.get(project_id)
        if held is not None:
            return replace(held.project, files=(), file_count=0)
        path = native_of(project_id)
        name = path.rpartition("/")[2]
        return Project(project_id, name, name, ProjectKind.FOLDER, path, created_by="ada")

    async def read_project(self, project: Project) -> ProjectContent:
        """Return what is held."""
        self.reads.append(project.id)
        await asyncio.sleep(0)
        if project.id in self.slow:
            await self.slow[project.id].pass_through()
        if project.id in self.broken:
            raise Unavailable("permission denied", upstream=self.upstream)
        if project.id not in self.contents:
            raise NotFound(f"no project {project.id}", upstream=self.upstream)
        return self.contents[project.id]

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Return the present hashes."""
        await asyncio.sleep(0)
        for one in template.sources:
            if one.path not in self.files:
                raise NotFound(f"{one.path} is gone", upstream=self.upstream)
        return tuple(Source(one.path, self.files[one.path]) for one in template.sources)


class MemoryProjectCache:
    """Projects and templates; counts its transactions."""

    def __init__(self) -> None:
        self.held: dict[ProjectId, Project] = {}
        self.declared: dict[ProjectId, tuple[Template, ...]] = {}
        self.writes = 0
        self.writing = Gate()

    async def projects(self) -> list[Project]:
        """Return all."""
        return list(self.held.values())

    async def templates(self, project_id: ProjectId | None = None) -> list[Template]:
        """Return those of one project or of all."""
        return [
            template
            for key, several in self.declared.items()
            for template in several
            if project_id in (None, key)
        ]

    async def write(
        self,
        changed: Sequence[Project],
        templates: Mapping[ProjectId, Sequence[Template]],
        gone: Collection[ProjectId],
    ) -> None:
        """Store the difference."""
        await self.writing.pass_through()
        await asyncio.sleep(0)
        self.writes += 1
        self.held.update((one.id, one) for one in changed)
        self.declared.update((key, tuple(several)) for key, several in templates.items())
        for key in gone:
            self.held.pop(key, None)
            self.declared.pop(key, None)


class MemoryTrustStore:
    """Trusted content."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], tuple[str, datetime]] = {}

    async def trusted(self) -> frozenset[tuple[str, str]]:
        """Return all pairs."""
        return frozenset(self.pairs)

    async def trust(self, sources: Sequence[Source], by: str, at: datetime) -> None:
        """Remember them."""
        await asyncio.sleep(0)
        self.pairs.update(((one.path, one.sha256), (by, at)) for one in sources)


class MemoryViewStore:
    """Views by table and name."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], View] = {}

    async def views(self, table: str) -> list[View]:
        """Return those of a table, by name."""
        return [one for key, one in sorted(self.held.items()) if key[0] == table]

    async def save(self, view: View) -> None:
        """Keep one."""
        self.held[view.table, view.name] = view

    async def forget(self, table: str, name: str) -> bool:
        """Drop one."""
        return self.held.pop((table, name), None) is not None


class MemoryBookmarkStore:
    """Lines by run."""

    def __init__(self) -> None:
        self.held: dict[RunId, set[int]] = {}

    async def bookmarks(self, run_id: RunId) -> list[int]:
        """Return those of a run, in order."""
        return sorted(self.held.get(run_id, ()))

    async def put(self, run_id: RunId, line: int) -> None:
        """Keep one."""
        self.held.setdefault(run_id, set()).add(line)

    async def drop(self, run_id: RunId, line: int) -> None:
        """Forget one."""
        self.held.get(run_id, set()).discard(line)

    async def drop_all(self, run_id: RunId) -> None:
        """Forget those of a run."""
        self.held.pop(run_id, None)


class MemoryHistoryStore:
    """Lines, commands and pins."""

    def __init__(self) -> None:
        self.typed: dict[LineKind, list[str]] = {}
        self.commands: list[SentCommand] = []
        self.pinned: dict[int, TemplateId] = {}
        self.full: Unavailable | None = None

    async def lines(self, kind: LineKind, limit: int) -> list[str]:
        """Return the newest first."""
        return self.typed.get(kind, [])[::-1][:limit]

    async def remember(self, kind: LineKind, line: str, at: datetime) -> None:
        """Keep a line, once."""
        self._check()
        kept = [one for one in self.typed.get(kind, []) if one != line]
        self.typed[kind] = [*kept, line]

    async def sent(self, limit: int) -> list[SentCommand]:
        """Return the newest, oldest first."""
        return self.commands[-limit:]

    async def log(self, command: SentCommand) -> None:
        """Keep a command."""
        self._check()
        self.commands.append(command)

    async def pins(self) -> dict[int, TemplateId]:
        """Return the pins."""
        return dict(self.pinned)

    async def set_pins(self, pins: Mapping[int, TemplateId]) -> None:
        """Replace the pins."""
        self._check()
        self.pinned = dict(pins)

    def _check(self) -> None:
        if self.full is not None:
            raise self.full


class MemoryRunCache:
    """Runs; a rowid is the place in the order of arrival, from 1."""

    def __init__(self) -> None:
        self.held: dict[RunId, RunDetail] = {}
        self.rowids: dict[RunId, int] = {}
        self.full: Unavailable | None = None
        self.writes: list[tuple[frozenset[RunId], frozenset[RunId]]] = []
        self.getting = Gate()

    async def order(
        self, projects: Collection[ProjectId] | None = None, search: RunSearch | None = None
    ) -> RunOrder:
        """Return the order, of these projects and as searched."""
        runs = [one for one in self._sorted() if projects is None or one.project_id in projects]
        found = [
            one
            for one in runs
            if search is None or search.query.matches(run_record(one, search.now, search.me))
        ]
        if search is not None and (sort := search.sort) is not None:
            values = {
                one.id: sort_value(run_record(one, search.now, search.me), sort.column)
                for one in found
            }
            having = [one for one in found if values[one.id] is not None]
            having.sort(key=lambda one: values[one.id] or (0, ""), reverse=sort.is_descending)
            found = having + [one for one in found if values[one.id] is None]
        return RunOrder(
            array("q", [self.rowids[one.id] for one in found]),
            Counter(one.state for one in runs),
            Counter(one.project_id for one in runs),
        )

    async def held_by_template(self) -> dict[TemplateId, int]:
        """Count by template."""
        return Counter(one.run.template_id for one in self.held.values())

    async def page(self, rowids: Sequence[int]) -> dict[int, Run]:
        """Return those that are there."""
        by_rowid = {self.rowids[key]: one.run for key, one in self.held.items()}
        return {rowid: by_rowid[rowid] for rowid in rowids if rowid in by_rowid}

    async def newest(self, limit: int | None = None) -> list[Run]:
        """Return the first of the order."""
        return self._sorted()[:limit]

    async def get(self, run_id: RunId) -> RunDetail | None:
        """Return one, as it was when asked."""
        found = self.held.get(run_id)
        await self.getting.pass_through()
        await asyncio.sleep(0)
        return found

    async def find(self, number: int) -> list[RunId]:
        """Return those with the number."""
        return [one.id for one in self._sorted() if one.number == number]

    async def states(self, upstream: str) -> dict[RunId, RunState]:
        """Return the states of an upstream's runs."""
        return {
            key: one.run.state for key, one in self.held.items() if upstream_of(key) == upstream
        }

    async def latest(self, template_id: TemplateId, limit: int) -> list[Run]:
        """Return the newest of a template."""
        runs = [one.run for one in self.held.values() if one.run.template_id == template_id]
        return sorted(runs, key=lambda one: one.created_at, reverse=True)[:limit]

    async def last_by_template(self) -> dict[TemplateId, Run]:
        """Return the newest of each template."""
        runs = sorted((one.run for one in self.held.values()), key=lambda one: one.created_at)
        return {one.template_id: one for one in runs}

    async def usual(self, doings: Collection[Doing]) -> dict[Doing, timedelta]:
        """Return the median of the successes."""
        took: dict[Doing, list[timedelta]] = {}
        for one in self.held.values():
            duration = one.run.duration(NOON)
            if one.run.state is RunState.SUCCESS and duration is not None:
                took.setdefault(one.run.doing, []).append(duration)
        return {key: sorted(took[key])[len(took[key]) // 2] for key in doings if key in took}

    async def write(self, changed: Sequence[RunDetail], gone: Collection[RunId]) -> None:
        """Store the difference, unless the disk is full."""
        await asyncio.sleep(0)
        if self.full is not None:
            raise self.full
        self.writes.append((frozenset(one.run.id for one in changed), frozenset(gone)))
        for one in changed:
            self.held[one.run.id] = one
            self.rowids.setdefault(one.run.id, len(self.rowids) + 1)
        for key in gone:
            self.held.pop(key, None)

    def _sorted(self) -> list[Run]:
        runs = [one.run for one in self.held.values()]
        return sorted(runs, key=lambda one: (one.state.is_final, -one.created_at.timestamp()))


class FakeRunEngine:
    """Runs that do what the test says; remembers what it was given."""

    def __init__(self, upstream: str = LOCAL) -> None:
        self.upstream = upstream
        self.held: dict[RunId, RunDetail] = {}
        self.unreadable: set[RunId] = set()
        self.down: Unavailable | None = None
        self.secrets: list[dict[str, str]] = []
        self.stopped: list[RunId] = []
        self.answered: list[tuple[RunId, bytes]] = []
        self.fetched: list[frozenset[RunId]] = []
        self.fetching = Gate()
        self.watchers: list[asyncio.Queue[RunSeen | OutputSeen | Exception]] = []
        self.watched = asyncio.Event()

    def put(self, detail: RunDetail) -> None:
        """Hold this run, in place of the one with its id."""
        self.held[detail.run.id] = detail

    def say(self, news: RunSeen | OutputSeen | Exception) -> None:
        """Tell everybody who watches; an exception ends their watching."""
        for watcher in self.watchers:
            watcher.put_nowait(news)

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Return all ids; what is not there is gone."""
        if self.down is not None:
            raise self.down
        return HeldRuns(frozenset(self.held), frozenset(known) - self.held.keys())

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Return these runs as they were when asked."""
        self.fetched.append(frozenset(run_ids))
        asked = [self.held[one] for one in run_ids if one in self.held]
        await self.fetching.pass_through()
        if self.down is not None:
            raise self.down
        readable = tuple(one for one in asked if one.run.id not in self.unreadable)
        return RunListing(readable, frozenset(self.unreadable & set(run_ids)))

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Hold a new run that is starting."""
        if self.down is not None:
            raise self.down
        self.secrets.append(dict(secrets))
        number = max((one.run.number for one in self.held.values()), default=0) + 1
        run = a_run(
            id=RunId(f"{self.upstream}:{number}"), number=number, state=RunState.STARTING,
            template_id=spec.template_id, template=spec.template, project_id=spec.project_id,
            project=spec.project, started_by=spec.started_by, created_at=spec.created_at,
            action=spec.answers.get(ACTION, ""),
        )  # fmt: skip
        self.put(RunDetail(run, spec))
        return run

    async def stop(self, run_id: RunId) -> None:
        """Let a run be stopping."""
        detail = self._existing(run_id)
        self.stopped.append(run_id)
        self.put(replace(detail, run=replace(detail.run, state=RunState.STOPPING)))

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Remember the answer."""
        if not self._existing(run_id).run.waits_for_input:
            raise Conflict("it has no terminal", upstream=self.upstream)
        self.answered.append((run_id, data))

    async def watch(self) -> AsyncGenerator[RunSeen | OutputSeen, None]:
        """Yield what the test says."""
        mine: asyncio.Queue[RunSeen | OutputSeen | Exception] = asyncio.Queue()
        self.watchers.append(mine)
        self.watched.set()
        try:
            while True:
                news = await mine.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.watchers.remove(mine)

    def _existing(self, run_id: RunId) -> RunDetail:
        if run_id not in self.held:
            raise NotFound(f"no run {run_id}", upstream=self.upstream)
        return self.held[run_id]


class MemoryLogStore:
    """Output of runs, which grows when told to; None is an output without a first byte yet."""

    def __init__(self) -> None:
        self.outputs: dict[str, bytes | None] = {}
        self.readers: list[MemoryLogReader] = []
        self.dropped: list[tuple[str, str]] = []

    def open(self, native_run_id: str, on_close: Callable[[], None] | None = None) -> LogReader:
        """Return a reader."""
        if native_run_id not in self.outputs:
            raise NotFound(f"there is no run {native_run_id}")
        reader = MemoryLogReader(self, native_run_id, on_close)
        self.readers.append(reader)
        return reader

    def export(self, native_run_id: str, target: str) -> int:
        """Copy an output to a new file."""
        data = self.outputs.get(native_run_id)
        if native_run_id not in self.outputs:
            raise NotFound(f"there is no run {native_run_id}")
        if Path(target).exists():
            raise Conflict(f"{target} is there already")
        return Path(target).write_bytes(data or b"")

    def drop(self, native_run_id: str, reason: str) -> int:
        """Forget an output, unless somebody reads it."""
        data = self.outputs.get(native_run_id)
        if any(not one.is_closed and one.name == native_run_id for one in self.readers):
            raise Conflict(f"the output of run {native_run_id} is being read")
        self.outputs[native_run_id] = b""
        self.dropped.append((native_run_id, reason))
        return len(data or b"")

    def grow(self, native_run_id: str, data: bytes) -> None:
        """Append to an output."""
        self.outputs[native_run_id] = (self.outputs.get(native_run_id) or b"") + data


class MemoryLogReader:
    """Reads one output; as with files, one that had no first byte has to be opened again."""

    generation = 0

    def __init__(
        self, store: MemoryLogStore, name: str, on_close: Callable[[], None] | None = None
    ) -> None:
        self._on_close = on_close
        self._store = store
        self.name = name
        self._holds = store.outputs[name] is not None
        self._size = 0
        self._known: tuple[bytes, list[LogLine]] | None = None
        self.is_closed = False

    @property
    def size(self) -> int:
        """Bytes seen so far."""
        return self._size

    @property
    def line_count(self) -> int:
        """Lines seen so far."""
        seen = self._data[: self._size]
        return seen.count(b"\n") + (not self.ends_with_newline)

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete."""
        seen = self._data[: self._size]
        return not seen or seen.endswith(b"\n")

    @property
    def counted_size(self) -> int:
        """Bytes seen so far: all of them are counted."""
        return self._size

    @property
    def is_stale(self) -> bool:
        """Whether a first byte came meanwhile."""
        return not self._holds and self._store.outputs[self.name] is not None

    def reopen(self) -> None:
        """Hold what is there now."""
        self._holds = self._store.outputs[self.name] is not None

    def refresh(self, budget_bytes: int = 1 << 20) -> bool:
        """See more."""
        self._size = min(len(self._data), self._size + budget_bytes)
        return self._size < len(self._data)

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines."""
        return self._all()[max(first, 0) : max(first, 0) + count]

    def _all(self) -> list[LogLine]:
        seen = self._data[: self._size]
        if self._known is None or self._known[0] != seen:
            parts = seen.split(b"\n")
            parts = parts[:-1] if not parts[-1] else parts
            offsets = accumulate((len(one) + 1 for one in parts), initial=0)
            numbered = enumerate(zip(offsets, parts, strict=False))
            lines = [self._line(number, *one, len(parts)) for number, one in numbered]
            self._known = seen, lines
        return self._known[1]

    def _line(self, number: int, offset: int, data: bytes, lines: int) -> LogLine:
        return LogLine(number, offset, data, None)

    def read(self, offset: int, size: int) -> bytes:
        """Return raw bytes as they are now."""
        assert not self.is_closed
        return self._data[offset : offset + size]

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return lines from the one that holds a byte."""
        lines = self._all()
        first = bisect_left(lines, offset, key=lambda one: one.end)
        return lines[first : first + count] if offset < self._size else []

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return lines above the one that holds a byte."""
        lines = self._all()
        last = bisect_left(lines, offset, key=lambda one: one.end)
        last = last if offset < self._size else len(lines)
        return lines[max(0, last - count) : last]

    def line_at(self, offset: int) -> int | None:
        """Return the line of a byte."""
        return self._data[:offset].count(b"\n")

    def time_at(self, offset: int) -> datetime | None:
        """Return nothing: no times are kept."""
        return None

    def gaps(self) -> tuple[LogGap, ...]:
        """Return none."""
        return ()

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Look as the real one does."""
        return BackgroundLogSearch(self, query, near)

    def filtered(self, search: LogSearch, context: int = 0) -> LogReader:
        """Filter as the real one does."""
        return FilteredLogReader(self, search, context)

    def close(self) -> None:
        """Remember that it was closed."""
        if self._on_close is not None and not self.is_closed:
            self._on_close()
        self.is_closed = True

    @property
    def _data(self) -> bytes:
        return (self._store.outputs[self.name] or b"") if self._holds else b""


class FakeMachine:
    """A machine on which everything is as it was put; what was not, is missing."""

    def __init__(self, *checks: Check) -> None:
        self.checks = {one.name: one for one in checks}
        self.asked: list[str] = []
        self.checking = Gate()

    @property
    def names(self) -> tuple[str, ...]:
        """The names."""
        return tuple(self.checks)

    async def check(self, name: str) -> Check:
        """Return what was put."""
        self.asked.append(name)
        await self.checking.pass_through()
        missing = Check(name, CheckGroup.TOOL, CheckState.MISSING, "nothing")
        return self.checks.get(name, missing)


class FakeStarter:
    """Writes nothing and remembers what it would have written; a workspace, too."""

    def __init__(self) -> None:
        self.config: Path | None = None
        self.config_roots: list[Path] = []
        self.samples: dict[Path, bool] = {}
        """Folder, and whether its topology runs in containers."""
        self.sources: tuple[Source, ...] = ()
        self.roots: tuple[Path, ...] = (Path("/srv"),)

    async def has_config(self) -> bool:
        """Say whether it was written."""
        return self.config is not None

    async def write_config(self, roots: Sequence[Path] = ()) -> Path:
        """Remember it."""
        if self.config is not None:
            raise Conflict(f"{self.config} is there already")
        self.config, self.config_roots = Path("/home/mara/.config/skyforge/config.toml"), [*roots]
        return self.config

    async def write_sample(self, folder: Path, *, with_containers: bool) -> tuple[Source, ...]:
        """Remember it."""
        if folder in self.samples:
            raise Conflict(f"{folder} is there already", advice="name another place")
        self.samples[folder] = with_containers
        return self.sources

    def look_in(self, roots: Sequence[Path]) -> None:
        """Look there."""
        self.roots = tuple(roots)


class MemoryMuteStore:
    """Muted keys."""

    def __init__(self) -> None:
        self.held: dict[str, datetime] = {}

    async def muted(self) -> frozenset[str]:
        """Return all."""
        return frozenset(self.held)

    async def mute(self, keys: Sequence[str], at: datetime) -> None:
        """Keep some."""
        self.held.update(dict.fromkeys(keys, at))

    async def unmute(self, keys: Sequence[str]) -> None:
        """Forget some."""
        for key in keys:
            self.held.pop(key, None)


class FakeBrowser:
    """Shows nothing and remembers what it was to show."""

    def __init__(self) -> None:
        self.is_there = True
        self.opened: list[str] = []

    async def open(self, url: str) -> bool:
        """Remember it, unless nobody sits before a screen."""
        if self.is_there:
            self.opened.append(url)
        return self.is_there


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
        for host in self.hosts:
            self.health.register(host.upstream, "workspace", tells=[Subject.PROJECTS])
        self.catalog = Catalog(
            self.hosts, self.project_cache, self.trust, self.access, self.bus, self.health,
            self.clock,
        )  # fmt: skip
        self.index = RunIndex(
            [self.engine],
            {self.engine.upstream: self.logs},
            self.run_cache,
            self.catalog,
            self.bus,
            self.health,
            self.clock,
        )
        self.standings = Standings(self.bus)
        self.projects = ProjectService(self.catalog, self.access, self.bus, self.standings)
        self.runs = RunService(self.index, self.catalog, self.access, self.bus, self.clock)
        self.older_runs = OlderRunsService(self.index, self.catalog, self.access)
        for provider in self.lab_providers:
            self.health.register(provider.upstream, provider.kind)
            make_home(self.access, provider.upstream, "ada")
        self.lab_index = LabIndex(self.lab_providers, self.lab_cache, self.health, self.bus)
        links = LabLinks(self.catalog, self.index)
        self.labs = LabService(
            self.lab_index,
            links,
            LabsBeside([MarkedLabs(self.shelf.cache, self.clock, self.engine.upstream)]),
            self.access,
            self.bus,
        )
        self.lab_actions = LabActionService(self.lab_index, self.browser, self.access)
        self.retention = RetentionService(
            self.index, self.shelf.cache, {self.engine.upstream: self.logs}, self.shelf.claims,
            self.access, self.clock, Limits(), HOUSE.id, self.bookmark_store, self.kept,
        )  # fmt: skip
        self.history = HistoryService(self.history_store, self.access, self.bus, self.clock)
        self.views = ViewService(self.view_store, self.access)
        self.bookmarks = BookmarkService(self.bookmark_store, self.index, self.access)
        self.artifacts = self.shelf.service(self.index, self.access, self.bus, self.clock)
        self.held_runs = HeldRunsService(
            self.keepers, self.kept, self.artifacts, self.shelf.claims, self.access, self.clock,
            HeldLimits(),
        )  # fmt: skip
        self.comparisons = self.shelf.comparisons(self.artifacts, self.index)
        self.care = self.shelf.care(self.artifacts, self.bus, self.clock)
        self.transfers = self.shelf.transfers(self.artifacts, self.bus, self.clock, self.lab_index)
        self.lab_keeping = LabKeepingService(
            self.labs, self.lab_index, links, self.artifacts, self.transfers, self.clock,
        )  # fmt: skip
        self.artifact_folders = self.shelf.folders(self.artifacts, self.care, self.transfers)
        self.artifact_logs = self.shelf.logs(self.artifacts)
        self.lineage = self.shelf.lineage(self.artifacts, self.index, self.bus)
        self.doctor = DoctorService(self.machine, self.access)
        held = [one for one in self.hosts if isinstance(one, RepositoryHost)]
        self.audit_book = MemoryAuditBook()
        record = Record(self.audit_book, self.access, self.bus, self.clock)
        self.repositories = RepositoryService(held, self.access, record, self.bus)
        self.sync_book = MemorySyncBook()
        self.project_care = ProjectCareService(
            held,
            [],
            [],
            self.sync_book,
            KnownSealer(),
            KnownSecrets(),
            self.shelf.claims,
            self.access,
            self.standings,
            record,
            self.bus,
            self.clock,
        )
        self.pages = PageService(self.catalog, self.browser, self.access)
        self.welcome = WelcomeService(
            self.starter, self.starter, self.machine, self.catalog, self.access, record
        )
        self.attention = AttentionService(
            self.runs,
            self.labs,
            self.catalog,
            self.health,
            self.standings,
            self.mutes,
            self.bus,
            self.clock,
        )
        self.desk = Desk(self.bus, is_attended=True)
        makes = {self.connector.kind: lambda: self.connector}
        self.services = Services(
            connections=ConnectionService(makes, self.book, self.access),
            sign_in=SignInService(self.desk, self.access),
            doctor=self.doctor, welcome=self.welcome, pages=self.pages,
            projects=self.projects, runs=self.runs, older_runs=self.older_runs,
            artifacts=self.artifacts, labs=self.labs, repositories=self.repositories,
            project_care=self.project_care,
            founding=self._founding(record),
            membership=MembershipService(
                [], [], [], self.sync_book, self.access, record, self.bus
            ),
            audit=AuditService(self.audit_book, self.access),
            deployments=DeploymentService(
                self.catalog, DeploymentWays(self.catalog, self.sync_book), self.runs, self.labs,
                links, record,
            ),
            blueprints=BlueprintSettling(self.sync_book, self.access, record),
            lab_choice=LabChoiceService([], self.lab_index, self.access, record, self.bus),
            automation=AutomationService(
                [], self.index, self.catalog, self.access, record, self.clock
            ),
            lab_actions=self.lab_actions, lab_index=self.lab_index,
            lab_keeping=self.lab_keeping,
            comparisons=self.comparisons, artifact_care=self.care,
            artifact_folders=self.artifact_folders,
            artifact_logs=self.artifact_logs, lineage=self.lineage,
            transfers=self.transfers, attention=self.attention, lab_links=links,
            retention=self.retention, held_runs=self.held_runs,
            history=self.history, views=self.views,
            bookmarks=self.bookmarks,
            access=self.access,
            bus=self.bus, health=self.health, catalog=self.catalog,
            run_upstreams=(self.engine.upstream,),
        )  # fmt: skip

    def _founding(self, record: Record) -> FoundingService:
        secrets, book = KnownSecrets(), MemorySyncBook()
        tools = Workshop(
            {}, {}, secrets, self.catalog, self.project_care, self.access, self.clock
        )  # fmt: skip
        removing = Removing({}, {}, book, secrets, self.run_cache, self.shelf.claims, self.access)
        return FoundingService(tools, {}, removing, record, self.bus)

    @property
    def host(self) -> FakeRepositoryHost:
        """The first host."""
        return self.hosts[0]

    def told(self, kind: type[Any]) -> list[Any]:
        """Return the events of one kind, in order."""
        return [one for one in self.events if isinstance(one, kind)]


async def until(is_so: Any) -> None:
    """Let the others have their turns until it is so; the test's own timeout ends it otherwise."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - what is waited for publishes nothing
            await asyncio.sleep(0)


@asynccontextmanager
async def under_way(*works: Any) -> Any:
    """Run coroutines beside the block; cancel what is left of them at its end."""
    tasks = [asyncio.ensure_future(one) for one in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def ids_of(runs: Iterable[Run]) -> list[RunId]:
    """Return the ids, in order."""
    return [one.id for one in runs]
