"""The open files of one generation of output, as a reader holds them.

Descriptors are opened together, away from the UI thread; whether they are still the right ones can
be asked anywhere, because asking only looks at directory entries.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skyforge_tui.domain.log import LogGap
from skyforge_tui.store.log_format import (
    CHUNK_BYTES,
    GENERATION_FILE,
    current_generation,
    log_names,
)
from skyforge_tui.store.log_witness import Witness


class LogFiles:
    """Read-only descriptors; those of files that do not exist yet are None.

    One thread opens, asks and closes; any may `pread`, and use what it has on lease.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.log: int | None = None
        self.index: int | None = None
        self.times: int | None = None
        self.gaps: int | None = None
        self.is_rewritten = False
        """Whether other bytes were found in the file than were in it."""
        self._opened = contextlib.ExitStack()
        self._guard = threading.Lock()
        self._reading = 0
        self._closed = False

    def is_same_log(self, other: LogFiles) -> bool:
        """Return whether both hold the very same file, and its bytes are those that `other` had."""
        if self.log is None or other.log is None or other.is_rewritten:
            return False
        return os.path.sameopenfile(self.log, other.log)

    def are_outdated(self) -> bool:
        """Return whether opening again would find other files."""
        raise NotImplementedError

    @contextlib.contextmanager
    def lease(self) -> Iterator[int | None]:
        """Keep the descriptors open meanwhile; give that of the log, None once it is closed."""
        with self._guard:
            is_open = not self._closed
            self._reading += is_open
        try:
            yield self.log if is_open else None
        finally:
            if is_open:
                self._leave()

    def pread(self, size: int, offset: int) -> bytes:
        """Return bytes of the log, from any thread; none once it is closed.

        Raises:
            OSError: the file cannot be read.
        """
        with self.lease() as log:
            return b"" if log is None else os.pread(log, size, offset)

    def close(self) -> None:
        """Give the descriptors back, the last reading thread does; closing twice is fine."""
        with self._guard:
            is_mine = not self._closed and not self._reading
            self._closed = True
        if is_mine:
            self._opened.close()

    def _leave(self) -> None:
        with self._guard:
            self._reading -= 1
            is_last = self._closed and not self._reading
        if is_last:
            self._opened.close()


class RunFiles(LogFiles):
    """The files of the current generation in a run's directory."""

    def __init__(self, directory: Path) -> None:
        """Open what there is.

        Raises:
            OSError: the directory or a file in it cannot be opened.
            ValueError: the announcement of the generation makes no sense.
        """
        super().__init__()
        with contextlib.ExitStack() as opened:
            self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            opened.callback(os.close, self._directory)
            self._announced = self._entry(GENERATION_FILE)
            self.generation = current_generation(directory)
            self._names = log_names(self.generation)
            self.log = _if_there(self._names.log, opened, self._directory)
            self.index = _if_there(self._names.blocks, opened, self._directory)
            self.times = _if_there(self._names.times, opened, self._directory)
            self.gaps = _if_there(self._names.gaps, opened, self._directory)
            if self.log is not None:
                _hold_for_reading(self.log)
            self._opened = opened.pop_all()

    def are_outdated(self) -> bool:
        """Return whether opening again would find other files."""
        if self._entry(GENERATION_FILE) != self._announced:
            return True
        if self.log is None:
            return self._entry(self._names.log) is not None
        if os.fstat(self.log).st_nlink == 0:
            return True
        return self.gaps is None and self._entry(self._names.gaps) is not None

    def _entry(self, name: str) -> tuple[int, int, int] | None:
        try:
            found = os.stat(name, dir_fd=self._directory)
        except FileNotFoundError:
            return None
        if name == GENERATION_FILE:
            return found.st_ino, found.st_mtime_ns, found.st_size
        return found.st_ino, 0, 0


class PlainFile(LogFiles):
    """Any file of lines, without companions."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            OSError: it cannot be opened, or is no file that can be read anywhere.
        """
        super().__init__()
        self._path = path
        self._witness = Witness()
        with contextlib.ExitStack() as opened:
            self.log = _ordinary(path, opened)
            self._opened = opened.pop_all()

    def are_outdated(self) -> bool:
        """Return whether other bytes have its name by now; a file without a name stays."""
        if self.log is None:
            return False
        try:
            found = self._path.stat()
            is_other = self._witness.is_other(self.log)
        except OSError:
            return False
        self.is_rewritten = is_other
        return is_other or not os.path.samestat(found, os.fstat(self.log))


def read_gaps(descriptor: int) -> tuple[LogGap, ...]:
    """Return the gap records by offset; a torn record is none."""
    gaps = []
    for line in os.pread(descriptor, CHUNK_BYTES, 0).splitlines():
        gap = _gap(line)
        if gap is not None:
            gaps.append(gap)
    return tuple(sorted(gaps, key=lambda gap: gap.offset))


def _if_there(name: str, opened: contextlib.ExitStack, directory: int) -> int | None:
    try:
        return _ordinary(name, opened, directory)
    except FileNotFoundError:
        return None


def _ordinary(name: str | Path, opened: contextlib.ExitStack, directory: int | None = None) -> int:
    """Open a file of bytes; `opened` closes it.

    Raises:
        OSError: it cannot be opened, or is no file that can be read anywhere.
    """
    # A pipe without a writer must not hold anybody up.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(name, flags, dir_fd=directory)
    opened.callback(os.close, descriptor)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(name))
    return descriptor


def _hold_for_reading(log: int) -> None:
    """Keep others from removing a log while this descriptor of it is open."""
    # A file system without locks, or somebody who removes it right now, keeps nobody from reading.
    with contextlib.suppress(OSError):
        fcntl.flock(log, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _gap(line: bytes) -> LogGap | None:
    import json

    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("offset"), int):
        return None
    return LogGap(
        entry["offset"],
        _count(entry.get("bytes")),
        _count(entry.get("lines")),
        str(entry.get("reason", "")),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None
