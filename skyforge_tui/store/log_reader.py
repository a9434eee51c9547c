"""Reads a log by line or by offset while it grows.

Everything is `pread` on immutable bytes, in pieces that do not hold up whoever draws them.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.store.log_counting import LineCounting
from skyforge_tui.store.log_files import LogFiles, PlainFile, RunFiles, read_gaps
from skyforge_tui.store.log_index import LogIndex
from skyforge_tui.store.log_pages import LogPages
from skyforge_tui.store.log_searchable import Searchable
from skyforge_tui.store.log_times import LogTimes

DEFAULT_BUDGET_BYTES = 2 * 1024 * 1024

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _translated(
    method: Callable[Concatenate[FileLogReader, _P], _T],
) -> Callable[Concatenate[FileLogReader, _P], _T]:
    @functools.wraps(method)
    def call(self: FileLogReader, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(self, *args, **kwargs)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unavailable(
                f"the output in {self.place} cannot be read: {reason}",
                operation="run.log",
                advice="Check the disk and the permissions there.",
            ) from error

    return call


class FileLogReader(Searchable):
    """Reads a run's output, or a plain file of lines; implements `LogReader`.

    One thread reads. From another one, only `reopen` (what it opened is taken over by the next
    `refresh`) and `read` may be called.
    """

    def __init__(
        self,
        place: Path,
        *,
        counts_beside: bool = True,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Open the files in the run directory `place`, or the plain file.

        `counts_beside` lets a thread of its own count what is more than one refresh may count.
        `on_close` is called once, when it is closed.

        Raises:
            OSError: they cannot be opened.
            ValueError: the announcement of the generation makes no sense.
        """
        self.place = place
        self._counts_beside = counts_beside
        self._open: Callable[[Path], LogFiles] = RunFiles if place.is_dir() else PlainFile
        self._files: LogFiles = self._open(place)
        self._arrived: LogFiles | None = None
        self._hand_over = threading.Lock()
        self._closed = False
        self._on_close = on_close
        self._generation = self._files.generation
        self._forget()

    def _forget(self) -> None:
        self._size = 0
        self._ends_with_newline = True
        self._counting = LineCounting()
        self._index = LogIndex(self._counting)
        self._times = LogTimes()
        self._pages = LogPages(self._index, self.time_at)
        self._gaps: tuple[LogGap, ...] = ()
        self._gaps_size = 0

    @property
    def size(self) -> int:
        """Bytes there were at the last `refresh`."""
        return self._size

    @property
    def line_count(self) -> int:
        """Lines counted so far; a last line without a line feed counts."""
        return self._index.line_count

    @property
    def counted_size(self) -> int:
        """Bytes whose lines are counted."""
        return self._index.seen.size

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete."""
        return self._ends_with_newline

    @property
    def generation(self) -> int:
        """Rises when line numbers and offsets lose their meaning; never falls."""
        return self._generation + self._index.rebuilds

    @property
    def is_stale(self) -> bool:
        """Whether `reopen` would find more than is held: a new generation, a first byte, a gap."""
        return not self._closed and self._arrived is None and self._files.are_outdated()

    @_translated
    def reopen(self) -> None:
        """Open the files anew, away from the reading thread; `refresh` takes them over.

        Raises:
            Unavailable: they cannot be opened.
        """
        try:
            fresh = self._open(self.place)
        except ValueError as error:
            raise Unavailable(f"{self.place}: {error}", operation="run.log") from error
        with self._hand_over:
            if self._closed:
                fresh.close()
                return
            unused, self._arrived = self._arrived, fresh
        if unused is not None:
            unused.close()

    @_translated
    def refresh(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> bool:
        """Look for new bytes, count at most `budget_bytes` of them; return whether more remain.

        More is left to another thread, and seen by later calls; without a budget to nobody.

        Raises:
            Unavailable: the files cannot be read.
        """
        self._take_over()
        log = self._log
        if log is None:
            return False
        size = os.fstat(log).st_size
        if size < self._size:
            self._start_over(self.generation + 1)
        if size != self._size:
            self._ends_with_newline = os.pread(log, 1, size - 1) == b"\n"
            self._size = size
        if self._files.times is not None:
            self._times.read(self._files.times)
        self._read_gaps()
        return self._count(log, budget_bytes)

    @_translated
    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines: that which holds the byte at `offset`, and those below.

        Raises:
            Unavailable: the file cannot be read.
        """
        log = self._log
        return [] if log is None else self._pages.from_offset(log, offset, count, self._size)

    @_translated
    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines above the one that holds the byte at `offset`, in order.

        Raises:
            Unavailable: the file cannot be read.
        """
        log = self._log
        return [] if log is None else self._pages.before_offset(log, offset, count, self._size)

    @_translated
    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from number `first`, of those that are counted.

        Raises:
            Unavailable: the file cannot be read.
        """
        log = self._log
        return [] if log is None else self._pages.from_number(log, first, count)

    @_translated
    def line_at(self, offset: int) -> int | None:
        """Return the number of the line that holds the byte at `offset`; None if not counted.

        Raises:
            Unavailable: the file cannot be read.
        """
        log = self._log
        return None if log is None else self._pages.number_at(log, offset)

    @_translated
    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` raw bytes from `offset`, as they are in the file now.

        Raises:
            Unavailable: the file cannot be read.
        """
        files = self._files
        data = files.pread(size, offset)
        if not data and files is not self._files:
            # Another thread took new files over just now.
            data = self._files.pread(size, offset)
        return data

    @_translated
    def time_at(self, offset: int) -> datetime | None:
        """Return when the byte at `offset` arrived, if that was recorded.

        Raises:
            Unavailable: the file cannot be read.
        """
        return self._times.at(offset, None if self._closed else self._files.times)

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the known holes, by offset."""
        return self._gaps

    def close(self) -> None:
        """Give the descriptors back; closing twice is fine."""
        with self._hand_over:
            self._closed = True
            arrived, self._arrived = self._arrived, None
            on_close, self._on_close = self._on_close, None
        self._counting.stop()
        self._files.close()
        if on_close is not None:
            on_close()
        if arrived is not None:
            arrived.close()

    def _count(self, log: int, budget_bytes: int) -> bool:
        counting = self._counting
        if counting.failure is not None:
            failure, counting.failure = counting.failure, None
            raise failure
        if not counting.is_counting:
            counting.count(log, self._files.index, self._size, budget_bytes)
        self._index.look()
        has_more = self._index.seen.size < self._size
        if has_more and self._counts_beside and budget_bytes > 0:
            counting.count_beside(self._files, self._size)
        return has_more

    def _take_over(self) -> None:
        with self._hand_over:
            fresh, self._arrived = self._arrived, None
        if fresh is None:
            return
        old, self._files = self._files, fresh
        if not fresh.is_same_log(old) and (old.log is not None or fresh.generation):
            self._start_over(max(self.generation + 1, fresh.generation))
        old.close()

    def _start_over(self, generation: int) -> None:
        self._generation = generation
        self._counting.stop()
        self._forget()

    def _read_gaps(self) -> None:
        if self._files.gaps is None:
            return
        size = os.fstat(self._files.gaps).st_size
        if size != self._gaps_size:
            self._gaps = read_gaps(self._files.gaps)
            self._gaps_size = size

    @property
    def _log(self) -> int | None:
        return None if self._closed else self._files.log
