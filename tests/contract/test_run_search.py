"""Searching runs in the cache finds what the language says, in the order that was asked for."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.identity import Me, ProjectId, RunId
from skyforge_tui.domain.pattern import in_one_line
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.domain.run import Run, RunDetail, RunState
from skyforge_tui.domain.view import Sort
from skyforge_tui.domain.vocabularies import RUNS, run_record
from skyforge_tui.ports.cache import RUN_SORTS, RunSearch
from skyforge_tui.store.database import CACHE, Database, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import NOON, PROJECT_ID, a_detail, a_run

NOW = NOON + timedelta(hours=3)

WORDS = st.sampled_from(
    ["bgp", "BGP", "wan core", "Ärger", "a\nb", "x_1", "", "50%", "it's", "null"]
)
TIMES = st.integers(0, 20_000).map(lambda s: NOON + timedelta(seconds=s))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Return a run with anything in it."""
    number = draw(st.integers(1, 9_999))
    started = draw(st.none() | TIMES)
    ended = None if started is None else draw(st.none() | TIMES)
    return a_run(
        number=number,
        id=RunId(f"{draw(st.sampled_from(['local', 'eve-Lab1']))}:{number}"),
        state=draw(st.sampled_from(RunState)),
        template=draw(WORDS),
        project=draw(WORDS),
        started_by=draw(st.sampled_from(["ada", "Ada", "Ada Lovelace", "bob", ""])),
        login=draw(st.sampled_from(["", "adal", "ADAL", "ada", "bob"])),
        note=draw(WORDS),
        created_at=draw(TIMES),
        started_at=started,
        ended_at=ended,
        exit_code=draw(st.none() | st.integers(0, 255)),
        waits_for_input=draw(st.booleans()),
        log_bytes=draw(st.integers(0, 1 << 40)),
    )


TERMS = st.sampled_from(
    [
        "bgp", '"wan core"', "ärger", "x_", "%", "it's", '"a b"', "null", "/b.p/", "/^core|1$/",
        "/wan.*core/", "template:bgp,core", "template:/^b/,x", "who:ada", "who:/^ada$/", "note:50%",
        "failed", "state:passed,lost", "asks", "active", "ended", "mine", "running", "@eve",
        "@local", "@eve-lab1", "age<1h", "age>=3h", "took<30m", "took>0s", "took=0s", "size>1MB",
        "size<=512b", "exit=0", "exit>2", "run<5000", "run=7", "unknown", "12",
    ]
)  # fmt: skip
QUERIES = st.lists(
    st.tuples(st.sampled_from(["", "!"]), TERMS).map("".join), min_size=0, max_size=4
).map(" ".join)
SORTS = st.none() | st.builds(Sort, st.sampled_from(RUN_SORTS), st.booleans())


ADA = Me("ada", {"eve-Lab1": "adal"})


def expected(some: list[Run], search: RunSearch) -> list[RunId]:
    """Return what a search finds, as Python sees it."""
    found = [one for one in some if search.query.matches(run_record(one, search.now, search.me))]
    found.sort(key=lambda one: (one.state.is_active, one.created_at, one.number), reverse=True)
    if search.sort is not None:
        column = search.sort.column
        with_value = [one for one in found if sort_value(column, one, search.now) is not None]
        with_value.sort(
            key=lambda one: sort_value(column, one, search.now), reverse=search.sort.is_descending
        )
        found = with_value + [one for one in found if sort_value(column, one, search.now) is None]
    return [one.id for one in found]


ORDER = [
    "asks", "running", "starting", "stopping", "waiting", "error", "lost", "unknown", "stopped",
    "success",
]  # fmt: skip


def sort_value(column: str, run: Run, now: datetime) -> Any:
    """Return what a run is sorted by, one type a column; None for what it does not have."""
    asks = run.waits_for_input and run.state is RunState.RUNNING
    return {
        "state": ORDER.index("asks" if asks else run.state.value),
        "run": run.number,
        "template": in_one_line(run.template),
        "project": in_one_line(run.project),
        "who": in_one_line(run.who),
        "start": run.started_at or run.created_at,
        "took": run.duration(now),
        "note": in_one_line(run.note) or None,
    }[column]


async def asked(path: Path, some: list[Run], search: RunSearch) -> list[RunId]:
    """Return what a cache finds."""
    async with open_database(path / "cache.db", CACHE) as database:
        cache = SqliteRunCache(database)
        before = [*await cache.states("local"), *await cache.states("eve-Lab1")]
        await cache.write([a_detail(run=one) for one in some], before)
        order = await cache.order(None, search)
        return [one.id for one in (await cache.page(order.rowids)).values()]


@settings(max_examples=80, deadline=None)
@given(st.lists(runs(), max_size=8, unique_by=lambda one: one.id), QUERIES, SORTS)
def test_the_cache_finds_what_the_language_says(
    tmp_path_factory: pytest.TempPathFactory, some: list[Run], text: str, sort: Sort | None
) -> None:
    """Whatever the runs and the question, the database answers as Python would."""
    search = RunSearch(NOW, ADA, parse(text, RUNS), sort)
    path = tmp_path_factory.getbasetemp() / "search"
    found = asyncio.run(asked(path, some, search))
    wanted = expected(some, search)
    assert sorted(found) == sorted(wanted)
    by_id = {one.id: one for one in some}
    assert [_place(by_id[one], search) for one in found] == [
        _place(by_id[one], search) for one in wanted
    ]


def _place(run: Run, search: RunSearch) -> tuple[object, ...]:
    """Return all that decides about a run's place; runs of the same place come in any order."""
    value = None if search.sort is None else sort_value(search.sort.column, run, search.now)
    return value, run.state.is_active, run.created_at, run.number


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an empty cache.db."""
    async with open_database(tmp_path / "cache.db", CACHE) as one:
        yield one


@pytest.fixture
async def cache(database: Database) -> SqliteRunCache:
    """Return a cache of three runs."""
    cache = SqliteRunCache(database)
    templates = enumerate(["bgp", "wan", "bgp core"], start=1)
    await cache.write([a_detail(number=n, template=name) for n, name in templates], [])
    return cache


def search(text: str) -> RunSearch:
    """Return a search of ada's."""
    return RunSearch(NOW, ADA, parse(text, RUNS))


async def test_counts_are_of_all(cache: SqliteRunCache) -> None:
    """What a search leaves out still counts: `2 of 3` can be said."""
    order = await cache.order(None, search("bgp"))
    assert (len(order.rowids), order.total) == (2, 3)


async def test_what_may_not_be_seen_is_not_found(cache: SqliteRunCache) -> None:
    """A search finds nothing in projects that were not asked for."""
    other = ProjectId("local:/srv/other")
    await cache.write([a_detail(number=4, template="bgp", project_id=other)], [])
    order = await cache.order([PROJECT_ID], search("bgp"))
    assert (len(order.rowids), order.total) == (2, 3)
    order = await cache.order([other], search("/^bgp$/"))
    assert (len(order.rowids), order.total) == (1, 1)
    assert len((await cache.order([], search("bgp"))).rowids) == 0


async def test_what_changes_is_found_as_it_is(cache: SqliteRunCache) -> None:
    """A run that changed is found by what it is now."""
    running = a_run(number=1, template="bgp", state=RunState.RUNNING)
    await cache.write([a_detail(run=running)], [])
    assert len((await cache.order(None, search("running"))).rowids) == 1
    failed = replace(running, state=RunState.ERROR, note="leaf3 unreachable")
    await cache.write([a_detail(run=failed)], [])
    assert len((await cache.order(None, search("running"))).rowids) == 0
    assert len((await cache.order(None, search("leaf3 failed"))).rowids) == 1


async def test_rows_of_an_older_version_are_found(
    cache: SqliteRunCache, database: Database
) -> None:
    """What was cached before there was a search is found by the first one, readable or not."""

    def age(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE runs SET text = NULL, template = ''")
        connection.execute("UPDATE runs SET run = x'00' WHERE number = 3")

    await database.write(age)
    again = SqliteRunCache(database)
    assert len((await again.order(None, search("template:bgp"))).rowids) == 1
    assert len((await again.order(None, search(""))).rowids) == 3


async def test_a_pattern_search_can_be_given_up(cache: SqliteRunCache) -> None:
    """Whoever no longer wants to know cancels, and the cache answers the next question at once."""
    many = [a_detail(number=n, template="a" * 100) for n in range(10, 3010)]
    await cache.write(many, [])
    task = asyncio.create_task(cache.order(None, search("/(a|aa)+(.|a)*b/")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len((await cache.order(None, search("template:aaa"))).rowids) == 3000


async def test_foreign_text_is_only_text(cache: SqliteRunCache) -> None:
    """Nothing that is looked for can be taken for SQL or for a wildcard."""
    detail: RunDetail = a_detail(number=9, template="100%' OR '1'='1")
    await cache.write([detail], [])
    assert len((await cache.order(None, search('"100%\' or"'))).rowids) == 1
    assert len((await cache.order(None, search("'x%y'"))).rowids) == 0
