"""What every CollectionCache promises, and how claims are given back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import RunState
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.store.claims import FileClaims
from skyforge_tui.store.collections import SqliteCollectionCache
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail

UP = Marker(MarkerKind.OUTPUT, "bgp", "up")
DOWN = Marker(MarkerKind.OUTPUT, "ospf", "down")
FILE = Marker(MarkerKind.ARTIFACT, "report", "out/r.json")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[SqliteRunCache, CollectionCache]]:
    """Return a run cache with a run in every state, numbered from 1, and what is beside it."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        runs = SqliteRunCache(database)
        states = enumerate(RunState, start=1)
        await runs.write([a_detail(number=n, state=state) for n, state in states], [])
        yield runs, SqliteCollectionCache(database)


def ended() -> list[RunId]:
    """Return the ids of the ended runs, newest first."""
    return [RunId(f"local:{n}") for n, state in enumerate(RunState, start=1) if state.is_final][
        ::-1
    ]


async def marked(
    cache: CollectionCache, kind: MarkerKind = MarkerKind.OUTPUT, limit: int = 9
) -> list[tuple[RunId, Marker]]:
    """Return the markers of one kind, each with its run's id."""
    return [(run.id, marker) for run, marker in await cache.marked(kind, limit)]


async def test_due(stores: tuple[SqliteRunCache, CollectionCache]) -> None:
    """Ended runs of the upstreams in question are due, newest first, until they were collected."""
    _, cache = stores
    assert await cache.due(["local", "forge"], 100) == ended()
    assert await cache.due(["local"], 2) == ended()[:2]
    assert await cache.due(["loca", "local:1", "forge"], 100) == []
    await cache.write(Collection(ended()[0]))
    assert await cache.due(["local"], 100) == ended()[1:]


async def test_round_trip(stores: tuple[SqliteRunCache, CollectionCache]) -> None:
    """A collection is remembered whole, and the last one counts."""
    _, cache = stores
    run_id = ended()[0]
    assert await cache.get(run_id) is None
    first = Collection(run_id, markers=(UP, FILE))
    second = Collection(
        run_id, "local", "artifacts/edge/1", 3, 12, (DOWN,), (Refusal("../x", "it leads out"),)
    )
    for one in (first, second):
        await cache.write(one)
        assert await cache.get(run_id) == one
    assert await marked(cache) == [(run_id, DOWN)]


async def test_marked(stores: tuple[SqliteRunCache, CollectionCache]) -> None:
    """Markers of one kind are told with their runs, the newest run first."""
    _, cache = stores
    new, old = ended()[:2]
    await cache.write(Collection(old, markers=(UP, FILE)))
    await cache.write(Collection(new, markers=(DOWN, UP)))
    assert await marked(cache) == [(new, DOWN), (new, UP), (old, UP)]
    assert await marked(cache, limit=1) == [(new, DOWN)]
    assert await marked(cache, MarkerKind.ARTIFACT) == [(old, FILE)]


async def test_forgotten_runs(stores: tuple[SqliteRunCache, CollectionCache]) -> None:
    """What was collected of a run is forgotten with it, and not remembered after it."""
    runs, cache = stores
    run_id = ended()[0]
    await cache.write(Collection(run_id, markers=(UP,)))
    await runs.write([a_detail(number=int(run_id[6:]), state=RunState.SUCCESS)], [])
    assert await cache.get(run_id) is not None
    await runs.write([], [run_id])
    assert await cache.get(run_id) is None
    assert await marked(cache) == []
    await cache.write(Collection(run_id, markers=(UP,)))
    assert await cache.get(run_id) is None


async def test_claims(tmp_path: Path) -> None:
    """One holds a claim at a time, by name; it is free again afterwards."""
    claims, others = FileClaims(tmp_path), FileClaims(tmp_path)
    async with claims.claim("a") as mine, others.claim("a") as theirs, others.claim("b") as b:
        assert (mine, theirs, b) == (True, False, True)
    async with others.claim("a") as theirs:
        assert theirs


async def test_the_dead_give_back(tmp_path: Path) -> None:
    """A killed program's claim is free."""
    script = """
import asyncio, sys
from contextlib import closing
from pathlib import Path
from skyforge_tui.store.claims import FileClaims
async def main():
    async with FileClaims(Path(sys.argv[1])).claim("a") as mine:
        print(mine, flush=True)
        sys.stdin.read()
asyncio.run(main())
"""
    claims = FileClaims(tmp_path)
    with subprocess.Popen(  # noqa: ASYNC220 - it is there before anything is awaited
        [sys.executable, "-c", script, tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "True\n"
            async with claims.claim("a") as mine:
                assert not mine
        finally:
            program.kill()
    async with claims.claim("a") as mine:
        assert mine


async def test_no_place_for_claims(tmp_path: Path) -> None:
    """Where claims cannot be kept, that is said."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        async with FileClaims(tmp_path / "file").claim("a"):
            pass


async def test_an_old_cache(tmp_path: Path) -> None:
    """What the first version with collections remembered is still known."""
    dump = Path(__file__).parents[1] / "store" / "dumps" / "cache_0003.sql"
    with closing(sqlite3.connect(tmp_path / "cache.db")) as connection:
        connection.executescript(dump.read_text())
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        cache = SqliteCollectionCache(database)
        found = await cache.get(RunId("local:6"))
        assert found is not None
        assert (found.prefix, found.count, len(found.markers)) == ("artifacts/edge-fabric/6", 1, 2)
        assert await marked(cache) == [
            (RunId("local:6"), Marker(MarkerKind.OUTPUT, "bgp", "running"))
        ]
