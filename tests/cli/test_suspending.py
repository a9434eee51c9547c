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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
