"""Notices that a file was written anew in its place: the same file, but other bytes in it."""

from __future__ import annotations

import os

_LOOKED_AT = 4096
"""Bytes of the beginning, and of the end that was seen, by which a file is known again."""


class Witness:
    """Remembers how a file began, how it ended, and when it was written; asked by one thread.

    A change that leaves both ends as they were, or that comes within one tick of the file system's
    clock and leaves the size, is not noticed.
    """

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        """When it was written, and how many bytes there were."""
        self._head = self._tail = b""
        self._has_changed = False

    def is_other(self, descriptor: int) -> bool:
        """Return whether bytes that were there at an earlier call are others now.

        A file that is shorter than before is no other one: whoever reads it sees that for itself.

        Raises:
            OSError: it cannot be read.
        """
        found = os.fstat(descriptor)
        now = (found.st_mtime_ns, found.st_size)
        if self._has_changed or now == self._seen:
            return self._has_changed
        before = 0 if self._seen is None else self._seen[1]
        if found.st_size >= before:
            head = os.pread(descriptor, len(self._head), 0)
            tail = os.pread(descriptor, len(self._tail), before - len(self._tail))
            self._has_changed = (head, tail) != (self._head, self._tail)
        self._seen = now
        self._head = os.pread(descriptor, _LOOKED_AT, 0)
        self._tail = os.pread(descriptor, _LOOKED_AT, max(0, found.st_size - _LOOKED_AT))
        if len(self._tail) != min(_LOOKED_AT, found.st_size):
            self._tail = b""  # it was cut short just now; the next look tells
        return self._has_changed
