"""A stop is polite first and certain at last, for the whole process group."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.run import RunState
from tests.store.supervised import Runs, is_running, python

STUBBORN = """
    import os, signal, sys, time
    for name in sys.argv[1:]:
        number = getattr(signal, name)
        told = signal.Signals(number).name.encode() + b"\\n"
        signal.signal(number, lambda number, frame, told=told: os.write(1, told))
    os.write(1, b"ready\\n")
    while True:
        signal.pause()
"""


def test_an_interrupted_process_may_finish_its_work(runs: Runs) -> None:
    """A stop begins with INT, and what the process still writes then is kept."""
    code = """
        import os, signal, sys
        def leave(number, frame):
            os.write(1, b"tidied up\\n")  # it may come in the middle of what writes, too
            sys.exit(0)
        signal.signal(signal.SIGINT, leave)
        os.write(1, b"ready\\n")
        while True:
            signal.pause()
    """
    number = runs.start(python(code))
    runs.until_output(number, b"ready\n")
    watcher = runs.watch(number)
    assert runs.ask(number, op="stop") == {"ok": True}
    watcher.until_status(state="stopping")
    run = runs.ended(number).run
    assert (run.state, run.exit_code, run.signal) == (RunState.STOPPED, 0, "")
    assert runs.output(number) == b"ready\ntidied up\n"


def test_who_ignores_int_is_terminated(make_runs: Callable[..., Runs]) -> None:
    """When INT was not enough in its span, TERM follows by itself."""
    runs = make_runs(spans=(0.2, 60))
    number = runs.start(python(STUBBORN, "SIGINT"))
    runs.until_output(number, b"ready\n")
    runs.ask(number, op="stop")
    run = runs.ended(number).run
    assert (run.state, run.exit_code, run.signal) == (RunState.STOPPED, None, "SIGTERM")
    assert runs.output(number) == b"ready\nSIGINT\n"


def test_who_ignores_everything_is_killed(make_runs: Callable[..., Runs]) -> None:
    """When neither INT nor TERM was enough, KILL follows by itself."""
    runs = make_runs(spans=(0.2, 0.2))
    number = runs.start(python(STUBBORN, "SIGINT", "SIGTERM"))
    runs.until_output(number, b"ready\n")
    runs.ask(number, op="stop")
    run = runs.ended(number).run
    assert (run.state, run.signal) == (RunState.STOPPED, "SIGKILL")
    assert runs.output(number) == b"ready\nSIGINT\nSIGTERM\n"


def test_asking_again_goes_one_step_on(runs: Runs) -> None:
    """Every further stop takes the next step at once, without waiting for the span."""
    number = runs.start(python(STUBBORN, "SIGINT", "SIGTERM"))
    runs.until_output(number, b"ready\n")
    watcher = runs.watch(number)
    for answer in (b"SIGINT\n", b"SIGTERM\n"):
        runs.ask(number, op="stop")

        def is_answered(_message: object, answer: bytes = answer) -> bool:
            return answer in runs.output(number)

        watcher.until(is_answered)
    runs.ask(number, op="stop")
    assert runs.ended(number).run.signal == "SIGKILL"


def test_grandchildren_are_stopped_too(runs: Runs) -> None:
    """A stop reaches every process of the group, not only the one that was started."""
    ready, told = 'b"ready\\n"', 'b"%d\\n" % os.getpid()'
    inner = python(STUBBORN.replace(ready, told))
    script = f"'{inner[0]}' -I -S -c '{inner[-1]}' & wait"
    number = runs.start(["sh", "-c", script])
    runs.until_output(number, b"\n")
    grandchild = int(runs.output(number))
    assert is_running(grandchild)
    runs.ask(number, op="stop")
    assert runs.ended(number).run.state is RunState.STOPPED
    assert not is_running(grandchild)


def test_deaf_leftovers_do_not_outlive_a_stop(runs: Runs) -> None:
    """A group member that ignores INT and TERM and hides its output is killed with the rest."""
    note = runs.state.parent / "pid"
    os.mkfifo(note)
    code = f"""
        import os, signal
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            open({str(note)!r}, "w").write(str(os.getpid()))
            signal.pause()
            signal.pause()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        print("ready", flush=True)
        signal.pause()
    """
    number = runs.start(python(code))
    hidden = int(note.read_text())
    runs.until_output(number, b"ready\n")
    runs.ask(number, op="stop")
    run = runs.ended(number).run
    assert (run.state, run.signal) == (RunState.STOPPED, "SIGINT")
    assert not is_running(hidden)


def test_leftovers_that_keep_the_output_are_hurried(runs: Runs) -> None:
    """When the leader went at once, deaf leftovers are killed within moments, not after spans."""
    # A shell lets its background jobs ignore INT.
    number = runs.start(["sh", "-c", "sleep 600 & echo $!; wait"])
    runs.until_output(number, b"\n")
    runs.ask(number, op="stop")
    assert runs.ended(number).run.state is RunState.STOPPED
    assert not is_running(int(runs.output(number)))


def test_a_suspended_process_can_be_stopped(runs: Runs) -> None:
    """A process that was suspended hears the stop."""
    number = runs.start(["sh", "-c", "echo $$; kill -STOP $$; sleep 600"])
    runs.until_output(number, b"\n")
    pid = int(runs.output(number))
    runs.ask(number, op="stop")
    assert runs.ended(number).run.state is RunState.STOPPED
    assert not is_running(pid)


def test_a_supervisor_told_to_terminate_stops_its_run(runs: Runs) -> None:
    """TERM to the supervisor is a stop of its run, and the note says who asked."""
    number = runs.start(["sleep", "600"])
    runs.watch(number).until_status(state="running")
    os.kill(runs.supervisor_pid(number), signal.SIGTERM)
    run = runs.ended(number).run
    assert run.state is RunState.STOPPED
    assert run.note == "its supervisor was told to terminate"


@pytest.mark.parametrize("request_line", [b"nonsense\n", b"[]\n", b"{}\n", b"\xff\n"])
def test_nonsense_is_hung_up_on(runs: Runs, request_line: bytes) -> None:
    """Who sends something else than requests is hung up on, and the run goes on."""
    number = runs.start(["sleep", "600"])
    watcher = runs.watch(number)
    watcher.until_status(state="running")
    watcher._socket.sendall(request_line)
    assert not [message for message in watcher.messages() if "error" in message]
    assert runs.read(number).state is RunState.RUNNING


def test_an_unknown_request_is_refused(runs: Runs) -> None:
    """A request that this supervisor does not know is refused in words."""
    number = runs.start(["sleep", "600"])
    assert runs.ask(number, op="dance") == {"error": "no such request: dance"}


def test_an_answer_needs_a_terminal(runs: Runs) -> None:
    """A run without a terminal refuses an answer."""
    number = runs.start(["sleep", "600"])
    runs.watch(number).until_status(state="running")
    assert runs.ask(number, op="answer", data="eWVz") == {"error": "it has no terminal"}


def test_watchers_that_do_not_listen_hold_nothing_up(runs: Runs) -> None:
    """A watcher that never reads neither slows the run nor keeps others from hearing its end."""
    fifo = runs.state.parent / "fifo"
    os.mkfifo(fifo)
    code = f"""
        open({str(fifo)!r}).read()
        for number in range(20_000):
            print("line", number)
    """
    number = runs.start(python(code))
    deaf = runs.watch(number)
    for _ in range(5000):
        # Every request is answered, and the answers are not read either.
        try:
            deaf._socket.settimeout(0.2)
            deaf.ask({"op": "dance"})
        except OSError:
            break
    alert = runs.watch(number)
    Path(fifo).write_text("")
    size = len("".join(f"line {number}\n" for number in range(20_000)))
    messages = list(alert.messages())
    assert {"bytes": size} in messages
    assert messages[-1]["status"]["state"] == "success"
    assert len(runs.output(number)) == size
