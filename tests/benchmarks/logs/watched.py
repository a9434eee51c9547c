"""A program in a terminal of its own, every piece of its output with the moment it came.

A thread reads, so that moments are those of arrival. What was on the screen when is found out
afterwards, by feeding the pieces to a terminal emulator, where nothing is in a hurry.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, sleep

import pyte

COLUMNS, ROWS = 160, 50
PATIENCE_S = 180.0
_POLL_S = 0.002
_OVERLAP_BYTES = 4096
"""How much of what came before is looked at again with every piece: a text may be torn in two."""
_SWITCH_S = 0.0002
SETTLE_S = 0.2
"""How long a program has for one picture before the emulator takes its share of the processor."""
# What the emulator (pyte 0.8.2) would print: private modes of keyboards, synchronised output.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?[\d;]*\$p|\x1bP[^\x1b]*\x1b\\")
_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
    rb"|\x1b[()][0-9A-B]|\x1b[=>78]"
)

Screen = Sequence[str]
"""The rows of a screen as text."""


class Watched:
    """Runs `command` in a pseudo-terminal until closed."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        cwd: Path | None = None,
        stdin: int | None = None,
        pass_fds: Sequence[int] = (),
        columns: int = COLUMNS,
    ) -> None:
        """Start it; what is typed comes from the terminal also if standard input is `stdin`."""
        self.pieces: list[tuple[float, bytes]] = []
        self._fd, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
        self._screen = pyte.Screen(columns, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0
        # The thread that reads must not wait long for the one that looks at what was read.
        sys.setswitchinterval(_SWITCH_S)
        self._is_over = threading.Event()
        self.began = perf_counter()
        self.process = subprocess.Popen(
            command, env=dict(environ), cwd=cwd,
            stdin=theirs if stdin is None else stdin, stdout=theirs, stderr=theirs,
            preexec_fn=lambda: _own_terminal(1), pass_fds=pass_fds,
        )  # fmt: skip
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def press(self, keys: bytes) -> tuple[float, int]:
        """Type; return the moment, and the number of the next piece."""
        mark = len(self.pieces)
        moment = perf_counter()
        os.write(self._fd, keys)
        return moment, mark

    def text(self, mark: int = 0) -> bytes:
        """Return what came from a piece on, without escape sequences."""
        return _ESCAPES.sub(b"", b"".join(data for _, data in self.pieces[mark:]))

    def until(self, text: bytes | re.Pattern[bytes], mark: int = 0) -> float:
        """Wait until the output from a piece on holds `text`; return the moment when it came.

        Raises:
            TimeoutError: it never does.
        """
        pattern = text if isinstance(text, re.Pattern) else re.compile(re.escape(text))
        looked = mark
        deadline = perf_counter() + PATIENCE_S
        kept = b""
        while perf_counter() < deadline:
            while looked < len(self.pieces):
                moment, data = self.pieces[looked]
                looked += 1
                kept = kept[-_OVERLAP_BYTES:] + data
                if pattern.search(_ESCAPES.sub(b"", kept)):
                    return moment
            if self.process.poll() is not None and looked == len(self.pieces):
                raise TimeoutError(f"it ended: {self.text()[-2000:]!r}")
            sleep(_POLL_S)
        raise TimeoutError(f"{text!r} never came: {self.text()[-2000:]!r}")

    def shown(
        self,
        wanted: Callable[[Screen], bool],
        mark: int = 0,
        *,
        patience_s: float = PATIENCE_S,
        peace_s: float = SETTLE_S,
    ) -> float:
        """Return the moment since when the screen was as wanted, from a piece on.

        Every piece bears the moment when it came, so that looking later costs nothing but time:
        `peace_s` is how long the emulator leaves the processor to the program.

        Raises:
            TimeoutError: it never is.
        """
        deadline = perf_counter() + patience_s
        if self._fed > mark and wanted(self._screen.display):
            return self.pieces[self._fed - 1][0]
        sleep(peace_s)
        while perf_counter() < deadline:
            while self._fed < len(self.pieces):
                moment, data = self.pieces[self._fed]
                self._fed += 1
                self._stream.feed(_UNKNOWN.sub(b"", data))
                if self._fed > mark and wanted(self._screen.display):
                    return moment
            sleep(SETTLE_S)
        raise TimeoutError("never shown:\n" + "\n".join(self._screen.display))

    def screen(self) -> Screen:
        """Return the screen as it is now."""
        while self._fed < len(self.pieces):
            self._stream.feed(_UNKNOWN.sub(b"", self.pieces[self._fed][1]))
            self._fed += 1
        shown: Screen = self._screen.display
        return shown

    def peak_mb(self) -> float:
        """Return the largest resident size it ever had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024

    def close(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()
        self._is_over.set()
        self._reader.join()
        os.close(self._fd)

    def _read(self) -> None:
        while not self._is_over.is_set():
            ready, _, _ = select.select([self._fd], [], [], 0.2)
            if not ready:
                continue
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:  # how Linux says that nobody writes any more
                return
            if not data:
                return
            self.pieces.append((perf_counter(), data))


def _own_terminal(terminal: int) -> None:
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
