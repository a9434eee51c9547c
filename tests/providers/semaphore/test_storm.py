"""Through cuts and a restart, every output ends as the server has it, and nothing is doubled.

A third of the length at which `python -m tests.benchmarks.semaphore soak` does it in real time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.demo.servers.semaphore.things import SurveyVar
from skyforge_tui.domain.identity import native_of
from skyforge_tui.domain.run import Run
from tests.builders import a_spec
from tests.semaphores import Bench, bench_on

RUNS, RATE, SECONDS = 50, 50, 20
CUT_S = 1.1
CUTS = 7
STEP_S = 0.1


@pytest.mark.timeout(300)
async def test_a_storm_leaves_every_output_whole(tmp_path: Path) -> None:
    """Fifty runs of fifty lines a second, cut seven times, a restart: nothing is lost."""
    async with bench_on(tmp_path, row_lag_s=1.0, forgets_runs=False, queue_s=0.1) as bench:
        bench.template.playbook, bench.template.app = "flood.sh", "bash"
        bench.template.survey_vars = [SurveyVar(name=one) for one in ("rate", "seconds", "name")]
        async with bench.watched(lists=True), asyncio.TaskGroup() as group:
            await bench.until_begun()
            runs = [await _started(bench, number) for number in range(RUNS)]
            for run in runs:
                await bench.engine.follow(run.id)
            blowing = group.create_task(_blow(bench))
            await _until_whole(bench, runs)
            assert blowing.done()
        sockets, requests = bench.requests["socket"], bench.requests["GET"]
        lines = Counter[str]()
        for run in runs:
            kept, gaps, generation = bench.shown(run)
            assert kept == await bench.record(run)
            assert generation == 0  # what was there stayed, and was right
            assert all(one.is_filled for one in gaps)
            lines.update(line for line in kept if line.startswith("line "))
    assert len(lines) == lines.total() == RUNS * RATE * SECONDS
    assert sockets > CUTS
    # Of each output: when it is opened, some after each cut, and at the end. Of none: every line.
    assert requests <= RUNS * (4 * sockets + 6)


async def _started(bench: Bench, number: int) -> Run:
    answers = {"rate": str(RATE), "seconds": str(SECONDS), "name": f"n{number}"}
    return await bench.engine.start(a_spec(template_id=bench.template_id, answers=answers), {})


async def _until_whole(bench: Bench, runs: list[Run]) -> None:
    """Let time pass in steps; the next comes when the server has told and answered everything."""
    left = {native_of(run.id) for run in runs}
    async with asyncio.timeout(300):
        while left:
            await bench.clock.advance(STEP_S)
            quiet = 0
            while quiet < 3:
                await asyncio.sleep(0)
                quiet = 0 if _is_at_work(bench.server) else quiet + 1
            left -= {one for one in list(left)[:5] if bench.kept.is_complete(one)}


def _is_at_work(server: SemaphoreServer) -> bool:
    """Say whether a frame waits to be sent or a request to be answered."""
    answering = len(server.listener._state.tasks) > server.feed.audience
    return answering or any(one._frames for one in server.feed._sockets)


async def _blow(bench: Bench) -> None:
    """Cut the socket again and again, once it is good, and restart the server in the end."""
    for cuts in range(CUTS):
        while bench.is_lost or bench.requests["socket"] <= cuts:
            await bench.clock.sleep(STEP_S)
        await bench.clock.sleep(CUT_S)
        bench.server.listener.cut(websockets_only=True)
    await bench.server.restart(down_s=1.0)
