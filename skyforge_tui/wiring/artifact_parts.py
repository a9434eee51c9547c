"""Assembles what keeps artifacts: the store, the collector, the services."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from skyforge_tui.domain.identity import LOCAL, ProjectId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.ports.clock import Clock
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.providers.artifacts.work_files import LocalWorkFiles
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.collector import Collector
from skyforge_tui.services.comparisons import ComparisonService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.database import Database


def artifact_services(
    state_dir: Path,
    directory: Path | None,
    cache: Database,
    index: RunIndex,
    access: Access,
    bus: Bus,
    clock: Clock,
) -> tuple[ArtifactService, ComparisonService]:
    """Return the services on a directory store: `directory`, or one in the state directory."""
    house = house_of(state_dir)
    access.keep(house)
    store = ObjectArtifactStore(LOCAL, DirectoryClient(directory or state_dir / "artifacts"))
    made, claims = SqliteCollectionCache(cache), FileClaims(state_dir)
    collector = Collector(store, LocalWorkFiles(), claims, made, index, bus, clock)
    artifacts = ArtifactService([store], collector, index, access, bus, house.id)
    return artifacts, ComparisonService(artifacts, index, made, access)


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
