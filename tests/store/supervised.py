"""Real supervised runs for tests: started, watched over their sockets, waited for by lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_spec

PATIENCE_S = 100.0


def python(code: str, *arguments: object) -> tuple[str, ...]:
    """Return a command that runs `code` quickly, with nothing of the environment."""
    return (sys.executable, "-I", "-S", "-c", textwrap.dedent(code), *map(str, arguments))


class Watcher:
    """A watcher's connection to a supervisor, read line by line."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(path)
        self._lines = self._socket.makefile("rb")
        self.ask({"op": "watch"})

    def ask(self, request: object) -> None:
        """Send a request on this connection."""
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield what the supervisor says until it hangs up."""
        with contextlib.suppress(ConnectionError):
            for line in self._lines:
                yield json.loads(line)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first message that is wanted."""
        for message in self.messages():
            if wanted(message):
                return message
        raise AssertionError("the supervisor hung up before it said what was awaited")

    def until_status(self, **wanted: object) -> dict[str, Any]:
        """Return the first status whose members are all as wanted."""

        def fits(message: dict[str, Any]) -> bool:
            status = message.get("status")
            return status is not None and wanted.items() <= status.items()

        found: dict[str, Any] = self.until(fits)["status"]
        return found

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()


class Runs:
    """A state directory whose runs are started for real and never outlive the test."""

    def __init__(self, state: Path, *, slots: int = 4, spans: tuple[float, float] = (60, 60)):
        self.state = state
        self.directories = FileRunDirectories(state, slots=slots, stop_spans_s=spans)
        self._watchers: list[Watcher] = []

    def start(
        self, command: Sequence[str], *, secrets: dict[str, str] | None = None, **spec: Any
    ) -> int:
        """Start a run and return its number once its supervisor is well."""
        spec.setdefault("directory", str(self.state.parent))
        reservation = self.directories.reserve(
            a_spec(command=tuple(map(str, command)), **spec), secrets or {}
        )
        done = subprocess.run(
            reservation.command,
            input=reservation.secrets,
            pass_fds=reservation.pass_fds,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        self.directories.started(reservation)
        assert done.returncode == 0, done
        return reservation.number

    def path(self, number: int, name: str = "") -> Path:
        """Return the run's directory or a file in it."""
        return self.state / "runs" / str(number) / name

    def output(self, number: int) -> bytes:
        """Return the bytes stored so far."""
        return self.path(number, "output.log").read_bytes()

    def read(self, number: int) -> Run:
        """Return the run as it stands."""
        return self.directories.read(number).run

    def watch(self, number: int) -> Watcher:
        """Connect to a live run as a watcher."""
        path = self.directories.control_path(number)
        assert path is not None, f"run {number} is not alive"
        watcher = Watcher(path)
        self._watchers.append(watcher)
        return watcher

    def until_output(self, number: int, wanted: bytes) -> None:
        """Wait until the stored output contains `wanted`."""
        watcher = self.watch(number)
        watcher.until(lambda _message: wanted in self.output(number))
        watcher.close()

    def ask(self, number: int, **request: str) -> dict[str, Any]:
        """Send one request on a connection of its own and return the reply."""
        path = self.directories.control_path(number)
        assert path is not None, f"run {number} is not alive"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(path)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline())
                return answer

    def ended(self, number: int) -> RunDetail:
        """Wait until the supervisor is gone and return what it left behind."""
        fd = os.open(self.path(number, "lock"), os.O_RDONLY)
        try:
            fcntl.flock(fd, fcntl.LOCK_SH)
        finally:
            os.close(fd)
        complaints = self.path(number, "supervisor.err")
        assert not complaints.exists() or complaints.read_text() == ""
        return self.directories.read(number)

    def run(self, command: Sequence[str], **spec: Any) -> tuple[Run, bytes]:
        """Start a run, wait for its end and return it with its output."""
        number = self.start(command, **spec)
        return self.ended(number).run, self.output(number)

    def supervisor_pid(self, number: int) -> int:
        """Return the supervisor's process number, found by the directory in its arguments."""
        pattern = str(self.path(number)) + " "
        found = subprocess.run(
            ["pgrep", "-f", pattern], capture_output=True, text=True, check=True
        ).stdout.split()
        assert len(found) == 1, found
        return int(found[0])

    def close(self) -> None:
        """End whatever still runs."""
        for watcher in self._watchers:
            watcher.close()
        for number in self.directories.live():
            for _ in range(3):
                with contextlib.suppress(AssertionError, OSError, ValueError):
                    self.ask(number, op="stop")
            self.ended(number)


def is_running(pid: int) -> bool:
    """Return whether a process of this number exists and is not a zombie."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


def kill(pid: int) -> None:
    """Kill a process of the test's own without warning."""
    os.kill(pid, signal.SIGKILL)
