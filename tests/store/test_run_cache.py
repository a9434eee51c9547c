"""Runs in cache.db: what other versions and odd names do to it, and how it finds its rows."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import ProjectId, RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.store.database import CACHE, Database, open_database
from skyforge_tui.store.instants import microseconds
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import NOON, TEMPLATE_ID, a_detail

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an empty cache.db."""
    async with open_database(tmp_path / "cache.db", CACHE) as database:
        yield database


@pytest.fixture
def runs(database: Database) -> SqliteRunCache:
    """Return the run cache in it."""
    return SqliteRunCache(database)


async def _sql(database: Database, statement: str, *parameters: object) -> None:
    await database.write(lambda connection: connection.execute(statement, parameters))


async def test_a_state_of_another_version(database: Database, runs: SqliteRunCache) -> None:
    """A state that this version does not know reads as UNKNOWN, in rows, counts and states."""
    await runs.write([a_detail(number=1), a_detail(number=2, state=RunState.UNKNOWN)], [])
    await _sql(
        database,
        "UPDATE runs SET state = 'paused', "
        "run = CAST(replace(CAST(run AS TEXT), '\"success\"', '\"paused\"') AS BLOB)",
    )
    assert [run.state for run in await runs.newest()] == [RunState.UNKNOWN] * 2
    assert (await runs.order()).by_state == {RunState.UNKNOWN: 2}
    assert await runs.states("local") == {
        "local:1": RunState.UNKNOWN,
        "local:2": RunState.UNKNOWN,
    }


@pytest.mark.parametrize("payload", [b"{", b"{}", b"\xff", b'{"id": 5}'])
async def test_an_unreadable_row(
    payload: bytes,
    database: Database,
    runs: SqliteRunCache,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A row that cannot be read is named in the log and left out, until it is written anew."""
    good, bad = a_detail(number=1), a_detail(number=2)
    await runs.write([good, bad], [])
    await _sql(database, "UPDATE runs SET run = ? WHERE number = 2", payload)

    assert await runs.newest() == [good.run]
    assert list((await runs.page((await runs.order()).rowids)).values()) == [good.run]
    assert await runs.get(bad.run.id) is None
    assert "local:2 cannot be read" in caplog.text
    await runs.write([bad], [])
    assert await runs.get(bad.run.id) == bad


async def test_an_unreadable_detail(database: Database, runs: SqliteRunCache) -> None:
    """A detail that cannot be read does not hide the run's row."""
    detail = a_detail()
    await runs.write([detail], [])
    await _sql(database, "UPDATE runs SET detail = 'x'")
    assert await runs.newest() == [detail.run]
    assert await runs.get(detail.run.id) is None


async def test_a_name_that_is_no_text(
    runs: SqliteRunCache, caplog: pytest.LogCaptureFixture
) -> None:
    """A run with a name that is not Unicode keeps no other run from being remembered."""
    odd = a_detail(number=2, id=RunId("local:\udcff"))
    await runs.write([a_detail(number=1), odd], [RunId("local:\udcfe")])
    assert [run.number for run in await runs.newest()] == [1]
    assert "cannot be remembered" in caplog.text
    with pytest.raises(Invalid):
        await runs.get(odd.run.id)


async def test_row_ids_are_never_reused(runs: SqliteRunCache) -> None:
    """A row id handed out for a run that is gone never leads to a later run."""
    await runs.write([a_detail(number=1)], [])
    rowids = (await runs.order()).rowids
    await runs.write([], [RunId("local:1")])
    await runs.write([a_detail(number=2)], [])
    assert await runs.page(rowids) == {}


async def test_the_order_is_compact(runs: SqliteRunCache) -> None:
    """Eight bytes a run, whatever the number of runs."""
    await runs.write([a_detail(number=n) for n in range(100)], [])
    rowids = (await runs.order()).rowids
    assert isinstance(rowids, array)
    assert rowids.itemsize * len(rowids) == 800


async def test_a_failing_write_changes_nothing(runs: SqliteRunCache) -> None:
    """A write whose second half fails leaves the first half undone."""
    await runs.write([a_detail(number=1)], [])
    huge = a_detail(number=1 << 70, id=RunId("local:huge"), created_at=NOON)
    with pytest.raises(OverflowError):
        await runs.write([a_detail(number=2), huge], [RunId("local:1")])
    assert [run.number for run in await runs.newest()] == [1]


def plan_of(connection: sqlite3.Connection, question: str) -> list[str]:
    """Return the steps by which SQLite answers."""
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}")]


async def test_no_question_sorts_or_scans_the_runs(
    database: Database, runs: SqliteRunCache
) -> None:
    """Every question about 100,000 runs is answered along an index: nothing is sorted."""
    asked: list[str] = []
    await database.read(lambda connection: connection.set_trace_callback(asked.append))
    await runs.write([a_detail()], [])
    await runs.order()
    await runs.order([ProjectId("local:/elsewhere")])
    await runs.page([1])
    await runs.newest(50)
    await runs.get(RunId("local:1"))
    await runs.find(1)
    await runs.states("local")
    await runs.latest(TEMPLATE_ID, 5)
    await runs.last_by_template()
    await runs.usual([(TEMPLATE_ID, "up")])
    await database.read(lambda connection: connection.set_trace_callback(None))

    questions = [one for one in asked if "SELECT" in one and "INSERT" not in one]
    assert len(questions) == 12
    for question in questions:
        plan = await database.read(partial(plan_of, question=question))
        for step in plan:
            assert step != "SCAN runs", question
            # The fifty rows of a page, and the few of a number, may be put in order.
            few = "wanted" in question or "number = 1" in question
            assert few or "TEMP B-TREE" not in step, question


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_are_exact(moment: datetime) -> None:
    """Every moment has its own whole number of microseconds since 1970."""
    assert EPOCH + timedelta(microseconds=microseconds(moment)) == moment
