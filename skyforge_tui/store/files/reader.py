"""Reads several files as one; implements `LogReader`."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.store.files.merged import MergedFiles
from skyforge_tui.store.files.open_file import OpenFile
from skyforge_tui.store.log_searchable import Searchable

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _translated(
    method: Callable[Concatenate[MergedReader, _P], _T],
) -> Callable[Concatenate[MergedReader, _P], _T]:
    @functools.wraps(method)
    def call(self: MergedReader, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(self, *args, **kwargs)
        except OSError as error:
            raise Unavailable(
                f"a file cannot be read: {error.strerror or error}", operation="file.read",
                advice="Check the disk and the permissions of the files.",
            ) from error  # fmt: skip

    return call


class MergedReader(Searchable):
    """Shows what was merged so far.

    One thread reads, another merges and opens anew; any may `read` bytes.
    """

    def __init__(self, files: Sequence[OpenFile]) -> None:
        """Take open files, which are ours from now on."""
        self._merged = self._latest = MergedFiles(files)
        self._hand_over = threading.Lock()
        self._merging = threading.Lock()
        self._closed = False
        self._size = self._line_count = 0
        self._generation = 0

    @property
    def size(self) -> int:
        """Bytes seen so far."""
        return self._size

    @property
    def line_count(self) -> int:
        """Lines seen so far."""
        return self._line_count

    @property
    def counted_size(self) -> int:
        """Bytes whose lines are counted: merging counts them."""
        return self._size

    @property
    def merged_size(self) -> int:
        """Bytes merged so far, seen or not."""
        return self._latest.size

    @property
    def untimed(self) -> tuple[int, ...]:
        """The numbers of files with lines, none of which tells a time."""
        return self._latest.untimed

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete: only such lines are merged."""
        return True

    @property
    def generation(self) -> int:
        """Rises when everything was merged anew."""
        return self._generation

    @property
    def is_stale(self) -> bool:
        """Whether a file was replaced or cut short, so that `reopen` would find another one."""
        return not self._closed and self._merged is self._latest and self._merged.is_outdated

    @_translated
    def reopen(self) -> None:
        """Open the files anew and begin to merge them; what was shown stays until `refresh`.

        A file that is gone is read on as it was.

        Raises:
            Unavailable: one cannot be opened.
        """
        fresh = MergedFiles([one.again() for one in self._merged.files])
        with self._hand_over:
            is_closed = self._closed
            unused = fresh if is_closed else self._latest
            if not is_closed:
                self._latest = fresh
            is_shown = unused is self._merged
        if not is_shown:
            self._let_go(unused)

    @_translated
    def advance(self, budget_bytes: int) -> bool:
        """Merge about so many bytes; return whether there is more. For any one thread.

        Raises:
            Unavailable: a file cannot be read.
        """
        with self._merging:
            with self._hand_over:
                latest = self._latest
                if self._closed:
                    return False
            return latest.advance(budget_bytes)

    def refresh(self, budget_bytes: int = 0) -> bool:  # noqa: ARG002 - merging is not done here
        """Look at what was merged meanwhile; there never is more to do on this thread."""
        with self._hand_over:
            old, self._merged = self._merged, self._latest
        if old is not self._merged:
            self._generation += 1
            self._let_go(old)
        # In this order: the lines of bytes that are seen are there.
        self._size = self._merged.size
        self._line_count = self._merged.line_count
        return False

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines: that which holds the byte at `offset`, and those below.

        Raises:
            Unavailable: a file cannot be read.
        """
        return self.lines(self.line_at(offset), count) if offset < self._size else []

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines above the one that holds the byte at `offset`, in order.

        Raises:
            Unavailable: a file cannot be read.
        """
        last = self.line_at(offset)
        first = max(0, last - count)
        return self.lines(first, last - first)

    @_translated
    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from line `first`; fewer at the end.

        Raises:
            Unavailable: a file cannot be read.
        """
        first = max(first, 0)
        end = min(first + count, self._line_count)
        return [] if self._closed else list(self._merged.lines(first, end))

    @_translated
    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` merged bytes from `offset`, as they are in the files now.

        Any thread may call this; after `close` there are none.

        Raises:
            Unavailable: a file cannot be read.
        """
        return self._merged.read(offset, min(offset + size, self._size))

    @_translated
    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the byte at `offset`.

        Raises:
            Unavailable: a file cannot be read.
        """
        if self._closed or offset >= self._size:
            return self._line_count
        return self._merged.line_at(max(offset, 0))

    @_translated
    def time_at(self, offset: int) -> datetime | None:
        """Return the time that the line with the byte at `offset` tells.

        Raises:
            Unavailable: a file cannot be read.
        """
        found = self.lines(self.line_at(offset), 1)
        return found[0].at if found else None

    def gaps(self) -> tuple[LogGap, ...]:
        """Return no holes: nobody knows of any."""
        return ()

    def close(self) -> None:
        """Let go of the files; closing twice is fine."""
        with self._hand_over:
            if self._closed:
                return
            self._closed = True
        for one in {self._merged, self._latest}:
            self._let_go(one)

    def _let_go(self, merged: MergedFiles) -> None:
        with self._merging:
            merged.close()
