"""Runs are listed in few requests, and forgotten only when they are certainly gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.runs import Run as Task
from skyforge_tui.demo.servers.semaphore.server import Stock
from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from tests.semaphores import Bench, bench_on

PROJECTS = 3
"""Those that the manager belongs to."""


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return an engine on a pretend server whose time stands still."""
    async with bench_on(tmp_path) as found:
        yield found


def past(bench: Bench, count: int, project: int = 1) -> list[RunId]:
    """Let a project have had so many runs; return their ids, oldest first."""
    state = bench.server.state
    template = next(iter(state.rooms[project].templates))
    ids = []
    for _ in range(count):
        number = state.numbers.next("task", project)
        now = state.estate.clock.now()
        state.runs[number] = Task(
            id=number, project_id=project, template_id=template, status="success",
            user_id=1, created=now, start=now, end=now,
        )  # fmt: skip
        ids.append(RunId(f"semaphore:{project}-{number}"))
    return ids


async def test_a_listing_costs_one_request_a_project(bench: Bench) -> None:
    """Runs are listed with one request a project, and one for its people once; read with none."""
    ids = past(bench, 150) + past(bench, 20, project=2)
    before = bench.requests["GET"]
    held = await bench.engine.listed([])
    assert held.ids == set(ids)
    assert bench.requests["GET"] - before == 2 + 2 * PROJECTS
    before = bench.requests["GET"]
    listing = await bench.engine.fetch(ids)
    assert len(listing.runs) == len(ids)
    assert bench.requests["GET"] == before


async def test_a_long_past_is_read_once(bench: Bench) -> None:
    """Where more than the newest 200 are unknown, the server's 1000 are read, and never again."""
    ids = past(bench, 1_300)
    held = await bench.engine.listed([])
    assert held.ids == set(ids[-1_000:])
    before = bench.requests["GET"]
    await bench.clock.advance(10)
    again = await bench.engine.listed(held.ids)
    assert again.ids == set(ids[-200:])
    assert again.gone == frozenset()
    assert bench.requests["GET"] - before == 1 + PROJECTS


@pytest.mark.parametrize("database", ["sql", "bolt"])
async def test_only_what_is_certainly_gone_is_gone(tmp_path: Path, database: str) -> None:
    """A run missing among the newest is gone; one older may be there, however ids go."""
    async with bench_on(tmp_path, "2.10", database=database) as bench:
        ids = past(bench, 300)
        old, newer = ids[10], ids[250]
        for run_id in (old, newer):
            del bench.server.state.runs[int(run_id.rpartition("-")[2])]
        held = await bench.engine.listed(ids)
        assert held.gone == {newer}
        few = ids[-49:]
        for run_id in set(ids) - set(few):
            bench.server.state.runs.pop(int(run_id.rpartition("-")[2]), None)
        assert (await bench.engine.listed(ids)).gone == set(ids) - set(few)


async def test_runs_of_a_project_one_left_are_gone(bench: Bench) -> None:
    """What was known of a project that is no longer listed is forgotten."""
    ids = past(bench, 3, project=2)
    del bench.server.state.rooms[2]
    assert (await bench.engine.listed(ids)).gone == set(ids)


async def test_a_vanished_run_is_left_out(bench: Bench) -> None:
    """An old run that is asked for and is not there any more is in no part of the answer."""
    ids = past(bench, 2)
    del bench.server.state.runs[int(ids[0].rpartition("-")[2])]
    listing = await bench.engine.fetch([*ids, RunId("other:1"), RunId("semaphore:x")])
    assert [one.run.id for one in listing.runs] == [ids[1]]
    assert listing.unreadable == frozenset()


async def test_a_broken_server_makes_nothing_vanish(bench: Bench) -> None:
    """The server says "missing" and "broken" with the same answer: then nothing is forgotten."""
    (run_id,) = past(bench, 1)
    await bench.engine.fetch([run_id])
    bench.server.chaos.add(Trouble(Kind.STATUS, path="*/tasks/*", status=400))
    bench.server.chaos.add(Trouble(Kind.STATUS, path="*/role", status=400))
    with pytest.raises(Unavailable):
        await bench.engine.fetch([run_id])
    bench.server.chaos.calm()
    bench.server.chaos.add(Trouble(Kind.HALF, path="*/tasks/last"))
    with pytest.raises(Unavailable):
        await bench.engine.listed([run_id])


async def test_many_that_changed_are_found_in_the_list(bench: Bench) -> None:
    """When many runs of a project are asked for at once, one list answers for all of them."""
    ids = past(bench, 100)
    before = bench.requests["GET"]
    listing = await bench.engine.fetch(ids)
    assert len(listing.runs) == 100
    assert bench.requests["GET"] - before <= 4


async def test_the_end_is_told_later_than_the_last_status(bench: Bench) -> None:
    """Between the last status and its end a run has ended all the same, and does not go on."""
    (run_id,) = past(bench, 1)
    task = bench.server.state.runs[1]
    task.end = None
    run = await bench.read(run_id)
    assert (run.state, run.ended_at) == (RunState.SUCCESS, run.started_at)


async def test_an_unknown_status_is_not_the_end(bench: Bench) -> None:
    """A status of a version to come is shown as the server says it, and read on."""
    (run_id,) = past(bench, 1)
    bench.server.state.runs[1].status = "paused"
    run = await bench.read(run_id)
    assert (run.state, run.note) == (RunState.UNKNOWN, "the server says paused")
    assert not run.state.is_final


async def test_ten_thousand_runs_make_no_burst_of_requests(tmp_path: Path) -> None:
    """However much a server ever ran, three requests a project find it, and one looks again."""
    stock = Stock(past_runs=10_000)
    async with bench_on(tmp_path, who="admin", stock=stock) as bench:
        projects = len(bench.server.state.rooms)
        held = await bench.engine.listed([])
        assert len(held.ids) > 2_000
        assert len((await bench.engine.fetch(held.ids)).runs) == len(held.ids)
        first = bench.requests["GET"]
        assert first <= 2 + 3 * projects
        await bench.engine.fetch((await bench.engine.listed(held.ids)).ids)
        assert bench.requests["GET"] - first <= 1 + projects
