"""Telling everybody who watches, without knowing them, that a run changed."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable
from pathlib import Path

from skyforge_tui.store.supervisor.loop import READ, Loop

QUEUE_PREFIX = "queue-"
"""Bells of runs that wait for a slot begin so; what rings there matters, not what it says."""
_SUFFIX = ".bell"
_RETRY_S = 0.05
_FULL = {errno.EAGAIN, errno.ENOBUFS}


class Bells:
    """Rings every datagram socket in the directory with this run's number.

    A bell whose queue is full is rung again later; one whose owner is gone is removed.
    """

    def __init__(self, directory: Path, loop: Loop, number: int) -> None:
        self._directory = directory
        self._loop = loop
        self._message = b"%d\n" % number
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._unheard: set[str] = set()

    @property
    def all_heard(self) -> bool:
        """Whether nobody is left to be rung again."""
        return not self._unheard

    def ring(self) -> None:
        """Tell everybody that the run changed."""
        self._unheard = set()
        for path in self._directory.iterdir():
            if path.suffix == _SUFFIX:
                self._ring_one(path.name)
        self._plan()

    def close(self) -> None:
        """Ring no more."""
        self._loop.cancel("bells")
        self._socket.close()

    def _ring_unheard(self) -> None:
        names, self._unheard = self._unheard, set()
        for name in names:
            self._ring_one(name)
        self._plan()

    def _plan(self) -> None:
        if self._unheard:
            self._loop.after("bells", _RETRY_S, self._ring_unheard)

    def _ring_one(self, name: str) -> None:
        path = self._directory / name
        try:
            self._socket.sendto(self._message, str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # Whoever waits for a slot looks again after emptying a full queue anyway.
            if not name.startswith(QUEUE_PREFIX):
                self._unheard.add(name)


class QueueBell:
    """Hears that some run changed, while this one waits for a slot."""

    def __init__(
        self, directory: Path, loop: Loop, number: int, on_ring: Callable[[], None]
    ) -> None:
        self._path = directory / f"{QUEUE_PREFIX}{number}{_SUFFIX}"
        self._path.unlink(missing_ok=True)
        self._loop = loop
        self._on_ring = on_ring
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # Between a socket's name and its readiness a ringer would take it for dead.
        unready = self._path.with_suffix("")
        unready.unlink(missing_ok=True)
        self._socket.bind(str(unready))
        unready.rename(self._path)
        loop.listen(self._socket.fileno(), READ, self._rung)

    def close(self) -> None:
        """Hear no more; closing twice is fine."""
        if self._socket.fileno() < 0:
            return
        self._loop.forget(self._socket.fileno())
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _rung(self, _ready: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(64)
        self._on_ring()
