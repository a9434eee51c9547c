"""Late, in another zone, too long or not at all: however a line is told, it is there once."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.people import Role
from skyforge_tui.demo.servers.semaphore.things import SurveyVar
from skyforge_tui.domain.identity import native_of
from skyforge_tui.domain.run import Run
from skyforge_tui.integrations.semaphore.task_wire import Frame, StartTask
from tests.semaphores import Bench, bench_on, client_of

ZONES = (0, 60, 345, -210)
"""Greenwich, Paris, Kathmandu and, in winter, Newfoundland."""


def raw(bench: Bench, run: Run) -> bytes:
    """Return every byte kept of a run."""
    reader = bench.logs.open(native_of(run.id))
    try:
        while reader.refresh():
            pass
        return reader.read(0, 1 << 28)
    finally:
        reader.close()


def say(bench: Bench, run: Run, text: str) -> None:
    """Let a run write a line."""
    bench.server.life._teller.say(bench.server.state.runs[run.number], text)


def written(bench: Bench, run: Run) -> bytes:
    """Return what the server's rows of a run are as bytes."""
    rows = bench.server.state.runs[run.number].rows
    return b"".join(row.text.removesuffix("\n").encode() + b"\n" for row in rows)


@pytest.mark.parametrize("lag_s", [0.4, 3.0])
async def test_lines_told_after_their_end_come_once(
    tmp_path: Path, lag_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that the socket tells after their run has ended, and among those of the next."""
    async with bench_on(tmp_path, frame_lag_s=lag_s, queue_s=0.1) as bench:
        heard: list[tuple[str, int]] = []
        hears = bench.engine._watching.told

        def tell(told: Frame) -> None:
            heard.append((told.status or told.type, told.task_id))
            hears(told)

        monkeypatch.setattr(bench.engine._watching, "told", tell)
        async with bench.watched():
            await bench.until_begun()
            first = await bench.launch("one")
            await bench.engine.follow(first.id)
            await bench.until_status(first, "success")
            second = await bench.launch("two")
            await bench.engine.follow(second.id)
            await bench.until_complete(first, second)
        after_end = heard[heard.index(("success", first.number)) :]
        assert ("log", first.number) in after_end
        assert ("waiting", second.number) in after_end
        for run in (first, second):
            lines, gaps, _ = bench.shown(run)
            assert lines == await bench.record(run)
            assert gaps == ()


@pytest.mark.parametrize("digits", [9, 0])
@pytest.mark.parametrize("zone_min", ZONES)
async def test_the_servers_time_zone_moves_nothing(
    tmp_path: Path, zone_min: int, digits: int
) -> None:
    """A socket that tells times in the server's own zone tells the same lines as the record."""
    habits: dict[str, Any] = {"frame_zone_min": zone_min, "time_digits": digits}
    async with bench_on(tmp_path, row_lag_s=0.7, queue_s=0.1, **habits) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch("you")
            await bench.engine.follow(run.id)
            await bench.until(lambda: len(bench.lines(run)) > 20)
            bench.server.listener.cut(websockets_only=True)
            await bench.until_complete(run)
            at = (await bench.read(run.id)).started_at
        lines, gaps, _ = bench.shown(run)
        assert lines == await bench.record(run)
        assert all(one.is_filled for one in gaps)
        start = bench.server.state.runs[run.number].start
    assert at is not None
    assert start is not None
    assert abs(at.timestamp() - start / 1e9) < 1


async def test_a_reader_that_was_dropped_as_too_slow_misses_nothing(tmp_path: Path) -> None:
    """A socket that ends without a word because lines came too quickly is opened again."""
    async with bench_on(tmp_path, socket_buffer=8, row_lag_s=0.5, queue_s=0.1) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch("slow")
            await bench.engine.follow(run.id)
            await bench.until(lambda: len(bench.lines(run)) > 20)
            for number in range(50):
                say(bench, run, f"burst {number}")
            await bench.until(lambda: bench.is_lost)
            await bench.until_complete(run)
        assert bench.requests["socket"] > 1
        lines, gaps, _ = bench.shown(run)
        assert lines == await bench.record(run)
        assert all(one.is_filled for one in gaps)


def has_more_than(bench: Bench, run: Run, many: int) -> bool:
    """Say whether more lines of a run are kept."""
    return len(bench.lines(run)) > many


async def test_lines_that_nobody_tells_one_are_asked_for(tmp_path: Path) -> None:
    """Who was taken in after a run began is told nothing of it, and sees its lines all the same."""
    async with bench_on(tmp_path, who="nick", queue_s=0.1) as bench:
        bench.template.playbook, bench.template.app = "flood.sh", "bash"
        bench.template.survey_vars = [SurveyVar(name=one) for one in ("rate", "seconds", "name")]
        async with bench.watched(), client_of(bench.server, "mika") as other:
            await bench.until_begun()
            asked = json.dumps({"rate": "1", "seconds": "900", "name": "n"})
            start = StartTask(project_id=1, template_id=bench.template.id, environment=asked)
            task = await other.tasks.start(start)
            nick = bench.server.state.account("nick")
            assert nick is not None
            bench.server.state.rooms[1].members[nick.id] = Role.MANAGER
            run = await bench.read(bench.engine._names.run_id(1, task.id))
            await bench.engine.follow(run.id)
            before, began = bench.requests["GET"], bench.clock.now()
            for many in (40, 60):  # not only what was there when it was opened
                await bench.until(partial(has_more_than, bench, run, many))
            assert not bench.server.state.runs[task.id].is_over
            took_s = (bench.clock.now() - began).total_seconds()
            assert bench.requests["GET"] - before <= 10 + took_s / 2
            await bench.engine.stop(run.id)
            await bench.until_complete(run)
        assert bench.lines(run) == await bench.record(run)


async def test_odd_lines_are_kept_to_the_byte(tmp_path: Path) -> None:
    """Empty, with a line feed inside, returns, escapes, ten megabytes, too long for a frame."""
    odd = (
        "", "\n", "two\nin one", "spinning\rdone", "\x1b]0;title\x07\x1b[2J", "{{ [red]x[/] }}",
        "ends with a feed\n", "\u2028 is no end \ud7ff \U0001f680", "\t\x00\x7f",
        "m" * 10_000_000, "\x1b" * 3_000_000,
    )  # fmt: skip
    async with bench_on(tmp_path, row_lag_s=0.5, queue_s=0.1) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch("slow")
            await bench.engine.follow(run.id)
            await bench.until_status(run, "running")
            for text in odd:
                say(bench, run, text)
            await bench.engine.stop(run.id)
            await bench.until_complete(run)
        assert raw(bench, run) == written(bench, run)
        # Eighteen megabytes as JSON are more than a frame may have: that one was fetched.
        assert bench.requests["socket"] == 2
        assert all(one.is_filled for one in bench.shown(run)[1])
