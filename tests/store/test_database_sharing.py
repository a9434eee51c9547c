"""Several processes use one file at once, and any of them may be killed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store import database_file
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail
from tests.store.database_files import (
    HOLD,
    PATIENCE_S,
    aside,
    child,
    filled,
    has_log,
    numbers,
    plain,
    python,
)


async def test_another_process_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write waits for another process's, and gives up with advice when that never ends."""
    monkeypatch.setattr(database_file, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "cache.db"
    await filled(path, 1)
    async with open_database(path, CACHE) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="another process is writing") as caught:
                await SqliteRunCache(database).write([a_detail(number=2)], [])
            assert "again" in caught.value.advice
            assert await numbers(database) == [0]
            other.execute("ROLLBACK")
        await SqliteRunCache(database).write([a_detail(number=2)], [])


@pytest.mark.parametrize("before", ["nothing", "damage"])
async def test_many_processes_open_at_once(before: str, tmp_path: Path) -> None:
    """Processes that open and write one file at once lose nothing; damage is set aside once."""
    path = tmp_path / "cache.db"
    if before == "damage":
        path.write_bytes(b"x" * 9000)
    script = """
first = int(sys.argv[2])
async def main():
    say("ready")
    sys.stdin.readline()
    async with open_database(path, CACHE) as database:
        runs = SqliteRunCache(database)
        for number in range(first, first + 20):
            await runs.write([a_detail(number=number)], [])
        say(f"{len(database.notices)} {database.is_in_memory}")
asyncio.run(main())
"""
    processes = [python(script, path, first) for first in range(0, 80, 20)]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    answers = []
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in processes:
        answer, _ = one.communicate(timeout=PATIENCE_S)
        assert one.returncode == 0
        answers.append(answer)
    said = ["0 False\n"] * 4 if before == "nothing" else ["0 False\n"] * 3 + ["1 False\n"]
    assert sorted(answers) == said
    assert len(aside(path)) == (before == "damage")
    async with open_database(path, CACHE) as database:
        assert await numbers(database) == list(range(80))


async def test_a_newer_file_in_use(tmp_path: Path) -> None:
    """A file that another process uses is never taken from it: one works beside it in memory."""
    path = tmp_path / "cache.db"
    with child(HOLD, path) as other:
        plain(path, f"PRAGMA user_version = {CACHE.latest + 1}")
        async with open_database(path, CACHE) as database:
            (notice,) = database.notices
            assert database.is_in_memory
            assert "Another skyforge uses it" in notice.body
            assert "Close the other skyforge" in notice.advice
            assert await numbers(database) == []
        assert aside(path) == []
        other.communicate("enough\n", timeout=PATIENCE_S)
    assert plain(path, "SELECT number FROM runs") == [(1,)]


async def test_a_killed_process_loses_nothing_committed(tmp_path: Path) -> None:
    """What was committed before a kill is there afterwards, and the file is fit for use."""
    path = tmp_path / "cache.db"
    with child(HOLD, path) as other:
        other.kill()
        other.wait(PATIENCE_S)
    assert has_log(path)
    async with open_database(path, CACHE) as database:
        assert database.notices == ()
        assert await numbers(database) == [1]


async def test_changes_of_another_process_are_seen(tmp_path: Path) -> None:
    """What another process commits is seen by the next question."""
    path = tmp_path / "cache.db"
    async with open_database(path, CACHE) as database:
        assert await numbers(database) == []
        with child(HOLD, path):
            assert await numbers(database) == [1]
