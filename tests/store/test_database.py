"""A database in good order: fresh files, whole transactions, and a way out for everybody."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid, Unavailable
from skyforge_tui.store.database import CACHE, STATE, open_database
from tests.store.database_files import (
    PATIENCE_S,
    aside,
    filled,
    numbers,
    plain,
    wait_until,
)


async def test_a_fresh_database(tmp_path: Path) -> None:
    """A fresh file is its owner's only, in WAL mode, checks references and is up to date."""
    path = tmp_path / "new" / "cache.db"
    async with open_database(path, CACHE) as database:
        pragmas = await database.read(
            lambda connection: [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
            ]
        )
        assert pragmas == ["wal", 1, 1, CACHE.latest]
        assert database.path == path
        assert not database.is_in_memory
        assert database.notices == ()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.with_name("cache.db-wal").exists()


async def test_a_symbolic_link(tmp_path: Path) -> None:
    """A link to the file is the same database as the file."""
    (tmp_path / "elsewhere").mkdir()
    link, real = tmp_path / "cache.db", tmp_path / "elsewhere" / "real.db"
    link.symlink_to(real)
    await filled(link, 2)
    async with open_database(real, CACHE) as database:
        assert await numbers(database) == [0, 1]


async def test_a_failing_change_leaves_nothing(tmp_path: Path) -> None:
    """A write that raises half-way is taken back whole."""

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('a', 'b')")
        raise LookupError

    async with open_database(tmp_path / "state.db", STATE) as database:
        with pytest.raises(LookupError):
            await database.write(half)
        rows = await database.read(lambda c: c.execute("SELECT * FROM meta").fetchall())
        assert rows == []


async def test_a_cancelled_write_is_whole(tmp_path: Path) -> None:
    """Cancelling who waits for a write does not cut the write in two."""
    began, go_on = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('a', '1')")
        began.set()
        assert go_on.wait(PATIENCE_S)
        connection.execute("INSERT INTO meta VALUES ('b', '2')")

    async with open_database(tmp_path / "state.db", STATE) as database:
        writing = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(began.wait, PATIENCE_S)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        go_on.set()
        rows = await database.read(lambda c: c.execute("SELECT key FROM meta").fetchall())
        assert rows == [("a",), ("b",)]


async def test_cancelled_while_opening(tmp_path: Path) -> None:
    """Cancelling who opens a database leaves no thread and no lock behind."""
    path = tmp_path / "cache.db"
    before = threading.active_count()

    async def hold() -> None:
        async with open_database(path, CACHE):
            pytest.fail("it was cancelled before")

    opening = asyncio.create_task(hold())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await asyncio.to_thread(wait_until, lambda: threading.active_count() <= before + 1)
    plain(path, f"PRAGMA user_version = {CACHE.latest + 1}")
    async with open_database(path, CACHE) as database:
        assert not database.is_in_memory  # nobody else is inside
        assert len(aside(path)) == 1


async def test_a_closed_database(tmp_path: Path) -> None:
    """Asking a closed database is an upstream's failure, not a crash."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        pass
    with pytest.raises(Unavailable, match="closed"):
        await numbers(database)


async def test_text_that_is_none(tmp_path: Path) -> None:
    """Asking for a name that is not Unicode text is refused."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        with pytest.raises(Invalid, match="not Unicode"):
            await database.read(lambda c: c.execute("SELECT ?", ("\udcff",)).fetchall())
