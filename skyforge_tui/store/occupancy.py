"""Who uses a database file: one at a time may prepare it, and the last to leave vouches for it.

SQLite lets processes share a file, but renaming it while another one has it open loses data, and
checking 100,000 runs at every start costs a tenth of a second. Two files beside the database answer
both: `<name>.lock` is held while somebody prepares or leaves, `<name>.in-use` is held shared by
everybody inside and, when nobody is, tells how the last one left.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 10.0
_SUSPECT = b"suspect"


class Confidence(Enum):
    """How far the file may be believed without looking."""

    VOUCHED = "vouched"
    """It is as somebody left it in good order, or in use right now."""
    UNKNOWN = "unknown"
    """It was not left in good order, or was changed since."""
    SUSPECT = "suspect"
    """Somebody met damage in it."""


class Occupancy:
    """The place of this process among those that use the database at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._in_use: int | None = None

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Hold the lock under which one prepares or leaves.

        Raises:
            TimeoutError: another process has held it for ten seconds.
            OSError: the lock file cannot be made.
        """
        lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not _locked(lock, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise TimeoutError("another skyforge has been busy with it for ten seconds")
                time.sleep(0.01)
            yield
        finally:
            os.close(lock)

    def enter(self) -> tuple[bool, Confidence]:
        """Move in, under the gate; return whether nobody else is inside, and what to believe."""
        self._in_use = os.open(f"{self._path}.in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _locked(self._in_use, fcntl.LOCK_EX):
            _locked(self._in_use, fcntl.LOCK_SH)
            return False, Confidence.VOUCHED
        left = os.pread(self._in_use, 200, 0)
        if left == _SUSPECT:
            return True, Confidence.SUSPECT
        os.ftruncate(self._in_use, 0)
        vouched = left != b"" and left == self._stamp()
        return True, Confidence.VOUCHED if vouched else Confidence.UNKNOWN

    def stay(self) -> None:
        """Let others in, once the file is prepared; under the gate."""
        if self._in_use is not None:
            os.ftruncate(self._in_use, 0)
            _locked(self._in_use, fcntl.LOCK_SH)

    def leave(self, *, is_suspect: bool) -> None:
        """Move out after closing the file, under the gate; the last one vouches for it."""
        if self._in_use is None:
            return
        try:
            if is_suspect:
                os.ftruncate(self._in_use, 0)
                os.pwrite(self._in_use, _SUSPECT, 0)
            elif _locked(self._in_use, fcntl.LOCK_EX) and os.fstat(self._in_use).st_size == 0:
                os.pwrite(self._in_use, self._stamp(), 0)
        except OSError as error:
            # The next one to enter then checks the file: slower, never wrong.
            _LOG.warning("cannot vouch for %s: %s", self._path, error)
        finally:
            self.vanish()

    def vanish(self) -> None:
        """Move out without a word; the file is checked at the next entrance."""
        if self._in_use is not None:
            os.close(self._in_use)
            self._in_use = None

    def _stamp(self) -> bytes:
        """Return what the file looks like from outside; empty when it is not at rest."""
        try:
            if Path(f"{self._path}-wal").exists():
                return b""
            seen = self._path.stat()
        except OSError:
            return b""
        return f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ino}".encode()


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
