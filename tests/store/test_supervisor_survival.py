"""Runs outlive whoever started or watched them, and lose no byte to a full disk or a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.run import RunState
from tests.store.supervised import Runs, is_running, kill, python

ROOT = Path(__file__).resolve().parents[2]

STARTER = """
import subprocess, sys, time
from pathlib import Path
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_spec
state, *command = sys.argv[1:]
directories = FileRunDirectories(Path(state))
reservation = directories.reserve(a_spec(command=tuple(command), directory="/"), {})
subprocess.run(
    reservation.command, input=reservation.secrets, pass_fds=reservation.pass_fds, check=True
)
directories.started(reservation)
print(reservation.number, flush=True)
time.sleep(600)
"""
"""Starts a run and then lives on until it is killed."""

WATCHER = """
import json, sys
from tests.store.supervised import Watcher
seen = []
for message in Watcher(sys.argv[1]).messages():
    seen.append(message)
    print(json.dumps(message), flush=True)
"""
"""Prints what a supervisor tells until it hangs up."""

FLOOD = """
import os, sys
copy = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
gate = open(sys.argv[2])
total = int(sys.argv[3])
lines = [
    b"\\x1b[3%dm%06d\\x1b[0m ok: [leaf-%d] => {'changed': false}\\r\\n" % (n % 8, n, n % 97)
    for n in range(total)
]
for first in range(0, total, 500):
    if first == total // 2:
        gate.read()
    data = memoryview(b"".join(lines[first : first + 500]))
    while data:
        written = os.write(1, data)
        os.write(copy, data[:written])
        data = data[written:]
"""
"""Writes coloured lines at full speed, and every byte it got rid of into a copy of its own."""


@pytest.fixture
def other_process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that runs Python code of this project in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def said(process: subprocess.Popen[str]) -> str:
    """Return the next line the process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_run_outlives_its_starter(
    runs: Runs, other_process: Callable[..., subprocess.Popen[str]]
) -> None:
    """When the starter is killed without warning, its run goes on to its end."""
    fifo = runs.state.parent / "fifo"
    os.mkfifo(fifo)
    starter = other_process(
        STARTER, runs.state, "sh", "-c", f"echo before; read word < {fifo}; echo after"
    )
    number = int(said(starter))
    runs.until_output(number, b"before\n")
    kill(starter.pid)
    starter.wait()
    assert runs.read(number).state is RunState.RUNNING
    fifo.write_text("go\n")
    assert runs.ended(number).run.state is RunState.SUCCESS
    assert runs.output(number) == b"before\nafter\n"


def test_nothing_is_lost_at_full_speed_while_others_are_killed(
    runs: Runs, other_process: Callable[..., subprocess.Popen[str]]
) -> None:
    """60,000 coloured lines are stored as the process wrote them, whoever dies meanwhile."""
    copy, fifo = runs.state.parent / "copy", runs.state.parent / "fifo"
    os.mkfifo(fifo)
    starter = other_process(STARTER, runs.state, *python(FLOOD, copy, fifo, 60_000))
    number = int(said(starter))
    # Opening the gate waits for the process, so the first half of the flood is on its way now.
    with fifo.open("w"):
        watcher = other_process(WATCHER, runs.directories.control_path(number))
        while '"bytes"' not in said(watcher):
            pass
        kill(starter.pid)
        kill(watcher.pid)
    assert runs.ended(number).run.state is RunState.SUCCESS
    expected = copy.read_bytes()
    assert expected.count(b"\n") == 60_000
    assert runs.output(number) == expected


def test_watchers_of_two_processes_hear_the_same_end(
    runs: Runs, other_process: Callable[..., subprocess.Popen[str]]
) -> None:
    """Two watchers in different processes are both told the last size and the final state."""
    fifo = runs.state.parent / "fifo"
    os.mkfifo(fifo)
    number = runs.start(["sh", "-c", f"read word < {fifo}; seq 1 100000"])
    path = runs.directories.control_path(number)
    watchers = [other_process(WATCHER, path) for _ in range(2)]
    for watcher in watchers:
        assert '"running"' in said(watcher)
    fifo.write_text("go\n")
    runs.ended(number)
    size = len(runs.output(number))
    for watcher in watchers:
        told = watcher.communicate()[0].splitlines()
        assert f'{{"bytes": {size}}}' in told
        assert '"success"' in told[-1]


def test_pulses_are_few_and_the_last_one_is_true(runs: Runs) -> None:
    """A flood of output is told in few pulses, not one a read."""
    number = runs.start(["sh", "-c", "sleep 0.2; seq 1 300000"])
    sizes = [message["bytes"] for message in runs.watch(number).messages() if "bytes" in message]
    run = runs.ended(number).run
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == run.log_bytes
    assert run.started_at is not None
    assert run.ended_at is not None
    # A change of status brings the size along, hence a few more than thirty a second.
    assert len(sizes) <= 30 * (run.ended_at - run.started_at).total_seconds() + 5


def test_a_killed_supervisor_leaves_a_lost_run_with_its_bytes(runs: Runs) -> None:
    """A supervisor killed without warning makes its run lost; what it stored is there."""
    number = runs.start(["sh", "-c", "echo $$; exec sleep 600"])
    runs.until_output(number, b"\n")
    kill(runs.supervisor_pid(number))
    run = runs.ended(number).run
    try:
        assert run.state is RunState.LOST
        assert (run.exit_code, run.signal) == (None, "")
        assert run.note == "no exit record: its supervisor vanished; what it started may still run"
        assert run.log_bytes == len(runs.output(number)) > 0
        assert run.started_at is not None
        assert run.ended_at is not None
        assert runs.directories.control_path(number) is None
        assert runs.directories.live() == []
        assert not (runs.state / "sockets" / f"{number}.sock").exists()
    finally:
        kill(int(runs.output(number)))


def test_secrets_are_never_on_the_disk(make_runs: Callable[..., Runs]) -> None:
    """Neither a waiting, a running nor an ended run leaves a secret in the state directory."""
    runs = make_runs(slots=1)
    secret = "correct-horse-battery"
    fifo = runs.state.parent / "fifo"
    os.mkfifo(fifo)
    script = f"read word < {fifo}; test $TOKEN = {secret[:7]}$REST && echo fine"
    # The words of the script do not hold the secret as a whole either.
    parts = {"REST": secret[7:]}
    numbers = [
        runs.start(["sh", "-c", script], environment=parts, secrets={"TOKEN": secret})
        for _ in range(2)
    ]

    def is_on_disk() -> bool:
        files = [path for path in runs.state.rglob("*") if path.is_file()]
        assert files
        return any(secret.encode() in path.read_bytes() for path in files)

    runs.watch(numbers[0]).until_status(state="running")
    assert runs.read(numbers[1]).state is RunState.WAITING
    assert not is_on_disk()
    for number in numbers:
        watcher = runs.watch(number)
        watcher.until_status(state="running")
        assert (
            secret
            not in subprocess.run(
                ["ps", "-ww", "-p", str(runs.supervisor_pid(number))],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        fifo.write_text("go\n")
        assert runs.ended(number).run.state is RunState.SUCCESS
        assert runs.output(number) == b"fine\n"
    assert not is_on_disk()


@pytest.fixture
def small_disk(make_runs: Callable[..., Runs]) -> Iterator[tuple[Runs, Callable[[str], None]]]:
    """Return runs on a disk of one megabyte, and a function that changes its size."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk needs tmpfs and root")
    base = make_runs().state
    base.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(base)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk needs the permission to mount")

    def resize(size: str) -> None:
        option = f"remount,size={size}"
        subprocess.run(["mount", "-o", option, str(base)], check=True)

    # A goodbye that nobody can store blocks whoever wants to say it, until the next step.
    runs = Runs(base / "state", spans=(0.5, 0.5))
    try:
        yield runs, resize
    finally:
        runs.close()
        subprocess.run(["umount", "-l", str(base)], check=True)


WRITER = """
import os
data = memoryview(bytes(range(256)) * 12_000)
while data:
    data = data[os.write(1, data):]
"""


def test_a_full_disk_holds_the_process_and_loses_nothing(
    small_disk: tuple[Runs, Callable[[str], None]],
) -> None:
    """While the disk is full the process waits in its write; with room again nothing is missing."""
    runs, resize = small_disk
    number = runs.start(python(WRITER))
    note = "output stalled: no space left on device"
    watcher = runs.watch(number)
    watcher.until_status(note=note, state="running")
    run = runs.read(number)
    assert (run.state, run.note) == (RunState.RUNNING, note)
    assert 0 < run.log_bytes < 3_072_000
    resize("16m")
    watcher.until_status(note="")
    run = runs.ended(number).run
    assert (run.state, run.note) == (RunState.SUCCESS, "")
    assert runs.output(number) == bytes(range(256)) * 12_000


def test_a_run_can_be_stopped_on_a_full_disk(
    small_disk: tuple[Runs, Callable[[str], None]],
) -> None:
    """A stop works on a full disk, and the exit record says what could not be stored."""
    runs, _ = small_disk
    number = runs.start(python(WRITER))
    runs.watch(number).until_status(note="output stalled: no space left on device")
    runs.ask(number, op="stop")
    run = runs.ended(number).run
    assert run.state is RunState.STOPPED
    assert run.signal
    assert "bytes were not stored: no space left on device" in run.note
    stored = runs.output(number)
    assert stored == (bytes(range(256)) * 12_000)[: len(stored)]


def test_no_run_is_born_on_a_full_disk(
    small_disk: tuple[Runs, Callable[[str], None]],
) -> None:
    """Without room for its records a run does not begin, and leaves no half of itself behind."""
    runs, _ = small_disk
    filler = runs.state.parent / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * (2 << 20))
    with pytest.raises(Unavailable, match="no space left on device"):
        runs.start(["true"])
    assert runs.directories.live() == []
    assert runs.directories.numbers() == []
    filler.unlink()
    assert runs.run(["true"])[0].state is RunState.SUCCESS


def test_an_orphan_is_not_hunted(runs: Runs) -> None:
    """Reading a lost run stops nothing: a recorded number may belong to somebody else by now."""
    number = runs.start(["sh", "-c", "trap '' HUP; echo $$; exec >/dev/null 2>&1; sleep 600"])
    runs.until_output(number, b"\n")
    pid = int(runs.output(number))
    kill(runs.supervisor_pid(number))
    assert runs.ended(number).run.state is RunState.LOST
    try:
        assert is_running(pid)
    finally:
        os.killpg(pid, 9)
