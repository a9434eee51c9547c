"""Old databases come up to date with all that is in them, or stay as they were."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.store.bookmarks import SqliteBookmarkStore
from skyforge_tui.store.database import CACHE, STATE, open_database
from skyforge_tui.store.projects import SqliteProjectCache
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.store.trust import SqliteTrustStore
from skyforge_tui.store.views import SqliteViewStore
from tests.builders import PROJECT_ID
from tests.store.database_files import (
    PATIENCE_S,
    child,
    plain,
    schema_of,
    wait_until,
)

DUMPS = Path(__file__).with_name("dumps")


def load(path: Path, dump: Path) -> None:
    """Make the database at `path` out of a dump."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text())


@pytest.mark.parametrize("name", ["cache", "state"])
def test_every_version_was_dumped(name: str) -> None:
    """For every migration there is a dump of a database as that version left it."""
    schema = {"cache": CACHE, "state": STATE}[name]
    dumps = {one.name for one in DUMPS.glob(f"{name}_*.sql")}
    assert dumps == {f"{name}_{version:04}.sql" for version in range(1, schema.latest + 1)}


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("cache_*.sql")), ids=lambda one: one.stem)
async def test_an_old_cache(dump: Path, tmp_path: Path) -> None:
    """A cache of any older version is brought up to date with all that is in it."""
    path = tmp_path / "cache.db"
    load(path, dump)
    async with open_database(path, CACHE) as database:
        assert database.notices == ()
        runs, projects = SqliteRunCache(database), SqliteProjectCache(database)
        assert [run.state for run in await runs.newest()][:2] == ["stopping", "running"]
        assert set((await runs.states("local")).values()) == set(RunState)
        assert await runs.get((await runs.find(6))[0]) is not None
        assert [one.id for one in await projects.projects()] == [PROJECT_ID]
        assert [one.name for one in await projects.templates()] == ["netlab-up", "lab-up"]
    assert plain(path, "PRAGMA user_version") == [(CACHE.latest,)]


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("state_*.sql")), ids=lambda one: one.stem)
async def test_an_old_state(dump: Path, tmp_path: Path) -> None:
    """Trust given to any older version still holds, and what it was told to keep is there."""
    path = tmp_path / "state.db"
    load(path, dump)
    async with open_database(path, STATE) as database:
        assert database.notices == ()
        trusted = await SqliteTrustStore(database).trusted()
        assert trusted == {("/srv/edge-fabric/skyforge.toml", "0" * 64)}
        views = await SqliteViewStore(database).views("runs")
        assert {one.name for one in views} == ({"broken"} if dump.stem >= "state_0002" else set())
        bookmarks = await SqliteBookmarkStore(database).bookmarks(RunId("local:7"))
        assert bookmarks == ([0, 5_000_000_000] if dump.stem >= "state_0004" else [])


async def test_all_pending_migrations_or_none(tmp_path: Path) -> None:
    """A migration that fails takes those before it back, and the file stays as it was."""
    path = tmp_path / "some.db"
    first, second = "CREATE TABLE a (x); INSERT INTO a VALUES (1);", "CREATE TABLE b (y);"
    async with open_database(path, schema_of(tmp_path / "one", first)):
        pass
    before = path.read_bytes()

    broken = schema_of(tmp_path / "two", first, second, "UPDATE a SET nonsense = 1;")
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        async with open_database(path, broken):
            pass
    assert path.read_bytes() == before

    # It fails on this content only: the file is left alone, and one can work without it.
    unlucky = schema_of(tmp_path / "three", first, second, "CREATE UNIQUE INDEX c ON a (x);")
    plain(path, "INSERT INTO a VALUES (1)")
    async with open_database(path, unlucky) as database:
        assert database.is_in_memory
        assert "UNIQUE" in database.notices[0].body
    assert plain(path, "PRAGMA user_version") == [(1,)]
    assert plain(path, "SELECT name FROM sqlite_master") == [("a",)]

    plain(path, "DELETE FROM a")
    async with open_database(path, unlucky) as database:
        assert not database.is_in_memory
    assert plain(path, "PRAGMA user_version") == [(3,)]


def test_migrations_have_no_holes(tmp_path: Path) -> None:
    """A missing number among the migrations is refused."""
    schema = schema_of(tmp_path, "CREATE TABLE a (x);", "CREATE TABLE b (x);")
    (tmp_path / "0001_step.sql").unlink()
    with pytest.raises(ValueError, match="expected number 0001"):
        _ = schema.latest


async def test_killed_in_the_middle_of_a_migration(tmp_path: Path) -> None:
    """A process killed while it migrates leaves the file as it was; the next one migrates it."""
    path, folder = tmp_path / "some.db", tmp_path / "steps"
    first = "CREATE TABLE a (x); INSERT INTO a VALUES (1);"
    async with open_database(path, schema_of(folder, first)):
        pass
    before = path.read_bytes()
    endless = """
        CREATE TABLE b (y);
        INSERT INTO b WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT hex(randomblob(500)) FROM n;
    """
    schema_of(folder, first, endless)
    script = """
async def main():
    async with open_database(path, Schema(Path(sys.argv[2]), loss="")):
        say("never")
say("ready")
asyncio.run(main())
"""
    log = Path(f"{path}-wal")
    with child(script, path, folder) as process:
        wait_until(lambda: log.exists() and log.stat().st_size > 1 << 20)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    assert path.read_bytes() == before

    async with open_database(path, schema_of(folder, first, "CREATE TABLE c (z);")) as database:
        assert database.notices == ()
        names = await database.read(
            lambda c: c.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall()
        )
        assert names == [("a",), ("c",)]
        assert await database.read(lambda c: c.execute("SELECT x FROM a").fetchall()) == [(1,)]
