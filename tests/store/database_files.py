"""Database files as they are met in the world: made, spoilt and shared by other processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from skyforge_tui.store.database import CACHE, Database, Schema, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail

ROOT = Path(__file__).parents[2]


PATIENCE_S = 60.0


PRELUDE = """
import asyncio, os, sys
from pathlib import Path
from skyforge_tui.store.database import CACHE, STATE, Schema, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail
path = Path(sys.argv[1])
def say(word):
    print(word, flush=True)
"""


HOLD = """
async def main():
    async with open_database(path, CACHE) as database:
        await SqliteRunCache(database).write([a_detail(number=1)], [])
        say("ready")
        sys.stdin.readline()
asyncio.run(main())
"""


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start another process that runs `script`; it speaks and listens by lines."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def child(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run `script` in a process that is gone at the end, and ready once it said so."""
    process = python(script, *arguments)
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def plain(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """Run statements on the file without the program under test; return the last one's rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        rows: list[tuple[object, ...]] = []
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        return rows


def schema_of(folder: Path, *steps: str) -> Schema:
    """Return a schema whose migrations are `steps`."""
    folder.mkdir(exist_ok=True)
    for number, step in enumerate(steps, start=1):
        (folder / f"{number:04}_step.sql").write_text(step)
    return Schema(folder, loss="Nothing is lost.")


def has_log(path: Path) -> bool:
    """Tell whether the database was left with a log, as a killed process leaves it."""
    return Path(f"{path}-wal").exists()


def aside(path: Path) -> list[str]:
    """Return the names of what was set aside beside `path`, sorted."""
    return sorted(one.name for one in path.parent.glob(f"{path.name}.*-*Z*"))


async def filled(path: Path, count: int = 300) -> None:
    """Make a cache of `count` runs and close it."""
    async with open_database(path, CACHE) as database:
        await SqliteRunCache(database).write([a_detail(number=n) for n in range(count)], [])


async def numbers(database: Database) -> list[int]:
    """Return the numbers of all remembered runs, ascending."""
    return sorted(run.number for run in await SqliteRunCache(database).newest())
