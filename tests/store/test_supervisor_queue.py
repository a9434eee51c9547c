"""Runs wait for one of N slots, in the order of their numbers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from skyforge_tui.domain.run import RunState
from tests.store.supervised import Runs, kill


def gate(runs: Runs, name: str) -> Path:
    """Return a pipe that a run can wait on."""
    path = runs.state.parent / name
    os.mkfifo(path)
    return path


def test_a_run_waits_until_a_slot_is_free(make_runs: Callable[..., Runs]) -> None:
    """With one slot the second run starts when the first has ended, and not before."""
    runs = make_runs(slots=1)
    fifo = gate(runs, "fifo")
    first = runs.start(["sh", "-c", f"read word < {fifo}"])
    second = runs.start(["true"])
    watcher = runs.watch(second)
    watcher.until_status(state="waiting", started_at=None)
    assert runs.read(second).state is RunState.WAITING
    runs.watch(first).until_status(state="running")
    fifo.write_text("go\n")
    ended = runs.ended(first).run
    watcher.until_status(state="success")
    began = runs.ended(second).run
    assert ended.ended_at is not None
    assert began.started_at is not None
    assert ended.ended_at <= began.started_at


def test_the_lowest_number_goes_first(make_runs: Callable[..., Runs]) -> None:
    """However many wait, they start in the order of their numbers."""
    runs = make_runs(slots=1)
    fifo = gate(runs, "fifo")
    order = runs.state.parent / "order"
    first = runs.start(["sh", "-c", f"read word < {fifo}"])
    others = [runs.start(["sh", "-c", f"echo $SKYFORGE_RUN_NUMBER >> {order}"]) for _ in range(8)]
    fifo.write_text("go\n")
    for number in (first, *others):
        assert runs.ended(number).run.state is RunState.SUCCESS
    assert [int(line) for line in order.read_text().split()] == others


def test_as_many_run_as_there_are_slots(make_runs: Callable[..., Runs]) -> None:
    """With two slots two runs run at once and a third one waits."""
    runs = make_runs(slots=2)
    fifo = gate(runs, "fifo")
    started = [runs.start(["sh", "-c", f"read word < {fifo}"]) for _ in range(3)]
    for number in started[:2]:
        runs.watch(number).until_status(state="running")
    assert runs.read(started[2]).state is RunState.WAITING
    for number in started[:2]:
        runs.ask(number, op="stop")
        runs.ended(number)
    runs.watch(started[2]).until_status(state="running")


def test_a_waiting_run_is_stopped_without_starting(make_runs: Callable[..., Runs]) -> None:
    """A stop takes a waiting run out of the queue; its process never exists."""
    runs = make_runs(slots=1)
    runs.start(["sleep", "600"])
    second = runs.start(["touch", "started"])
    assert runs.ask(second, op="answer", data="") == {"error": "it is not running yet"}
    assert runs.ask(second, op="stop") == {"ok": True}
    run = runs.ended(second).run
    assert run.state is RunState.STOPPED
    assert run.started_at is None
    assert not (runs.state.parent / "started").exists()


def test_a_killed_waiter_does_not_block_the_queue(make_runs: Callable[..., Runs]) -> None:
    """Who waits behind a supervisor that was killed is not kept waiting by it."""
    runs = make_runs(slots=1)
    fifo = gate(runs, "fifo")
    first = runs.start(["sh", "-c", f"read word < {fifo}"])
    second, third = runs.start(["true"]), runs.start(["true"])
    kill(runs.supervisor_pid(second))
    fifo.write_text("go\n")
    assert runs.ended(first).run.state is RunState.SUCCESS
    assert runs.ended(third).run.state is RunState.SUCCESS
    assert runs.read(second).state is RunState.LOST


def test_a_killed_supervisor_gives_its_slot_back(make_runs: Callable[..., Runs]) -> None:
    """The slot of a supervisor that was killed is taken by the next run, although no bell rang."""
    runs = make_runs(slots=1)
    first = runs.start(["sh", "-c", "echo $$; exec sleep 600"])
    second = runs.start(["true"])
    runs.until_output(first, b"\n")
    kill(runs.supervisor_pid(first))
    try:
        assert runs.ended(second).run.state is RunState.SUCCESS
    finally:
        kill(int(runs.output(first)))
