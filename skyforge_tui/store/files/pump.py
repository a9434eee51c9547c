"""Carries bytes from a pipe, or out of a compressed file, into a spool, on a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import threading
import time
from pathlib import Path
from typing import Protocol

from skyforge_tui.store.log_writer import LogWriter

_PIECE_BYTES = 256 * 1024
_PIPE_BYTES = 1024 * 1024
"""The most that Linux grants to anybody."""
_LOOK_AT_ROOM_BYTES = 16 * 1024 * 1024
_RESERVE_BYTES = 512 * 1024 * 1024
_RESERVE_SHARE = 20
_TRY_AGAIN_S = 1.0
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class Stream(Protocol):
    """Something that is read to its end."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            OSError: what comes cannot be read.
        """
        ...

    def stop(self) -> None:
        """Have a `read` that waits return at once; called from another thread."""
        ...

    def close(self) -> None:
        """Let go; closing twice is fine."""
        ...


class PipeStream:
    """Reads a descriptor that may never say anything, and stops waiting when told to."""

    def __init__(self, descriptor: int, *, has_to_wait: bool = False) -> None:
        """Take a descriptor, which is ours from now on.

        `has_to_wait` says that whoever writes may not be there yet.
        """
        self._descriptor = descriptor
        _widen(descriptor)
        self._has_to_wait = has_to_wait
        self._stopped, self._stop = os.pipe()
        self._is_closed = False

    def read(self, size: int, /) -> bytes:
        """Wait for bytes and return them, none at the end or once stopped.

        Raises:
            OSError: it cannot be read.
        """
        while True:
            ready, _, _ = select.select([self._descriptor, self._stopped], [], [])
            if self._stopped in ready:
                return b""
            data = os.read(self._descriptor, size)
            if data or not self._has_to_wait:
                self._has_to_wait = False
                return data
            # Nobody writes yet, which looks like the end.
            select.select([self._stopped], [], [], _TRY_AGAIN_S / 10)

    def stop(self) -> None:
        """Have `read` return nothing from now on."""
        os.write(self._stop, b".")

    def close(self) -> None:
        """Let go of the descriptor; closing twice is fine."""
        if self._is_closed:
            return
        self._is_closed = True
        for one in (self._descriptor, self._stopped, self._stop):
            os.close(one)


def _widen(descriptor: int) -> None:
    """Let a pipe hold more, so that whoever writes into it and we wait less for each other."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # It may be no pipe, or one that may grow no more; all of them can be read.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


class Pump:
    """Writes everything that a stream gives, with the time when it came."""

    def __init__(self, stream: Stream, writer: LogWriter, directory: Path) -> None:
        """Take a stream, ours from now on, and a writer into `directory`, which is not."""
        self._stream = stream
        self._writer = writer
        self._directory = directory
        self._has_to_stop = threading.Event()
        self._looked_at = 0
        self.is_over = False
        """Whether the stream has ended."""
        self.trouble = ""
        """Why it goes no further, or waits; empty when all is well."""
        self._thread = threading.Thread(target=self._run, name="skyforge-pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and let go of the stream; whoever writes into it is told by the system."""
        self._has_to_stop.set()
        if self._thread.is_alive():
            self._stream.stop()
            self._thread.join()
        self._stream.close()

    def _run(self) -> None:
        try:
            while not self._has_to_stop.is_set():
                piece = self._stream.read(_PIECE_BYTES)
                if not piece:
                    break
                self._keep(piece)
        except OSError as error:
            self.trouble = f"cannot be read any further: {error.strerror or error}"
        finally:
            self.is_over = True

    def _keep(self, piece: bytes) -> None:
        """Write a piece, waiting for room if there is none: nothing is dropped."""
        while not self._has_to_stop.is_set():
            if self._has_room():
                size = self._writer.size
                try:
                    self._writer.append(piece, time.time_ns() // 1_000_000)
                except OSError as error:
                    if error.errno not in _NO_ROOM:
                        raise
                    piece = piece[self._writer.size - size :]
                else:
                    self.trouble = ""
                    return
            self.trouble = f"waits: no room in {self._directory.parent}"
            self._has_to_stop.wait(_TRY_AGAIN_S)

    def _has_room(self) -> bool:
        """Look now and then whether the disk has room for others too."""
        if not self.trouble and self._writer.size - self._looked_at < _LOOK_AT_ROOM_BYTES:
            return True
        self._looked_at = self._writer.size
        disk = os.statvfs(self._directory)
        reserve = min(_RESERVE_BYTES, disk.f_blocks * disk.f_frsize // _RESERVE_SHARE)
        return disk.f_bavail * disk.f_frsize > reserve
