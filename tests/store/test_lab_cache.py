"""Labs as last seen come back as they were written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, ProjectId, RunId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.store.database import CACHE, Database, open_database
from skyforge_tui.store.labs import SqliteLabCache
from tests.fakes.labs import a_lab, a_lab_source
from tests.store.test_database_migrations import DUMPS, load


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an open cache."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        yield database


async def test_labs_come_back(database: Database) -> None:
    """Every field of a lab and of a source is remembered; the difference is written."""
    cache = SqliteLabCache(database)
    whole = a_lab(
        project_id=ProjectId("local:/srv"), run_id=RunId("local:7"), step="starting", note="why"
    )
    bare = a_lab(id=LabId("netlab:5"), nodes_total=None, nodes_up=None, ready=None, updated_at=None)
    await cache.write([whole, bare], [], [a_lab_source()])
    assert await cache.labs() == [bare, whole]
    assert await cache.sources() == [a_lab_source()]
    silent = a_lab_source(mode=UpstreamState.ERROR, error="gone")
    await cache.write([a_lab(state=LabState.FAILED)], [bare.id], [silent])
    assert await cache.labs() == [a_lab(state=LabState.FAILED)]
    assert await cache.sources() == [silent]


async def test_states_of_another_version(database: Database) -> None:
    """A state that this version does not know reads as UNKNOWN."""
    cache = SqliteLabCache(database)
    await cache.write([a_lab()], [], [])
    await database.write(
        lambda connection: connection.execute(
            "UPDATE labs SET payload = replace(payload, '\"running\"', '\"dreaming\"')"
        )
    )
    assert [one.state for one in await cache.labs()] == [LabState.UNKNOWN]


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("cache_*.sql"))[1:], ids=lambda one: one.stem)
async def test_labs_of_an_old_cache(dump: Path, tmp_path: Path) -> None:
    """Labs remembered by an older version are still known."""
    load(tmp_path / "old.db", dump)
    async with open_database(tmp_path / "old.db", CACHE) as database:
        assert await SqliteLabCache(database).labs() == [a_lab()]
        assert await SqliteLabCache(database).sources() == [a_lab_source()]
