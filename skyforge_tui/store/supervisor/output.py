"""From the pseudo-terminal to the log, losing nothing when the log cannot take it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from typing import Protocol

from skyforge_tui.store.supervisor.loop import READ, Loop

_PIECE = 64 * 1024
_RETRY_S = 1.0
_LOOK_AGAIN_S = 0.25
_NONE = -1


class ByteLog(Protocol):
    """Where bytes are kept; `append` may take a part and raise, `size` tells how much it took."""

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        ...

    def append(self, data: bytes, at_ms: int) -> None:
        """Keep `data`, which arrived at `at_ms` (unix milliseconds).

        Raises:
            OSError: not all of it could be kept.
        """
        ...


class Output:
    """Moves what a process writes into its log.

    While the log cannot take more, the pseudo-terminal is not read: the process waits in its own
    write, and every second the log is tried again.
    """

    def __init__(self, loop: Loop, log: ByteLog, on_change: Callable[[bytes], None]) -> None:
        self._loop = loop
        self._log = log
        self._on_change = on_change
        """Called with the bytes that were stored (empty: `stall` or `is_at_end` changed)."""
        self._master = _NONE
        self._held = b""
        self.stall = ""
        """Why the log takes nothing at the moment; empty when it does."""
        self.is_at_end = False
        """Whether nobody has the other side of the pseudo-terminal open."""

    @property
    def size(self) -> int:
        """Bytes stored."""
        return self._log.size

    @property
    def held_bytes(self) -> int:
        """Bytes that were read and could not be stored yet."""
        return len(self._held)

    def attach(self, master: int) -> None:
        """Begin to read."""
        self._master = master
        self._resume()

    def detach(self) -> None:
        """Read no more."""
        self._loop.forget(self._master)
        self._loop.cancel("log")
        self._loop.cancel("reopen")
        self._master = _NONE

    def look_again(self) -> None:
        """Read what there is although nobody had the other side open a moment ago."""
        if self.is_at_end and not self._held:
            self._readable(READ)

    def _resume(self) -> None:
        self._loop.listen(self._master, READ, self._readable)

    def _readable(self, _ready: int) -> None:
        data, ended = self._read()
        if ended:
            # The process may open its terminal again later; being told of an end that lasts would
            # make this loop spin.
            self._loop.forget(self._master)
            self._loop.after("reopen", _LOOK_AGAIN_S, self.look_again)
        elif self.is_at_end:
            self._loop.cancel("reopen")
            self._resume()
        turned = ended != self.is_at_end
        self.is_at_end = ended
        if data:
            self._store(data)
        elif turned:
            self._on_change(b"")

    def _read(self) -> tuple[bytes, bool]:
        """Return what can be read now, at most one piece, and whether the end was met."""
        pieces: list[bytes] = []
        wanted = _PIECE
        while wanted > 0:
            try:
                data = os.read(self._master, wanted)
            except BlockingIOError:
                return b"".join(pieces), False
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                data = b""  # Linux: the last of the other side was closed
            if not data:
                return b"".join(pieces), True
            pieces.append(data)
            wanted -= len(data)
        return b"".join(pieces), False

    def _store(self, data: bytes) -> None:
        before = self._log.size
        try:
            self._log.append(data, time.time_ns() // 1_000_000)
        except OSError as error:
            self._hold(data[self._log.size - before :], error)
            taken = self._log.size - before
            self._on_change(data[:taken])
        else:
            self._on_change(data)

    def _hold(self, rest: bytes, error: OSError) -> None:
        self._held = rest
        self.stall = (error.strerror or str(error)).lower()
        self._loop.forget(self._master)
        self._loop.cancel("reopen")
        self._loop.after("log", _RETRY_S, self._retry)

    def _retry(self) -> None:
        held, self._held, self.stall = self._held, b"", ""
        self._store(held)
        if self._held or self._master == _NONE:
            return
        if self.is_at_end:
            self._loop.after("reopen", _LOOK_AGAIN_S, self.look_again)
        else:
            self._resume()
