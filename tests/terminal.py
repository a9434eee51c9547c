"""A program in a terminal of its own, seen from outside: what it wrote, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

PATIENCE_S = 100.0


class Terminal:
    """Runs `command` in a pseudo-terminal of 80×24 until closed."""

    def __init__(self, command: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> None:
        self.written = b""
        self._fd, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.began = perf_counter()
        self.process = subprocess.Popen(
            command, cwd=cwd, env=dict(environ), stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def until(self, text: bytes) -> float:
        """Read until `text` was written; return when that was, in seconds since the start."""
        while text not in self.written:
            self._read(PATIENCE_S)
        return perf_counter() - self.began

    def rest(self, seconds: float) -> int:
        """Read for so long and return how many bytes came."""
        before, end = len(self.written), perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            self._read(left, is_patient=True)
        return len(self.written) - before

    def press(self, keys: bytes) -> float:
        """Type, forget what was written before, and return the moment."""
        self.written = b""
        os.write(self._fd, keys)
        return perf_counter()

    def cpu_s(self) -> float:
        """Return the processor seconds the program has used so far, all threads together."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def hang_up(self) -> int:
        """Take the terminal away, which controls nothing; return the program's exit code."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)
        return self.process.wait(PATIENCE_S)

    def ended(self) -> int:
        """Read to the end of the program and return its exit code."""
        try:
            while True:
                self._read(PATIENCE_S)
        except EOFError:
            return self.process.wait(PATIENCE_S)

    def close(self, keys: bytes = b"\x11") -> None:
        """Leave the program by its key and wait for its end; kill it when it does not go."""
        try:
            if self.process.poll() is None:
                os.write(self._fd, keys)
                self.ended()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            os.close(self._fd)

    def _read(self, seconds: float, *, is_patient: bool = False) -> None:
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            if is_patient:
                return
            raise TimeoutError(f"nothing came after {self.written[-500:]!r}")
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # how Linux says that nobody writes any more
            data = b""
        if not data:
            raise EOFError(f"the program ended after {self.written[-2000:]!r}")
        self.written += data
