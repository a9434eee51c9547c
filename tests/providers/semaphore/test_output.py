"""Output is live, whole, and in the end exactly what the server has on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.ports.run_engine import OutputSeen, WatchBegan
from tests.semaphores import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return an engine on a server whose rows are on record a second after they were told."""
    async with bench_on(tmp_path, row_lag_s=1.0) as found:
        yield found


async def test_lines_are_live_and_the_end_is_the_record(bench: Bench) -> None:
    """While a run goes on its lines are kept as they are told; at the end all are, in order."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.engine.follow(run.id)
        await bench.until_status(run, "running")
        rows = bench.server.state.runs[run.number].rows
        await bench.until(lambda: len(rows) == len(bench.lines(run)) > 20)
        assert not bench.kept.is_complete(native_of(run.id))
        await bench.until_complete(run)
    assert bench.lines(run) == await bench.record(run)
    lines, gaps, generation = bench.shown(run)
    assert (gaps, generation) == ((), 0)
    assert lines[0].endswith("added to queue")
    sizes = [one.size for one in bench.news if isinstance(one, OutputSeen)]
    assert sizes == sorted(sizes)


async def test_a_quiet_run_costs_no_requests(bench: Bench) -> None:
    """While a followed run is live, nothing is asked for again and again."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.engine.follow(run.id)
        await bench.until_status(run, "running")
        await bench.pass_time(6)
        before = bench.requests["GET"]
        await bench.pass_time(9)
        assert bench.requests["GET"] - before <= 3


@pytest.mark.parametrize("digits", [9, 6, 0])
async def test_equal_times_and_coarse_clocks_lose_and_double_nothing(
    tmp_path: Path, digits: int
) -> None:
    """Rows of equal time that the record swaps, and times without fractions, end as the record."""
    habits: dict[str, Any] = {"equal_times": True, "swaps_equal_times": True, "row_lag_s": 1.0}
    async with bench_on(tmp_path, "2.10", time_digits=digits, **habits) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch("fail")
            await bench.engine.follow(run.id)
            await bench.until_complete(run)
        assert bench.lines(run) == await bench.record(run)


async def test_lines_told_before_anybody_followed_are_there(bench: Bench) -> None:
    """A run that is followed late is shown from its beginning, without a hole before what comes."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.until_status(run, "running")
        await bench.pass_time(1)
        await bench.engine.follow(run.id)
        rows = bench.server.state.runs[run.number].rows
        await bench.until(lambda: len(rows) == len(bench.lines(run)) > 20)
        await bench.until_complete(run)
    assert bench.lines(run) == await bench.record(run)
    assert bench.shown(run)[1] == ()


async def test_a_cut_is_healed_and_said(bench: Bench) -> None:
    """What a cut socket did not tell is fetched; the place says so, and that nothing was lost."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.engine.follow(run.id)
        await bench.until_status(run, "running")
        rows = bench.server.state.runs[run.number].rows
        await bench.until(lambda: len(rows) == len(bench.lines(run)) > 20)
        told = len(rows)
        refused = bench.server.chaos.add(Trouble(Kind.CUT, path="*"))
        bench.server.listener.cut(websockets_only=True)
        await bench.until(lambda: bench.is_lost)
        await bench.until(lambda: len(rows) > told + 2)
        bench.server.chaos.remove(refused)
        await bench.until_complete(run)
    lines, places, generation = bench.shown(run)
    assert lines == await bench.record(run)
    assert generation == 0
    assert [place.is_filled for place in places] == [True]
    assert places[0].reason.startswith("resumed after ")
    assert places[0].reason.endswith(" lines fetched")


async def test_what_cannot_be_proven_is_a_gap_until_it_is_filled(bench: Bench) -> None:
    """Live lines whose record does not come are shown behind a gap, which is filled later."""
    async with bench.watched():
        await bench.until_begun()
        blind = bench.server.chaos.add(Trouble(Kind.STATUS, path="*/output", status=503))
        run = await bench.launch("slow")
        await bench.until_status(run, "running")
        await bench.engine.follow(run.id)
        await bench.until(lambda: bool(bench.lines(run)))
        _, gaps, _ = bench.shown(run)
        assert [gap.is_filled for gap in gaps] == [False]
        assert gaps[0].reason == "fetched when it answers"
        bench.server.chaos.remove(blind)
        await bench.until_complete(run)
    assert bench.lines(run) == await bench.record(run)
    assert bench.shown(run)[1] == ()


async def test_rows_after_the_last_status_are_waited_for(tmp_path: Path) -> None:
    """The record is complete only when it stays as it is, seconds after the last status."""
    async with bench_on(tmp_path, row_lag_s=2.0, end_lag_s=0.0) as bench:
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch()
            await bench.engine.follow(run.id)
            await bench.until_ended(run)
            assert len(await bench.record(run)) < len(bench.server.state.runs[run.number].rows)
            assert not bench.kept.is_complete(native_of(run.id))
            await bench.until_complete(run)
        assert bench.lines(run) == await bench.record(run)


async def test_without_a_socket_output_is_asked_for(tmp_path: Path) -> None:
    """Where no socket gets through a proxy, lines come all the same, and end whole."""
    async with bench_on(tmp_path, row_lag_s=0.5) as bench:
        bench.server.chaos.add(Trouble(Kind.NO_UPGRADE, status=400))
        async with bench.watched():
            await bench.until_begun()
            run = await bench.launch("slow")
            await bench.engine.follow(run.id)
            await bench.until_status(run, "running")
            await bench.until(lambda: len(bench.lines(run)) > 20)
            await bench.until_complete(run)
        assert bench.lines(run) == await bench.record(run)


async def test_an_ended_run_is_fetched_once_and_kept(bench: Bench) -> None:
    """Output of an ended run is brought when it is wanted, with two requests, and never again."""
    run = await bench.launch()
    await bench.until_ended(run)
    await bench.pass_time(20)
    before = bench.requests["GET"]
    await bench.engine.bring(run.id)
    assert bench.requests["GET"] - before == 2
    assert bench.lines(run) == await bench.record(run)
    before = bench.requests["GET"]
    await bench.engine.bring(run.id)
    await bench.another_engine().bring(run.id)
    assert bench.requests["GET"] == before


async def test_a_run_nobody_reads_costs_nothing(bench: Bench) -> None:
    """Output that nobody reads is neither asked for nor kept; the last reader counts."""
    async with bench.watched():
        await bench.until_begun()
        unread, read = await bench.launch(), await bench.launch("slow")
        await bench.engine.follow(read.id)
        await bench.engine.follow(read.id)
        bench.engine.unfollow(read.id)
        await bench.until_status(read, "running")
        await bench.until(lambda: bench.kept.size(native_of(read.id)) > 1000)
        assert bench.kept.size(native_of(unread.id)) == 0
        bench.engine.unfollow(read.id)
        await bench.pass_time(1)  # what was being written is written
        grown = bench.kept.size(native_of(read.id))
        await bench.until_ended(read)
        assert bench.kept.size(native_of(read.id)) == grown


async def test_two_programs_keep_one_output(bench: Bench) -> None:
    """While one program writes an output, another that follows it shows the same."""
    other = bench.another_engine()
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.engine.follow(run.id)
        await bench.until_status(run, "running")
        await other.follow(run.id)
        sizes: list[int] = []
        watch = other.watch()
        while WatchBegan() != await _next(bench, watch):
            pass
        while len(sizes) < 2:
            if isinstance(news := await _next(bench, watch), OutputSeen):
                sizes.append(news.size)
        assert sizes == sorted(sizes)
        await watch.aclose()
        await bench.until_complete(run)
    assert bench.lines(run) == await bench.record(run)


async def _next(bench: Bench, watch: Any) -> object:
    """Return the next news, letting time pass."""
    import asyncio

    waiting = asyncio.ensure_future(anext(watch))
    await bench.until(waiting.done)
    return waiting.result()


async def test_what_is_not_there_cannot_be_brought(bench: Bench) -> None:
    """Output of a run that never was is not found; of a server that is away, it is unavailable."""
    with pytest.raises(NotFound):
        await bench.engine.bring(RunId("semaphore:1-99"))
    with pytest.raises(NotFound):
        await bench.engine.follow(RunId("other:1"))
    run = await bench.launch()
    bench.server.chaos.add(Trouble(Kind.CUT))
    with pytest.raises(Unavailable):
        await bench.engine.bring(run.id)
