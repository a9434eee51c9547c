"""What keeps artifacts, in memory: a store, files that runs left, claims, and what is remembered.

The store is the real provider on the vendor's own store in memory; the rest keeps its port.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from obstore.store import MemoryStore

from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import LOCAL, RunId, upstream_of
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.retention import Limits
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.transfer import Transfer
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.ports.cache import RunCache
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.work_files import Finding, WorkFile, WorkFiles
from skyforge_tui.providers.artifacts.local_files import LocalArtifactFiles
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.services.artifact_care import ArtifactCareService
from skyforge_tui.services.artifact_folders import ArtifactFolderService
from skyforge_tui.services.artifact_logs import ArtifactLogService, LogFeeds
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.checksums import Checksums
from skyforge_tui.services.collector import Collector
from skyforge_tui.services.comparisons import ComparisonService
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.leftovers import Leftovers
from skyforge_tui.services.lineage import LineageService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.store_shelf import StoreShelf
from skyforge_tui.services.transfer_runner import TransferRunner
from skyforge_tui.services.transfers import TransferService
from skyforge_tui.store.files.fed import PipedLogs
from tests.builders import a_project

HOUSE = a_project(path="/var/lib/ada", name="this-machine")
"""What stands for the state directory; ada owns it."""


@dataclass
class FakeWorkFiles:
    """Files by path, whatever the glob; a path that is not among them is refused."""

    held: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Files that vanish between being found and being read."""
    asked: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    async def find(self, directory: str, globs: Sequence[str], paths: Sequence[str]) -> Finding:
        """Return all files for any glob, and those named."""
        self.asked.append((directory, tuple(globs), tuple(paths)))
        wanted = set(self.held) if globs else set(self.held) & set(paths)
        refused = [Refusal(one, "it is not there") for one in paths if one not in self.held]
        files = [WorkFile(one, one, len(self.held[one])) for one in sorted(wanted)]
        return Finding(tuple(files), tuple(refused))

    def read(self, directory: str, file: WorkFile) -> Generator[bytes, None, None]:
        """Yield a file in two pieces."""
        if file.path in self.gone:
            raise Invalid(f"{file.path}: it is gone")
        data = self.held[file.target]
        yield data[: len(data) // 2]
        yield data[len(data) // 2 :]


@dataclass
class FakeClaims:
    """Claims that somebody else may hold."""

    taken: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def claim(self, name: str) -> AsyncIterator[bool]:
        """Yield whether it is free."""
        is_ours = name not in self.taken
        if is_ours:
            self.taken.add(name)
        try:
            yield is_ours
        finally:
            if is_ours:
                self.taken.discard(name)


@dataclass
class MemoryCollectionCache:
    """Collections by run; `ended` is what is due as long as it is not among them."""

    held: dict[RunId, Collection] = field(default_factory=dict)
    ended: list[RunId] = field(default_factory=list)
    runs: RunCache | None = None
    """What knows the runs."""

    async def due(self, upstreams: Iterable[str], limit: int) -> list[RunId]:
        """Return what is due."""
        return [
            one for one in self.ended if one not in self.held and upstream_of(one) in upstreams
        ][:limit]

    async def get(self, run_id: RunId) -> Collection | None:
        """Return one."""
        return self.held.get(run_id)

    async def marked(self, kind: MarkerKind, limit: int) -> Sequence[tuple[Run, Marker]]:
        """Return markers of one kind."""
        found = []
        for run_id, collection in self.held.items():
            detail = None if self.runs is None else await self.runs.get(run_id)
            if detail is not None:
                found += [(detail.run, one) for one in collection.markers if one.kind is kind]
        return sorted(found, key=lambda pair: pair[0].created_at, reverse=True)[:limit]

    async def write(self, collection: Collection) -> None:
        """Remember one."""
        self.held[collection.run_id] = collection


@dataclass
class MemoryTransferBook:
    """Transfers by id."""

    held: dict[str, Transfer] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    async def write(self, transfer: Transfer) -> None:
        """Remember one."""
        self.held[transfer.id] = transfer

    async def remove(self, transfer_id: str) -> None:
        """Forget one."""
        self.held.pop(transfer_id, None)

    @asynccontextmanager
    async def hold(self, transfer_id: str) -> AsyncIterator[bool]:
        """Yield whether it is there and free."""
        is_ours = transfer_id in self.held and transfer_id not in self.taken
        if is_ours:
            self.taken.add(transfer_id)
        try:
            yield is_ours
        finally:
            if is_ours:
                self.taken.discard(transfer_id)

    async def read(self) -> list[Transfer]:
        """Return all."""
        return sorted(self.held.values(), key=lambda one: one.begun_at)


@dataclass
class Shelf:
    """All that keeps artifacts."""

    store: ObjectArtifactStore = field(
        default_factory=lambda: ObjectArtifactStore(
            LOCAL, ObjectClient(MemoryStore(), is_sorted=True)
        )
    )
    files: FakeWorkFiles = field(default_factory=FakeWorkFiles)
    far_files: dict[str, WorkFiles] = field(default_factory=dict)
    """Of runs elsewhere, by upstream."""
    claims: FakeClaims = field(default_factory=FakeClaims)
    cache: MemoryCollectionCache = field(default_factory=MemoryCollectionCache)
    more: list[ArtifactStore] = field(default_factory=list)
    """Stores beside the usual one."""
    here = LocalArtifactFiles()
    """Files of this machine."""
    carrier: Carrier = field(default_factory=lambda: Carrier(LocalArtifactFiles(), Checksums()))
    book: MemoryTransferBook = field(default_factory=MemoryTransferBook)

    def collector(self, index: RunIndex, bus: Bus, clock: Clock) -> Collector:
        """Return the collector on all this."""
        files: dict[str, WorkFiles] = {LOCAL: self.files, **self.far_files}
        return Collector(self.store, files, self.claims, self.cache, index, bus, clock)

    def comparisons(self, artifacts: ArtifactService, index: RunIndex) -> ComparisonService:
        """Return what compares what is in all this."""
        return ComparisonService(artifacts, index, self.cache, artifacts.access)

    def service(self, index: RunIndex, access: Access, bus: Bus, clock: Clock) -> ArtifactService:
        """Return the service on all this."""
        access.keep(HOUSE)
        self.cache.runs = index.cache
        collector = self.collector(index, bus, clock)
        stores = StoreShelf([self.store, *self.more], access)
        return ArtifactService(
            stores, self.carrier, self.here, collector, index, access, bus, HOUSE.id
        )

    def care(self, artifacts: ArtifactService, bus: Bus, clock: Clock) -> ArtifactCareService:
        """Return what cares for all this."""
        access, sums = artifacts.access, self.carrier.sums
        stores = StoreShelf([self.store, *self.more], access)
        return ArtifactCareService(artifacts, stores, sums, access, bus, clock, Limits())

    def folders(
        self, artifacts: ArtifactService, care: ArtifactCareService, transfers: TransferService
    ) -> ArtifactFolderService:
        """Return what carries folders of all this."""
        return ArtifactFolderService(artifacts, care, transfers, artifacts.access)

    def logs(self, artifacts: ArtifactService) -> ArtifactLogService:
        """Return what shows what is in all this as logs; they are kept among temporary files."""
        spools = Path(tempfile.gettempdir(), "skyforge-tests-piped")
        return ArtifactLogService(artifacts, LogFeeds(PipedLogs(spools)), artifacts.access)

    def lineage(self, artifacts: ArtifactService, index: RunIndex, bus: Bus) -> LineageService:
        """Return what knows where what is in all this comes from."""
        access = artifacts.access
        stores = StoreShelf([self.store, *self.more], access)
        return LineageService(artifacts, stores, self.cache, index, access, bus)

    def transfers(
        self, artifacts: ArtifactService, bus: Bus, clock: Clock, labs: LabIndex
    ) -> TransferService:
        """Return what carries bytes to all this and from it."""
        access = artifacts.access
        stores = StoreShelf([self.store, *self.more], access)
        runner = TransferRunner(stores, self.carrier, self.book, bus, clock, labs.export)
        leftovers = Leftovers(stores, self.book, clock)
        return TransferService(artifacts, stores, runner, leftovers, self.here, access)
