"""What a run's process finds when it starts, and what is recorded when it ends."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.run import RunState
from skyforge_tui.store.log_writer import LogWriter
from tests.builders import a_spec
from tests.store.supervised import Runs, python


def test_success_is_recorded(runs: Runs) -> None:
    """A run whose process exits with 0 succeeded, with its times, output and code."""
    run, output = runs.run(["sh", "-c", "echo hello"])
    assert (run.state, run.exit_code, run.signal, run.note) == (RunState.SUCCESS, 0, "", "")
    assert run.started_at is not None
    assert run.ended_at is not None
    assert run.started_at <= run.ended_at
    assert output == b"hello\n"
    assert run.log_bytes == len(output)


def test_failure_keeps_its_code(runs: Runs) -> None:
    """A run whose process exits with another code is an error that tells the code."""
    run, output = runs.run(["sh", "-c", "echo oh >&2; exit 7"])
    assert (run.state, run.exit_code, run.signal) == (RunState.ERROR, 7, "")
    assert output == b"oh\n"


def test_a_signal_is_told_by_name(runs: Runs) -> None:
    """A process that a signal ended has no exit code but the signal's name."""
    run, _ = runs.run(["sh", "-c", "kill -SEGV $$"])
    assert (run.state, run.exit_code, run.signal) == (RunState.ERROR, None, "SIGSEGV")


@pytest.mark.parametrize(
    ("command", "directory", "note"),
    [
        (["no-such-command-here"], "/", "no such command: no-such-command-here"),
        (["/nowhere/at/all"], "/", "no such command: /nowhere/at/all"),
        (["true"], "/no/such/place", "no such directory: /no/such/place"),
        (["true"], "/etc/hosts", "no such directory: /etc/hosts"),
        (["a\0b"], "/", "cannot execute 'a\\x00b': embedded null byte"),
    ],
)
def test_what_cannot_be_executed_says_why(
    runs: Runs, command: list[str], directory: str, note: str
) -> None:
    """A command that cannot start is an error with the reason in words, and never ran."""
    run, output = runs.run(command, directory=directory)
    assert (run.state, run.note, run.exit_code) == (RunState.ERROR, note, None)
    assert run.started_at is None
    assert run.ended_at is not None
    assert output == b""


def test_a_file_that_may_not_be_executed_says_so(runs: Runs) -> None:
    """A command that is a plain file is told to be not executable."""
    path = runs.state.parent / "plain"
    path.write_text("#!/bin/sh\n")
    run, _ = runs.run([str(path)])
    assert (run.state, run.note) == (RunState.ERROR, f"not executable: {path}")


def test_a_file_that_is_no_program_says_so(runs: Runs) -> None:
    """An executable file that the system does not understand is named with the reason."""
    path = runs.state.parent / "odd"
    path.write_bytes(b"\x01\x02\x03")
    path.chmod(0o700)
    run, _ = runs.run([str(path)])
    assert run.state is RunState.ERROR
    assert run.note == f"cannot execute {path}: Exec format error"


def test_the_environment_is_the_starters_with_what_was_asked(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process sees the starter's environment and the run's, and nothing about this program."""
    for name in ("SKYFORGE_PROFILE", "TEXTUAL_DRIVER", "COLUMNS", "LINES", "PWD", "KEPT"):
        monkeypatch.setenv(name, "outer")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    _, output = runs.run(
        python(code), environment={"ADDED": "ö", "TERM": "dumb"}, secrets={"TOKEN": "s3"}
    )
    seen = json.loads(output)
    assert seen["KEPT"] == "outer"
    assert seen["PWD"] == str(runs.state.parent)
    assert (seen["ADDED"], seen["TERM"], seen["TOKEN"]) == ("ö", "dumb", "s3")
    assert (seen["SKYFORGE_RUN_ID"], seen["SKYFORGE_RUN_NUMBER"]) == ("local:1", "1")
    assert not {"SKYFORGE_PROFILE", "TEXTUAL_DRIVER", "COLUMNS", "LINES"} & seen.keys()


def test_the_window_has_the_size_asked_for(runs: Runs) -> None:
    """A process finds its output to be a terminal of the size that the spec names."""
    code = "import os; print(tuple(os.get_terminal_size(1)), os.isatty(1), os.isatty(2))"
    _, output = runs.run(python(code), columns=97, rows=33)
    assert output == b"(97, 33) True True\n"


def test_the_terminal_type_is_set(runs: Runs) -> None:
    """Without a wish of its own a run has a terminal type with colours."""
    _, output = runs.run(["sh", "-c", "echo $TERM"])
    assert output == b"xterm-256color\n"


def test_no_byte_is_changed_on_the_way(runs: Runs) -> None:
    """Every byte value arrives as it was written: no line end is translated, nothing is eaten."""
    data = bytes(range(256)) * 64 + b"a\nb\r\nc\td\x04\x03"
    path = runs.state.parent / "bytes"
    path.write_bytes(data)
    _, output = runs.run(["cat", str(path)])
    assert output == data


def test_a_question_meets_the_end_of_input(runs: Runs) -> None:
    """Without a terminal, standard input is at its end and there is no terminal to ask on."""
    code = """
        import sys
        print(repr(sys.stdin.read()))
        try: open("/dev/tty")
        except OSError as error: print(error.errno)
    """
    run, output = runs.run(python(code))
    assert output == b"''\n6\n"
    assert not run.waits_for_input


def test_only_the_standard_streams_are_inherited(runs: Runs) -> None:
    """No lock, socket or log of the supervisor leaks into the process."""
    code = """
        import os
        found = []
        for fd in range(3, 256):
            try: os.fstat(fd)
            except OSError: continue
            found.append(fd)
        print(found)
    """
    _, output = runs.run(python(code))
    assert output == b"[]\n"


def test_signals_ignored_by_the_starter_work_again(runs: Runs) -> None:
    """A process hears INT and HUP although whoever started the run ignored them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)}
    try:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        run = runs.start(["sh", "-c", "kill -INT $$; echo deaf"])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert runs.ended(run).run.signal == "SIGINT"


def test_resource_use_covers_the_children(runs: Runs) -> None:
    """CPU time and memory of the process and of the children it waited for are recorded."""
    code = "sum(range(3_000_000)); b = bytearray(80_000_000)"
    number = runs.start(["sh", "-c", f"'{sys.executable}' -I -S -c '{code}'; true"])
    use = runs.ended(number).use
    assert use is not None
    assert use.user_s + use.system_s > 0.01
    assert 80_000_000 < use.max_rss_bytes < 400_000_000


def test_a_background_process_has_the_last_word(runs: Runs) -> None:
    """What a process left behind writes shortly after its end is still kept."""
    run, output = runs.run(["sh", "-c", "(sleep 0.5; echo late) & echo early"])
    assert output == b"early\nlate\n"
    assert (run.state, run.note) == (RunState.SUCCESS, "")


def test_a_silent_background_process_does_not_hold_the_run(runs: Runs) -> None:
    """A run ends although a process it left behind keeps the output open, and says so."""
    number = runs.start(["sh", "-c", "sleep 600 & echo $!"])
    run = runs.ended(number).run
    pid = int(runs.output(number))
    try:
        assert run.state is RunState.SUCCESS
        assert run.note == "a process it left behind kept its output open"
        os.kill(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_a_process_that_closes_its_output_still_runs(runs: Runs) -> None:
    """A process without open output counts as running until it ends."""
    fifo = runs.state.parent / "fifo"
    os.mkfifo(fifo)
    number = runs.start(["sh", "-c", f"echo bye; exec >&- 2>&-; read word < {fifo}; exit 5"])
    runs.until_output(number, b"bye\n")
    assert runs.read(number).state is RunState.RUNNING
    fifo.write_text("go\n")
    run = runs.ended(number).run
    assert (run.state, run.exit_code) == (RunState.ERROR, 5)


def test_everything_is_private_and_nothing_is_left_over(runs: Runs) -> None:
    """Only the owner may look into a run, and an ended one keeps its records and no sockets."""
    number = runs.start(["true"])
    runs.ended(number)
    names = {path.name for path in runs.path(number).iterdir()}
    log_names = {"output.log", "output.index", "output.times"}
    assert names == {"spec.json", "exit.json", "lock"} | log_names
    for path in (runs.path(number), *runs.path(number).iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert [path.name for path in (runs.state / "sockets").iterdir()] == ["bells"]
    assert list((runs.state / "sockets" / "bells").iterdir()) == []
    assert list((runs.state / "slots" / "waiting").iterdir()) == []


def test_a_supervisor_that_cannot_work_says_why(runs: Runs) -> None:
    """A supervisor that cannot be born exits with 1, one line of words, and its lock is free."""
    reservation = runs.directories.reserve(a_spec(command=("true",)), {})
    sockets = runs.state / "sockets"
    sockets.write_text("in the way")
    done = subprocess.run(
        reservation.command,
        input=reservation.secrets,
        pass_fds=reservation.pass_fds,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.decode().strip() == f"{sockets}: File exists"
    runs.directories.abandon(reservation, "no sockets")
    run = runs.read(reservation.number)
    assert (run.state, run.note) == (RunState.ERROR, "no sockets")
    sockets.unlink()


def test_a_starter_that_does_not_wait_ends_the_run(runs: Runs) -> None:
    """A supervisor whose starter was killed before it was well starts nothing and says so."""
    reservation = runs.directories.reserve(
        a_spec(command=("touch", "started"), directory=str(runs.state.parent)), {}
    )
    starter = subprocess.Popen(
        reservation.command, stdin=subprocess.PIPE, pass_fds=reservation.pass_fds
    )
    starter.kill()
    starter.wait()
    assert starter.stdin is not None
    starter.stdin.close()
    runs.directories.abandon(reservation, "given up")
    run = runs.ended(reservation.number).run
    assert run.state is RunState.ERROR
    assert not (runs.state.parent / "started").exists()


def test_a_state_directory_with_a_long_path_works(make_runs: Callable[..., Runs]) -> None:
    """Sockets of a deep state directory live elsewhere, in a directory of this user alone."""
    base = make_runs()
    deep = Runs(base.state / ("d" * 60) / ("e" * 60))
    try:
        fifo = base.state / "fifo"
        deep.state.mkdir(parents=True)
        os.mkfifo(fifo)
        number = deep.start(["sh", "-c", f"read word < {fifo}"])
        path = deep.directories.control_path(number)
        assert path is not None
        assert len(os.fsencode(path)) <= 100
        sockets = Path(path).parent
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        deep.watch(number).until_status(state="running")
        fifo.write_text("go\n")
        assert deep.ended(number).run.state is RunState.SUCCESS
        (sockets / "bells").rmdir()
        sockets.rmdir()
    finally:
        deep.close()


def test_the_log_knows_its_lines_and_times(runs: Runs) -> None:
    """The stored output of a run opens as a log whose writer would continue it."""
    number = runs.start(["sh", "-c", "seq 1 1000"])
    runs.ended(number)
    writer = LogWriter(runs.path(number))
    assert writer.size == len(runs.output(number))
    writer.close()
    assert runs.path(number, "output.times").stat().st_size >= 16
