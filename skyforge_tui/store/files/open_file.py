"""A file that somebody else may append to, replace, cut short or remove while it is open."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from skyforge_tui.store.log_witness import Witness

MOST_FILES = 255
"""As many can be read as one: each has a number of one byte."""


class Coming(NamedTuple):
    """What is known of a file that we write ourselves."""

    times: Path | None
    """The file that says when its bytes came, if that means anything."""
    written_ms: int | None
    """When what comes was written, in unix milliseconds; None for now."""
    is_coming: Callable[[], bool]
    """Whether there will be more."""
    holds_up: bool
    """Whether what comes has to be waited for, to put it before what others hold."""


class OpenFile:
    """A regular file, open for reading."""

    def __init__(
        self, path: Path, descriptor: int | None = None, coming: Coming | None = None
    ) -> None:
        """Open it, or take a descriptor of it, which is ours from now on.

        Raises:
            OSError: it cannot be opened.
        """
        self.path = path
        self._witness = Witness()
        self.coming = coming
        self.times: int | None = None
        if coming is not None and coming.times is not None:
            self.times = os.open(coming.times, os.O_RDONLY | os.O_CLOEXEC)
        if descriptor is None:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.descriptor = descriptor
        found = os.fstat(self.descriptor)
        self._identity = (found.st_dev, found.st_ino)
        written_ms = None if coming is None else coming.written_ms
        self.written_ms = found.st_mtime_ns // 1_000_000 if written_ms is None else written_ms
        """When it was written last before it was opened."""

    @property
    def is_replaced(self) -> bool:
        """Whether its name stands for other bytes; a file that was only removed is read on."""
        try:
            found = self.path.stat()
            is_other = self._witness.is_other(self.descriptor)
        except OSError:
            return False
        return is_other or (found.st_dev, found.st_ino) != self._identity

    @property
    def size(self) -> int:
        """Bytes in it now.

        Raises:
            OSError: the file system does not tell.
        """
        return os.fstat(self.descriptor).st_size

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly `size` bytes from `offset`; fewer only where the file has no more.

        Raises:
            OSError: it cannot be read.
        """
        data = os.pread(self.descriptor, size, offset)
        while len(data) < size and (more := os.pread(
            self.descriptor, size - len(data), offset + len(data)
        )):  # fmt: skip
            data += more
        return data

    def again(self) -> OpenFile:
        """Return what is behind its name now, or if that is nothing, the same file once more.

        Raises:
            OSError: it cannot be opened.
        """
        try:
            return OpenFile(self.path, coming=self.coming)
        except FileNotFoundError:
            return OpenFile(self.path, os.dup(self.descriptor))

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)
        if self.times is not None:
            os.close(self.times)
