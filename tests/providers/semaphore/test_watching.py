"""One socket tells of everything; without it somebody asks, and a dead server is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.ports.run_engine import RunSeen, StillThere, WatchBegan, WatchLost
from skyforge_tui.providers.runs.semaphore.feed import Mode
from tests.semaphores import Bench, bench_on


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return an engine on a pretend server."""
    async with bench_on(tmp_path) as found:
        yield found


def lost(bench: Bench) -> list[WatchLost]:
    """Return what was said of a server that does not answer."""
    return [one for one in bench.news if isinstance(one, WatchLost)]


async def test_one_socket_serves_all(bench: Bench) -> None:
    """However many outputs are followed, one socket is open."""
    async with bench.watched():
        await bench.until_begun()
        runs = [await bench.launch() for _ in range(8)]
        for run in runs:
            await bench.engine.follow(run.id)
        await bench.until_complete(*runs)
    assert bench.requests["socket"] == 1


async def test_at_rest_hardly_anything_is_asked(bench: Bench) -> None:
    """While nothing runs and the socket is up, there is at most one request in five seconds."""
    async with bench.watched():
        await bench.until_begun()
        await bench.engine.listed([])
        before = bench.requests["GET"]
        await bench.pass_time(300, step_s=0.1)
        assert bench.requests["GET"] - before <= 60
        assert StillThere() in bench.news
    assert bench.requests["socket"] == 1


async def test_every_step_of_a_run_is_told(bench: Bench) -> None:
    """From the queue to its end, each change of a run is told without asking."""
    async with bench.watched():
        await bench.until_begun()
        before = bench.requests["GET"]
        run = await bench.launch()
        await bench.until_ended(run)
        await bench.until(lambda: bench.news.count(RunSeen(run.id)) >= 2)
        assert bench.requests["GET"] - before <= 2
    assert (await bench.read(run.id)).state is RunState.SUCCESS


async def test_ids_that_count_down_are_told_apart(tmp_path: Path) -> None:
    """With BoltDB ids fall from 2³¹, and lines of several runs come mixed: each has its own."""
    async with bench_on(tmp_path, "2.10", database="bolt") as bench:
        async with bench.watched():
            await bench.until_begun()
            first, second = await bench.launch("one"), await bench.launch("two")
            assert first.number > second.number
            for run in (first, second):
                await bench.engine.follow(run.id)
            await bench.until_complete(first, second)
        for run, who in ((first, "one"), (second, "two")):
            assert bench.lines(run) == await bench.record(run)
            assert any(f' {who}"' in line for line in bench.lines(run))


async def test_a_server_that_is_away_is_tried_less_and_less(bench: Bench) -> None:
    """Tries come further and further apart, up to half a minute, and say when the next is."""
    async with bench.watched():
        await bench.until_begun()
        away = bench.server.chaos.add(Trouble(Kind.CUT))
        bench.server.listener.cut()
        await bench.until(lambda: len(lost(bench)) >= 11)
        pauses = [(one.retry_at - at).total_seconds() for one, at in zip(lost(bench)[1:], [
            one.retry_at for one in lost(bench)], strict=False)]  # fmt: skip
        assert pauses == sorted(pauses)
        assert 20 < pauses[-1] < 45
        attempts = [one.attempt for one in lost(bench)]
        assert attempts == sorted(attempts)
        assert str(lost(bench)[0].error).startswith("semaphore: ")
        bench.server.chaos.remove(away)
        await bench.until_begun()


async def test_after_a_short_outage_the_next_try_is_near(bench: Bench) -> None:
    """After some seconds the next try is a few seconds away; whoever looks gets one at once."""
    async with bench.watched():
        await bench.until_begun()
        await bench.server.listener.close()
        await bench.until(lambda: bench.is_lost)
        await bench.pass_time(6)
        assert (lost(bench)[-1].retry_at - bench.clock.now()).total_seconds() < 4
        await bench.server.listener.open()
        before = bench.news.count(WatchBegan())
        await bench.engine.listed([])
        async with asyncio.timeout(20):  # in which no time passes for the engine
            while bench.news.count(WatchBegan()) == before:  # noqa: ASYNC110
                await asyncio.sleep(0)


async def test_a_restart_is_survived(bench: Bench) -> None:
    """After a restart the watch begins again, and what the server forgot is as it says."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.engine.follow(run.id)
        await bench.until_status(run, "running")
        restarting = asyncio.create_task(bench.server.restart(down_s=5))
        await bench.until(restarting.done)
        await bench.until_begun()
        assert (await bench.read(run.id)).state is RunState.RUNNING
        await bench.engine.stop(run.id)
        await bench.until_complete(run)
    assert bench.lines(run) == await bench.record(run)
    assert (await bench.read(run.id)).state is RunState.STOPPED


async def test_a_proxy_without_upgrade_is_polled(bench: Bench) -> None:
    """Where no socket gets through, changes are found by asking, oftener while something runs."""
    bench.server.chaos.add(Trouble(Kind.NO_UPGRADE, status=400))
    async with bench.watched():
        await bench.until_begun()
        assert lost(bench) == []
        run = await bench.launch()
        await bench.engine.listed([])
        await bench.until(lambda: RunSeen(run.id) in bench.news)
        await bench.until_ended(run)
        await bench.until(lambda: bench.news.count(RunSeen(run.id)) >= 2)
        assert (await bench.read(run.id)).state is RunState.SUCCESS
        before = bench.requests["GET"]
        await bench.pass_time(100, step_s=0.05)
        assert bench.requests["GET"] - before <= 25


async def test_a_server_that_comes_back_between_two_tries_is_heard(bench: Bench) -> None:
    """A socket that nobody answered, just before the server did, is tried again at once."""
    async with bench.watched():
        await bench.until_begun()
        bench.server.chaos.add(Trouble(Kind.CUT, path="*/ws", times=2))
        bench.server.listener.cut(websockets_only=True)
        await bench.until(lambda: bench.is_lost)
        await bench.until(lambda: not bench.is_lost)
        assert bench.engine._watching._feed.mode is Mode.LIVE
        assert bench.requests["socket"] == 4


async def test_a_proxy_that_cuts_sockets_is_polled(bench: Bench) -> None:
    """Where every socket is cut and requests are answered, one asks."""
    bench.server.chaos.add(Trouble(Kind.CUT, path="*/ws"))
    async with bench.watched():
        await bench.until_begun()
        assert bench.engine._watching._feed.mode is Mode.POLLED
        run = await bench.launch()
        await bench.engine.listed([])
        await bench.until_ended(run)
        await bench.until(lambda: bench.news.count(RunSeen(run.id)) >= 1)


async def test_what_the_socket_did_not_tell_is_found(bench: Bench) -> None:
    """A change that no frame told of is found by the patrol within a round."""
    async with bench.watched():
        await bench.until_begun()
        run = await bench.launch("slow")
        await bench.until_status(run, "running")
        await bench.engine.listed([])
        bench.news.clear()
        task = bench.server.state.runs[run.number]
        bench.server.life.forget()
        task.status, task.end = "error", bench.server.estate.clock.now()
        await bench.until(lambda: RunSeen(run.id) in bench.news)
        assert (await bench.read(run.id)).state is RunState.ERROR


async def test_a_sick_server_is_told_and_gets_well(bench: Bench) -> None:
    """While the socket is up but requests fail, that is said; when they work, that too."""
    async with bench.watched():
        await bench.until_begun()
        sick = bench.server.chaos.add(Trouble(Kind.STATUS, path="*/api/*", method="GET"))
        await bench.until(lambda: bool(lost(bench)))
        bench.server.chaos.remove(sick)
        bench.news.clear()
        await bench.until(lambda: StillThere() in bench.news)
    assert bench.requests["socket"] == 1


async def test_a_begun_watch_is_told_though_nobody_listened_yet(bench: Bench) -> None:
    """That the watch began is not hidden by later news of less weight."""
    async with bench.watched():
        await bench.until_begun()
        await bench.pass_time(60, step_s=0.1)
    assert bench.news[0] == WatchBegan()
    assert RunId("semaphore:1-1") not in {
        one.run_id for one in bench.news if isinstance(one, RunSeen)
    }
