"""What every run engine promises, whatever runs there: the same on every one of them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from tests.contract.run_benches import (
    LIVE_URL,
    RunBench,
    estate_bench,
    lab_host_bench,
    live_bench,
    local_bench,
    read,
    until,
    watching,
)

BENCHES = {
    "local": local_bench, "estate": estate_bench, "lab host": lab_host_bench, "live": live_bench,
}  # fmt: skip


@pytest.fixture(params=list(BENCHES))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[RunBench]:
    """Return an engine of every kind; a real server only where one is named."""
    if request.param == "live" and not os.environ.get(LIVE_URL):
        pytest.skip(f"no real Semaphore: {LIVE_URL} is not set")
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as base:
        async with BENCHES[request.param](Path(base)) as found:
            yield found


async def test_a_run_is_started_and_followed_to_its_end(bench: RunBench) -> None:
    """A started run has an id at once, is seen by the watch, and its output is there in whole."""
    async with watching(bench.engine) as events:
        run = await bench.launch("greets")
        assert run.state.is_active or run.state.is_final
        run = await until(bench, events, run.id, lambda run: run.state.is_final)
    assert run.state is RunState.SUCCESS
    assert run.started_at is not None
    assert run.ended_at is not None
    assert run.started_at <= run.ended_at
    text = await bench.text(run.id)
    assert "hello" in text
    assert text.endswith("\n")


async def test_a_failure_is_a_failure(bench: RunBench) -> None:
    """A run that fails ends as failed, and its output says why."""
    async with watching(bench.engine) as events:
        run = await bench.launch("fails")
        run = await until(bench, events, run.id, lambda run: run.state.is_final)
    assert run.state is RunState.ERROR
    assert "boom" in await bench.text(run.id)


async def test_a_run_is_stopped(bench: RunBench) -> None:
    """A stop ends a run as stopped, whatever its server calls that; once."""
    async with watching(bench.engine) as events:
        run = await bench.launch("lasts")
        await until(bench, events, run.id, lambda run: run.state is RunState.RUNNING)
        await bench.engine.stop(run.id)
        run = await until(bench, events, run.id, lambda run: run.state.is_final)
    assert run.state is RunState.STOPPED
    with pytest.raises(Conflict, match="has ended already: stopped"):
        await bench.engine.stop(run.id)


async def test_ids_and_details_agree(bench: RunBench) -> None:
    """What is listed can be fetched; what is not there is in no answer, and what was is gone."""
    async with watching(bench.engine) as events:
        started = [await bench.launch("greets") for _ in range(2)]
        for run in started:
            if not (await read(bench, run.id)).state.is_final:
                await until(bench, events, run.id, lambda run: run.state.is_final)
    upstream, _, native = started[0].id.partition(":")
    project, dash, _ = native.partition("-")
    never = RunId(f"{upstream}:{project}-1999999999" if dash else f"{upstream}:99")
    ids = {run.id for run in started}
    held = await bench.engine.listed([*ids, never])
    assert ids <= held.ids
    assert held.gone == {never}
    listing = await bench.engine.fetch([*ids, never, RunId("other:1")])
    assert {detail.run.id for detail in listing.runs} == ids
    assert listing.unreadable == frozenset()


async def test_what_never_was_is_not_found(bench: RunBench) -> None:
    """Nothing can be done to a run of another server, or to what is no run."""
    for run_id in ("other:1", f"{bench.engine.upstream}:x", f"{bench.engine.upstream}:"):
        with pytest.raises(NotFound):
            await bench.engine.stop(RunId(run_id))


async def test_an_answer_needs_a_terminal(bench: RunBench) -> None:
    """Answering a run that has no terminal is a conflict; one that has hears it."""
    async with watching(bench.engine) as events:
        run = await bench.launch("lasts")
        await until(bench, events, run.id, lambda run: run.state is RunState.RUNNING)
        if bench.has_terminals:
            await bench.engine.answer(run.id, b"yes\n")
            return
        with pytest.raises(Conflict, match="no terminal"):
            await bench.engine.answer(run.id, b"yes\n")


async def test_runs_of_others_are_seen(bench: RunBench) -> None:
    """A run that somebody else starts is seen without asking."""
    async with watching(bench.another()) as events:
        run = await bench.launch("greets")
        await until(bench, events, run.id, lambda run: run.state.is_final)


async def test_a_closed_watch_leaves_nothing_behind(bench: RunBench) -> None:
    """Closing a watch takes its connections and its tasks back."""
    run = await bench.launch("lasts")
    before = asyncio.all_tasks()
    async with watching(bench.engine) as events:
        await until(bench, events, run.id, lambda run: run.state.is_active)
    for task in asyncio.all_tasks() - before:
        await asyncio.wait([task])  # a server's side of the connection ends a moment later
    assert asyncio.all_tasks() <= before
