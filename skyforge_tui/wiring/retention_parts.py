"""Assembles what removes output that nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.retention import Limits
from skyforge_tui.domain.searchable import FieldKind
from skyforge_tui.ports.log_trimmer import KeptTrimmer
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.retention import RetentionService
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.settings.model import Artifacts, Retention
from skyforge_tui.store.bookmarks import SqliteBookmarkStore
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.wiring.artifact_parts import house_of

if TYPE_CHECKING:
    from skyforge_tui.wiring.assembly import Ground


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


def limits_of(retention: Retention | Artifacts) -> Limits:
    """Return what is configured as figures."""
    age = None if retention.age is None else number_of(FieldKind.DURATION, retention.age)
    return Limits(
        None if age is None else timedelta(microseconds=age),
        None if retention.size is None else number_of(FieldKind.SIZE, retention.size),
    )
