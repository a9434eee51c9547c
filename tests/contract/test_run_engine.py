"""What every run engine promises; here on the local one, with real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import Run, RunDetail, RunState
from skyforge_tui.ports.run_engine import HeldRuns, OutputSeen, RunSeen, WatchBegan
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.providers.runs.local_watch import LocalWatch
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_run, a_spec

Events = AsyncGenerator[WatchBegan | RunSeen | OutputSeen, None]


class Bench:
    """A local engine on a state directory of its own, and gates for its runs to wait at."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.state = base / "state"
        self.engine = self.another_engine()

    def another_engine(self) -> LocalRunEngine:
        """Return an engine on the same state, as another process would have one."""
        directories = FileRunDirectories(self.state, slots=40, stop_spans_s=(60, 60))
        return LocalRunEngine(directories, start_timeout_s=100)

    def gate(self, name: str) -> Path:
        """Return a pipe that a run waits at until something is written into it."""
        path = self.base / name
        os.mkfifo(path)
        return path

    async def start(self, *command: object, **spec: Any) -> Run:
        """Start a command."""
        spec.setdefault("directory", str(self.base))
        return await self.engine.start(a_spec(command=tuple(map(str, command)), **spec), {})

    async def read(self, run_id: RunId) -> Run:
        """Fetch one run that must be there."""
        listing = await self.engine.fetch([run_id])
        assert not listing.unreadable
        return listing.runs[0].run

    async def until(self, events: Events, run_id: RunId, fits: Callable[[Run], bool]) -> Run:
        """Follow the news until the run fits, fetching it whenever it is said to have changed."""
        async for event in events:
            if event == RunSeen(run_id) and fits(run := await self.read(run_id)):
                return run
        raise AssertionError("the watch ended")

    @asynccontextmanager
    async def watching(self, engine: LocalRunEngine | None = None) -> AsyncIterator[Events]:
        """Watch, and begin with it before anything else happens."""
        async with aclosing((engine or self.engine).watch()) as events:
            assert await anext(events) == WatchBegan()
            yield events

    async def until_final(self, run_id: RunId) -> Run:
        """Wait for the end of a run that may have ended already."""
        async with self.watching() as events:
            run = await self.read(run_id)
            if run.state.is_final:
                return run
            return await self.until(events, run_id, lambda run: run.state.is_final)

    async def close(self) -> None:
        """End what still runs."""
        directories = FileRunDirectories(self.state)
        for number in directories.live():
            run_id = RunId(f"local:{number}")
            for _ in range(3):
                try:
                    await self.engine.stop(run_id)
                except Conflict:
                    break
            await self.until_final(run_id)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Return an engine that has no runs yet."""
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as base:
        bench = Bench(Path(base))
        yield bench
        await bench.close()


async def test_a_run_is_started_and_followed_to_its_end(bench: Bench) -> None:
    """A started run has an id at once, and the watch tells of its output and its end."""
    gate = bench.gate("gate")
    sizes: list[int] = []
    async with bench.watching() as events:
        run = await bench.start("sh", "-c", f"read word < {gate}; seq 1 1000")
        assert run.id == RunId(f"local:{run.number}")
        assert run.state.is_active
        await bench.until(events, run.id, lambda run: run.state is RunState.RUNNING)
        gate.write_text("go\n")
        final = run
        async for event in events:
            if isinstance(event, OutputSeen):
                assert event.run_id == run.id
                sizes.append(event.size)
            if not final.state.is_final:
                final = await bench.read(run.id)
            if final.state.is_final and sizes and sizes[-1] == final.log_bytes:
                break
    run = final
    assert (run.state, run.exit_code) == (RunState.SUCCESS, 0)
    assert sizes == sorted(sizes)
    assert sizes[-1] == run.log_bytes == len("".join(f"{n}\n" for n in range(1, 1001)))


async def test_a_command_that_is_not_there_becomes_an_error(bench: Bench) -> None:
    """A run whose command cannot be executed is there, as an error that says why."""
    run = await bench.until_final((await bench.start("no-such-command")).id)
    assert (run.state, run.note) == (RunState.ERROR, "no such command: no-such-command")


async def test_secrets_reach_the_process(bench: Bench) -> None:
    """Secrets are in the environment of the process, and not in what is kept of the run.

    What is kept says which action was asked for.
    """
    spec = a_spec(
        command=("sh", "-c", 'test "$TOKEN" = s3cret'), directory="/", secret_names=("token",),
        answers={"action": "up"},
    )  # fmt: skip
    run = await bench.engine.start(spec, {"TOKEN": "s3cret"})
    assert (await bench.until_final(run.id)).state is RunState.SUCCESS
    detail = (await bench.engine.fetch([run.id])).runs[0]
    assert (detail.spec, detail.run.action) == (spec, "up")
    assert "TOKEN" not in detail.spec.environment


async def test_ids_and_details_agree(bench: Bench) -> None:
    """All ids can be fetched; ids that are not there are in neither part of the answer."""
    assert await bench.engine.listed([]) == HeldRuns(frozenset())
    started = [(await bench.start("true")).id for _ in range(3)]
    for run_id in started:
        await bench.until_final(run_id)
    assert await bench.engine.listed([RunId("local:99")]) == HeldRuns(
        frozenset(started), frozenset({RunId("local:99")})
    )
    listing = await bench.engine.fetch([*started, RunId("local:99"), RunId("other:1")])
    assert [detail.run.id for detail in listing.runs] == started
    assert listing.unreadable == frozenset()


async def test_an_unreadable_run_is_there_but_unreadable(bench: Bench) -> None:
    """A run whose records are torn is named as unreadable, and the others are read."""
    torn, whole = [(await bench.start("true")).id for _ in range(2)]
    for run_id in (torn, whole):
        await bench.until_final(run_id)
    (bench.state / "runs" / "1" / "exit.json").write_text("{")
    listing = await bench.engine.fetch([torn, whole])
    assert [detail.run.id for detail in listing.runs] == [whole]
    assert listing.unreadable == {torn}
    assert torn in (await bench.engine.listed([])).ids


async def test_a_run_is_stopped(bench: Bench) -> None:
    """A stop ends a run as STOPPED, and the watch tells of it."""
    async with bench.watching() as events:
        run = await bench.start("sleep", "600")
        await bench.engine.stop(run.id)
        run = await bench.until(events, run.id, lambda run: run.state.is_final)
    assert run.state is RunState.STOPPED


async def test_only_what_runs_can_be_stopped(bench: Bench) -> None:
    """Stopping an ended run is a conflict; what never was, is not found."""
    run = await bench.start("true")
    await bench.until_final(run.id)
    with pytest.raises(Conflict, match="has ended already: success"):
        await bench.engine.stop(run.id)
    with pytest.raises(Conflict, match="has ended already"):
        await bench.engine.answer(run.id, b"yes\n")
    for run_id in ("local:99", "other:1", "local:x", "local:", "local:-1"):
        with pytest.raises(NotFound):
            await bench.engine.stop(RunId(run_id))


async def test_a_question_is_seen_and_answered(bench: Bench) -> None:
    """A run with a terminal that asks is seen to wait, and goes on when it is answered."""
    async with bench.watching() as events:
        run = await bench.start("sh", "-c", 'printf "sure? "; read a; test $a = yes', terminal=True)
        await bench.until(events, run.id, lambda run: run.waits_for_input)
        await bench.engine.answer(run.id, b"yes\n")
        run = await bench.until(events, run.id, lambda run: run.state.is_final)
    assert (run.state, run.waits_for_input) == (RunState.SUCCESS, False)


async def test_an_answer_needs_a_terminal(bench: Bench) -> None:
    """Answering a run that has no terminal is a conflict."""
    async with bench.watching() as events:
        run = await bench.start("sleep", "600")
        await bench.until(events, run.id, lambda run: run.state is RunState.RUNNING)
    with pytest.raises(Conflict, match="it has no terminal"):
        await bench.engine.answer(run.id, b"yes\n")


async def test_runs_of_other_processes_are_seen(bench: Bench) -> None:
    """A run that another process starts on the same state is seen without asking."""
    async with bench.watching(bench.another_engine()) as events:
        first = asyncio.create_task(anext(events))
        run = await bench.start("true")
        assert await first == RunSeen(run.id)
        assert (await bench.until(events, run.id, lambda run: run.state.is_final)).exit_code == 0


async def test_live_runs_are_seen_at_first_sight(bench: Bench) -> None:
    """A watch that begins late tells of the runs that live, and not of those that ended."""
    ended = await bench.start("true")
    await bench.until_final(ended.id)
    live = {(await bench.start("sleep", "600")).id for _ in range(2)}
    seen = set()
    async with bench.watching() as events:
        async for event in events:
            assert isinstance(event, RunSeen)
            seen.add(event.run_id)
            if seen == live:
                break
    assert ended.id not in seen


async def test_a_lost_run_is_seen(bench: Bench) -> None:
    """When whoever runs it is killed without warning, the watch tells, and the run is LOST."""
    async with bench.watching() as events:
        run = await bench.start("sh", "-c", "echo $$; exec sleep 600")
        log = bench.state / "runs" / str(run.number) / "output.log"
        async for event in events:
            if isinstance(event, OutputSeen):
                break
        os.kill(supervisor_of(bench, run.number), signal.SIGKILL)
        run = await bench.until(events, run.id, lambda run: run.state.is_final)
        os.kill(int(log.read_bytes()), signal.SIGKILL)
    assert run.state is RunState.LOST
    assert run.log_bytes > 0


async def test_many_live_runs_are_watched_at_once(bench: Bench) -> None:
    """Thirty runs that end together are all seen to their ends by two watchers."""
    gates = bench.gate("gate")
    script = f"read word < {gates}; seq 1 200"
    started = [(await bench.start("sh", "-c", script)).id for _ in range(30)]

    async def watch(begun: asyncio.Event) -> dict[RunId, int]:
        sizes: dict[RunId, int] = {}
        final: set[RunId] = set()
        seen: set[RunId] = set()
        async with bench.watching() as events:
            async for event in events:
                if isinstance(event, OutputSeen):
                    sizes[event.run_id] = event.size
                    continue
                assert isinstance(event, RunSeen)
                seen.add(event.run_id)
                if len(seen) == len(started):
                    begun.set()
                if (await bench.read(event.run_id)).state.is_final:
                    final.add(event.run_id)
                if final >= set(started):
                    return sizes
        raise AssertionError("the watch ended")

    begun = [asyncio.Event(), asyncio.Event()]
    watchers = [asyncio.create_task(watch(event)) for event in begun]
    for event in begun:
        await event.wait()
    # Read and write: the gate must not close while some have not come to it yet.
    gate = os.open(gates, os.O_RDWR)
    os.write(gate, b"go\n" * len(started))
    for watcher in watchers:
        assert set((await watcher).values()) <= set(range(1, 693))
    os.close(gate)
    for run_id in started:
        run = await bench.read(run_id)
        assert run.state is RunState.SUCCESS
        assert run.log_bytes == 692


async def test_a_closed_watch_leaves_nothing_behind(bench: Bench) -> None:
    """Closing a watch takes its bell, its connections and its tasks back."""
    await bench.start("sleep", "600")
    tasks_before = len(asyncio.all_tasks())
    async with bench.watching() as events:
        await anext(events)
        assert len(bells(bench)) == 1
    assert bells(bench) == []
    assert len(asyncio.all_tasks()) == tasks_before


async def test_a_watch_at_rest_does_not_tick(bench: Bench) -> None:
    """While a run is quiet, its watch has no timer running."""
    async with bench.watching() as events:
        run = await bench.start("sleep", "600")
        await bench.until(events, run.id, lambda run: run.state is RunState.RUNNING)
        waiting = asyncio.ensure_future(anext(events))
        # Two looks through another connection: whatever was still on its way has arrived then.
        for _ in range(2):
            with pytest.raises(Conflict, match="no terminal"):
                await bench.engine.answer(run.id, b"")
        loop: Any = asyncio.get_running_loop()
        assert [timer for timer in loop._scheduled if not timer.cancelled()] == []
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_what_cannot_be_started_is_unavailable(bench: Bench) -> None:
    """When the supervisor cannot work, the caller hears why and the run says so too."""
    bench.state.mkdir()
    (bench.state / "sockets").write_text("in the way")
    with pytest.raises(Unavailable, match="sockets: File exists") as caught:
        await bench.start("true")
    assert (caught.value.upstream, caught.value.operation) == ("local", "run.start")
    (bench.state / "sockets").unlink()
    run = await bench.read(RunId("local:1"))
    assert run.state is RunState.ERROR
    assert "sockets: File exists" in run.note


async def test_a_watch_that_cannot_be_is_unavailable(bench: Bench) -> None:
    """A watch whose bell cannot be hung raises, rather than hearing nothing for ever."""
    bench.state.mkdir()
    (bench.state / "sockets").write_text("in the way")
    async with aclosing(bench.engine.watch()) as events:
        with pytest.raises(Unavailable, match="sockets"):
            await anext(events)
    (bench.state / "sockets").unlink()


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_a_cancelled_start_holds_nothing(bench: Bench, turns: int) -> None:
    """A start that is cancelled in the middle leaves a run that ends, or none."""
    starting = asyncio.create_task(bench.start("true"))
    for _ in range(turns):
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    for run_id in (await bench.engine.listed([])).ids:
        assert (await bench.until_final(run_id)).state.is_final


def bells(bench: Bench) -> list[str]:
    """Return the bells that hang."""
    return [path.name for path in (bench.state / "sockets" / "bells").iterdir()]


def supervisor_of(bench: Bench, number: int) -> int:
    """Return the supervisor's process number, found by the directory in its arguments."""
    pattern = f"{bench.state / 'runs' / str(number)} "
    found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=True)
    return int(found.stdout)


class _Ended:
    """One run that ended before anybody could listen to it."""

    def __init__(self, bells: Path) -> None:
        self._bells = bells

    def bells(self) -> str:
        return str(self._bells)

    def live(self) -> list[int]:
        return [7]

    def control_path(self, number: int) -> None:
        assert number == 7

    def read(self, number: int) -> RunDetail:
        return RunDetail(a_run(number=number, log_bytes=3893), a_spec())


async def test_output_of_a_run_that_nobody_heard_is_told(tmp_path: Path) -> None:
    """A run may end before its supervisor is listened to: how much it said is told all the same."""
    watch = LocalWatch(cast("Any", _Ended(tmp_path)), lambda number: RunId(f"local:{number}"))
    async with aclosing(watch.events()) as events:
        told = [await anext(events) for _ in range(3)]
    assert told[0] == WatchBegan()
    assert set(told[1:]) >= {OutputSeen(RunId("local:7"), 3893)}
