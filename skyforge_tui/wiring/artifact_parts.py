"""Assembles what keeps artifacts: the store, the collector, the services."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import LOCAL, ProjectId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.work_files import WorkFiles
from skyforge_tui.providers.artifacts.local_files import LocalArtifactFiles
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.providers.artifacts.work_files import LocalWorkFiles
from skyforge_tui.services.artifact_care import ArtifactCareService
from skyforge_tui.services.artifact_folders import ArtifactFolderService
from skyforge_tui.services.artifact_logs import ArtifactLogService, LogFeeds
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.checksums import Checksums
from skyforge_tui.services.collector import Collector
from skyforge_tui.services.comparisons import ComparisonService
from skyforge_tui.services.leftovers import Leftovers
from skyforge_tui.services.lineage import LineageService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.store_shelf import StoreShelf
from skyforge_tui.services.transfer_runner import TransferRunner
from skyforge_tui.services.transfers import TransferService
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.files.fed import PipedLogs
from skyforge_tui.store.transfers import FileTransferBook

if TYPE_CHECKING:
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.services.lab_index import LabIndex
    from skyforge_tui.settings.model import Settings
    from skyforge_tui.wiring.assembly import Ground


class ArtifactParts(NamedTuple):
    """The services about artifacts, each by its name among all of them."""

    artifacts: ArtifactService
    comparisons: ComparisonService
    artifact_care: ArtifactCareService
    transfers: TransferService
    lineage: LineageService
    artifact_logs: ArtifactLogService
    artifact_folders: ArtifactFolderService


def artifact_services(
    ground: Ground,
    stores: Sequence[ArtifactStore],
    index: RunIndex,
    labs: LabIndex,
    far: Mapping[str, WorkFiles],
) -> ArtifactParts:
    """Return the services on some stores, the first being the usual one.

    `far` reaches the files that runs left elsewhere, by upstream.
    """
    from skyforge_tui.wiring.retention_parts import limits_of  # which needs the house below

    state_dir, cache = ground.frame.state_dir, ground.cache
    access, bus, clock = ground.access, ground.bus, ground.clock
    limits = limits_of(ground.loaded.settings.artifacts)
    house = house_of(state_dir)
    access.keep(house)
    made, claims, sums = SqliteCollectionCache(cache), FileClaims(state_dir), Checksums()
    work_files: dict[str, WorkFiles] = {LOCAL: LocalWorkFiles(), **far}
    collector = Collector(stores[0], work_files, claims, made, index, bus, clock)
    files = LocalArtifactFiles()
    shelf, carrier = StoreShelf(stores, access), Carrier(files, sums)
    artifacts = ArtifactService(shelf, carrier, files, collector, index, access, bus, house.id)
    book = FileTransferBook(state_dir)
    runner = TransferRunner(shelf, carrier, book, bus, clock, labs.export)
    leftovers = Leftovers(shelf, book, clock)
    care = ArtifactCareService(artifacts, shelf, sums, access, bus, clock, limits)
    transfers = TransferService(artifacts, shelf, runner, leftovers, files, access)
    return ArtifactParts(
        artifacts,
        ComparisonService(artifacts, index, made, access),
        care,
        transfers,
        LineageService(artifacts, shelf, made, index, access, bus),
        ArtifactLogService(
            artifacts, LogFeeds(PipedLogs(ground.frame.cache_dir / "piped")), access
        ),
        ArtifactFolderService(artifacts, care, transfers, access),
    )


def open_stores(
    state_dir: Path,
    settings: Settings | None,
    access: Access,
    health: HealthBoard,
    clock: Clock,
    stack: AsyncExitStack,
) -> list[ArtifactStore]:
    """Return every artifact store: the directory and the buckets, the chosen one first.

    Raises:
        Invalid: the chosen one is not configured.
    """
    chosen = settings.artifacts if settings is not None else None
    directory = chosen.directory if chosen is not None else None
    client = DirectoryClient(directory or state_dir / "artifacts")
    stores: list[ArtifactStore] = [ObjectArtifactStore(LOCAL, client)]
    if settings is not None and settings.s3:
        from skyforge_tui.wiring.buckets import open_buckets  # only whoever has one pays for it

        stores += open_buckets(state_dir, settings, access, health, clock, stack)
    usual = chosen.store if chosen is not None and chosen.store else LOCAL
    if all(one.name != usual for one in stores):
        raise Invalid(
            f"artifacts.store is {usual}, but there is no [s3.{usual}]",
            operation="artifact.stores", advice="connect to it: skyforge connect s3",
        )  # fmt: skip
    return sorted(stores, key=lambda one: one.name != usual)


def house_of(state_dir: Path) -> Project:
    """Return what stands for the state directory itself: its owner rules what nobody else does."""
    try:
        number = state_dir.stat().st_uid
    except OSError:  # what is not there yet, or is in the way, would be made by this person
        number = os.geteuid()
    try:
        owner = pwd.getpwuid(number).pw_name
    except KeyError:  # an account without a name, as in some containers
        owner = str(number)
    path = str(state_dir)
    return Project(
        ProjectId(f"{LOCAL}:{path}"), "this-machine", "This machine", ProjectKind.FOLDER, path,
        created_by=owner,
    )  # fmt: skip
