"""Files on their way into a directory: hidden until all is there, and gone on with after a break.

Whoever writes one holds it: the system lets go of it when that program ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.system_words import told_of
from skyforge_tui.integrations.placing import place

_OPEN = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BLOCK = 1 << 18
"""Bytes that are compared at once."""


class Draft:
    """One file in the staging folder, of which `staging` is the descriptor."""

    def __init__(self, staging: int, name: str) -> None:
        """Open a draft that is there, or make one.

        Raises:
            StoreError: another program writes it.
            OSError: it cannot be made.
        """
        self._staging = staging
        self._name = name
        self._descriptor = self._opened()

    @classmethod
    @contextmanager
    def free(cls, staging: int, name: str) -> Iterator[Draft | None]:
        """Give a draft that is there and that nobody writes, else None."""
        try:
            os.stat(name, dir_fd=staging, follow_symlinks=False)
            draft = cls(staging, name)
        except (OSError, StoreError):
            yield None
            return
        try:
            yield draft
        finally:
            draft.close()

    @property
    def stat(self) -> os.stat_result:
        """What the system knows of it."""
        return os.fstat(self._descriptor)

    def fill(self, pieces: Iterable[bytes], kept: Callable[[int], None]) -> None:
        """Make it hold these bytes; those that it has already are compared and not written."""
        at, is_there = 0, self.stat.st_size > 0
        for piece in pieces:
            same = self._same(piece, at) if is_there else 0
            if same:
                kept(same)
            if same < len(piece):
                if is_there:
                    os.ftruncate(self._descriptor, at + same)
                    is_there = False
                with told_of("the store"):
                    _write(self._descriptor, memoryview(piece)[same:], at + same)
            at += len(piece)
        if is_there:
            os.ftruncate(self._descriptor, at)

    def place(self, folder: int, name: str, *, overwrite: bool) -> None:
        """Give it its name in a folder, at once.

        Raises:
            FileExistsError: there is one, and it is not to be replaced.
        """
        place(self._name, self._staging, name, folder, overwrite=overwrite)

    def discard(self) -> None:
        """Remove it."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._staging)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def _same(self, piece: bytes, at: int) -> int:
        """Return how many bytes of a piece are there already, before anything else is."""
        view, done = memoryview(piece), 0
        while done < len(view):
            there = os.pread(self._descriptor, min(_BLOCK, len(view) - done), at + done)
            if not there or view[done : done + len(there)] != there:
                break
            done += len(there)
        return done

    def _opened(self) -> int:
        """Return the descriptor of a draft that is ours alone and has its name."""
        while True:
            descriptor = os.open(self._name, _OPEN | os.O_CREAT, 0o666, dir_fd=self._staging)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                raise StoreError(
                    "failed", "another program stores it at this moment", "let it end"
                ) from None
            found = os.fstat(descriptor)
            is_plain = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
            if is_plain and found.st_nlink == 1:
                return descriptor
            # Its name is gone, or it has another one as well: what is there is left as it is.
            os.close(descriptor)
            if found.st_nlink:
                self.discard()


def _write(descriptor: int, left: memoryview, at: int) -> None:
    while left:
        count = os.pwrite(descriptor, left, at)
        left, at = left[count:], at + count
