"""Assembles what removes output that nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.retention import HeldLimits, Limits
from skyforge_tui.domain.searchable import FieldKind
from skyforge_tui.ports.log_trimmer import KeptTrimmer
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.held_runs import HeldRunsService
from skyforge_tui.services.retention import RetentionService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.settings.tables import Artifacts, Retention
from skyforge_tui.store.bookmarks import SqliteBookmarkStore
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.wiring.artifact_parts import house_of

if TYPE_CHECKING:
    from skyforge_tui.wiring.assembly import Ground
    from skyforge_tui.wiring.run_servers import RunServers


def retention_service(
    ground: Ground, index: RunIndex, access: Access, kept: Mapping[str, KeptTrimmer]
) -> RetentionService:
    """Return the service on the runs of a state directory, and on what is `kept` of servers."""
    state_dir = ground.frame.state_dir
    return RetentionService(
        index,
        SqliteCollectionCache(ground.cache),
        {LOCAL: FileLogStore(state_dir)},
        FileClaims(state_dir),
        access,
        ground.clock,
        limits_of(ground.loaded.settings.retention),
        house_of(state_dir).id,
        SqliteBookmarkStore(ground.state),
        kept,
    )


def held_runs_service(
    ground: Ground, servers: RunServers, artifacts: ArtifactService
) -> HeldRunsService:
    """Return the service on the runs that hosts keep."""
    retention = ground.loaded.settings.retention
    age = None if retention.host_age is None else number_of(FieldKind.DURATION, retention.host_age)
    limits = HeldLimits(None if age is None else timedelta(microseconds=age), retention.host_runs)
    return HeldRunsService(
        servers.keepers, servers.kept, artifacts, FileClaims(ground.frame.state_dir),
        ground.access, ground.clock, limits,
    )  # fmt: skip


def limits_of(retention: Retention | Artifacts) -> Limits:
    """Return what is configured as figures."""
    age = None if retention.age is None else number_of(FieldKind.DURATION, retention.age)
    return Limits(
        None if age is None else timedelta(microseconds=age),
        None if retention.size is None else number_of(FieldKind.SIZE, retention.size),
    )
