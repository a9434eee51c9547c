"""ctrl+z puts the cockpit into the background, and fg brings it back as it was."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_PATIENCE_S = 60


class _Terminal:
    """A terminal with the cockpit on it, and everything that it wrote."""

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self.written = b""
        self._descriptor = descriptor

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self._descriptor, keys)

    def until(self, *texts: bytes) -> None:
        """Read until every text was written; then forget what was read."""
        deadline = time.monotonic() + _PATIENCE_S
        while not all(text in self.written for text in texts):
            left = deadline - time.monotonic()
            assert left > 0, f"{texts} never came: {self.written[-2000:]!r}"
            if select.select([self._descriptor], [], [], left)[0]:
                self.written += os.read(self._descriptor, 65536)
        self.written = b""

    def stopped(self) -> None:
        """Wait until the process stands still, and forget what it wrote."""
        assert os.WIFSTOPPED(self.state_changed(os.WUNTRACED))
        self.until(b"\x1b[?1049l")

    def cook(self, flags: int) -> None:
        """Set the terminal's local modes, as a shell does that takes it back."""
        modes = termios.tcgetattr(self._descriptor)
        modes[3] = flags
        termios.tcsetattr(self._descriptor, termios.TCSANOW, modes)

    def go_on(self) -> None:
        """Let the process go on, as fg does."""
        os.kill(self.pid, signal.SIGCONT)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; whoever stands still is not told."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, size)

    def flags(self) -> int:
        """Return the terminal's local modes."""
        flags: int = termios.tcgetattr(self._descriptor)[3]
        return flags

    def state_changed(self, option: int) -> int:
        """Wait until the process stopped, went on or ended; return its status."""
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, option | os.WNOHANG)
            if pid:
                return status
            # A process that writes to a full terminal waits for somebody who reads.
            if select.select([self._descriptor], [], [], 0.05)[0]:
                self.written += os.read(self._descriptor, 65536)
        raise AssertionError("nothing happened to the process")


@contextmanager
def _cockpit(folder: Path, **environment: str) -> Iterator[_Terminal]:
    environ = os.environ | {
        "TERM": "xterm-256color", "COLORTERM": "truecolor",
        "XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    } | environment  # fmt: skip
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "skyforge_tui"],
        stdin=follower, stdout=follower, stderr=follower, cwd=folder, env=environ,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield _Terminal(process.pid, leader)
    finally:
        process.kill()
        process.wait()
        os.close(leader)
        os.close(follower)


def test_ctrl_z_stops_and_fg_draws_again(tmp_path: Path) -> None:
    """ctrl+z leaves the terminal as the shell wants it; going on draws every row again."""
    (tmp_path / "work").mkdir()
    with _cockpit(tmp_path / "work") as terminal:
        terminal.until(b"Projects", b"Attention", b"keys")
        before = terminal.flags()
        assert not before & termios.ICANON
        terminal.type(b"\x1a")
        status = terminal.state_changed(os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal.until(b"\x1b[?1049l")
        assert terminal.flags() & termios.ICANON
        assert terminal.flags() & termios.ECHO
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.until(b"\x1b[?1049h", b"Projects", b"Attention", b"keys")
        assert terminal.flags() == before
        terminal.type(b"3")
        terminal.until(b"No run yet")


MANIFEST = """
[[templates]]
name = "hello"
command = ["echo", "hello"]
"""
OVER: dict[str, Sequence[tuple[bytes, bytes]]] = {
    "the card": ((b"L", b"type to filter"), (b"\r", b"never ran here")),
    "the palette": ((b"\x10", b"Palette"),),
    "the help": ((b"?", b"Keys in Projects"),),
}
"""What is typed, and what is shown then, until something lies over the place."""
UNFADED = b"38;2;244;247;250;48;2;22;29;38mL\x1b"
"""A key in the footer when nothing lies over it."""


@pytest.mark.parametrize("name", OVER)
def test_another_size_meanwhile(tmp_path: Path, name: str) -> None:
    """What lies over a place is drawn for the size the terminal got meanwhile; keys go on."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "skyforge.toml").write_text(MANIFEST)
    with _cockpit(work) as terminal:
        terminal.until(b"hello", b"to trust")
        for keys, shown in OVER[name]:
            terminal.type(keys)
            terminal.until(shown)
        terminal.type(b"\x1a")
        terminal.stopped()
        terminal.resize(100, 33)
        terminal.go_on()
        terminal.until(b"\x1b[?1049h", b"\x1b[33;1H")
        terminal.type(b"\x1b")
        terminal.until(UNFADED)
        terminal.type(b"3")
        terminal.until(b"No run yet")


def test_typed_too_often(tmp_path: Path) -> None:
    """Keys that were typed while it was busy do not stop it again as soon as it goes on."""
    (tmp_path / "work").mkdir()
    with _cockpit(tmp_path / "work") as terminal:
        terminal.until(b"Projects", b"Attention", b"keys")
        terminal.type(b"\x1a\x1a\x1a")
        terminal.stopped()
        terminal.go_on()
        terminal.until(b"\x1b[?1049h", b"Attention")
        terminal.type(b"3")
        terminal.until(b"No run yet")


def test_stopped_by_somebody_else(tmp_path: Path) -> None:
    """Stopped without being asked, it takes the terminal anew, and leaves it as it found it."""
    (tmp_path / "work").mkdir()
    with _cockpit(tmp_path / "work") as terminal:
        before = terminal.flags()
        terminal.until(b"Projects", b"Attention", b"keys")
        os.kill(terminal.pid, signal.SIGSTOP)
        assert os.WIFSTOPPED(terminal.state_changed(os.WUNTRACED))
        terminal.cook(before)
        terminal.go_on()
        terminal.until(b"\x1b[?1049h", b"Attention")
        assert terminal.flags() & termios.ICANON == 0
        terminal.type(b"3")
        terminal.until(b"No run yet")
        terminal.type(b"\x11")
        assert os.WIFEXITED(terminal.state_changed(0))
        assert terminal.flags() == before


def test_told_to_go_on_without_a_stop(tmp_path: Path) -> None:
    """Told to go on though it never stood still, it goes on as one, and leaves no trace."""
    (tmp_path / "work").mkdir()
    with _cockpit(tmp_path / "work") as terminal:
        before = terminal.flags()
        terminal.until(b"Projects", b"Attention", b"keys")
        terminal.go_on()
        terminal.until(b"\x1b[?1049h", b"Attention")
        terminal.type(b"3")
        terminal.until(b"No run yet")
        terminal.type(b"\x11")
        assert os.WIFEXITED(terminal.state_changed(0))
        assert terminal.flags() == before
