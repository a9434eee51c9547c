"""Several files as one log, in the order of their times; nothing of them is kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import NamedTuple

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.stamp import StampReader
from skyforge_tui.store.files.arrivals import Arrivals
from skyforge_tui.store.files.feed import Feed
from skyforge_tui.store.files.merge import Merge
from skyforge_tui.store.files.open_file import OpenFile
from skyforge_tui.store.files.table import FEED, Stretch
from skyforge_tui.store.log_index import MAX_LINE_BYTES

_STRETCHES_KEPT = 256
_WORTH_KEEPING = 1024 * 1024


class _Loaded(NamedTuple):
    data: bytes
    starts: list[int]


class MergedFiles:
    """Open files and how their lines stand in each other; grows by `advance`, on any one thread."""

    def __init__(self, files: Sequence[OpenFile]) -> None:
        """Take open files, which are ours from now on."""
        self.files = tuple(files)
        self._feeds = [_feed(one) for one in self.files]
        self._merge = Merge(self._feeds)
        self._arrivals = [_arrivals(one) for one in self.files]
        self._table = self._merge.table
        self._loaded: OrderedDict[int, _Loaded] = OrderedDict()
        self._guard = threading.Lock()
        self._users = 1

    @property
    def size(self) -> int:
        """Bytes merged so far."""
        return self._table.size

    @property
    def line_count(self) -> int:
        """Lines merged so far."""
        return self._table.line_count

    @property
    def is_outdated(self) -> bool:
        """Whether a file was replaced or cut short, so that all is to be read anew."""
        return any(
            one.is_replaced or one.size < done
            for one, done in zip(self.files, self._merge.positions, strict=True)
        )

    @property
    def untimed(self) -> tuple[int, ...]:
        """The numbers of files with lines, none of which tells a time."""
        return tuple(
            file for file, feed in enumerate(self._feeds) if feed.position and not feed.has_times
        )

    def advance(self, budget_bytes: int) -> bool:
        """Merge about so many bytes; return whether there is more to merge now.

        Raises:
            OSError: a file cannot be read.
        """
        return self._merge.advance(budget_bytes)

    def lines(self, first: int, end: int) -> Iterator[LogLine]:
        """Yield the lines from `first` until before `end`, which is not behind `line_count`.

        Raises:
            OSError: a file cannot be read.
        """
        wanted = takewhile(lambda one: one.line < end, self._table.from_line(first))
        for stretch in wanted:
            if stretch.file == FEED:
                continue
            loaded = self._load(stretch)
            inside = range(max(first - stretch.line, 0), min(end - stretch.line, stretch.lines))
            for index in inside:
                yield self._line(stretch, loaded, index)

    def read(self, offset: int, end: int) -> bytes:
        """Return the bytes from `offset` until before `end`, which is not behind `size`.

        Fewer are returned where a file was cut short meanwhile, none once it is closed. Any thread
        may call this.

        Raises:
            OSError: a file cannot be read.
        """
        with self._guard:
            if not self._users:
                return b""
            self._users += 1
        try:
            return self._read(offset, end)
        finally:
            self._leave()

    def _read(self, offset: int, end: int) -> bytes:
        stretches = [
            one.clipped(offset, end)
            for one in takewhile(lambda one: one.offset < end, self._table.from_offset(offset))
        ]
        pieces = dict(self._pieces(stretches))
        parts = []
        for one in stretches:
            start, data = pieces[one.file]
            part = data[one.inside - start : one.inside - start + one.size]
            parts.append(part)
            if len(part) < one.size:
                break
        return b"".join(parts)

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the byte at `offset`, which is below `size`.

        Raises:
            OSError: a file cannot be read.
        """
        stretch = next(self._table.from_offset(offset))
        if stretch.file == FEED:
            return stretch.line - 1
        if stretch.lines == 1:
            return stretch.line
        before = self.files[stretch.file].read(stretch.inside, offset - stretch.offset)
        return stretch.line + before.count(b"\n")

    def close(self) -> None:
        """Let go of the files, the last thread that reads does; call it once."""
        self._leave()

    def _leave(self) -> None:
        with self._guard:
            self._users -= 1
            is_last = not self._users
        if is_last:
            for one in self.files:
                one.close()

    def _pieces(self, stretches: Sequence[Stretch]) -> Iterator[tuple[int, tuple[int, memoryview]]]:
        """Yield what each file has to give: where it begins, and the bytes, read at once."""
        bounds: dict[int, tuple[int, int]] = {}
        for one in stretches:
            start, _ = bounds.get(one.file, (one.inside, 0))
            bounds[one.file] = (start, one.inside + one.size)
        for file, (start, end) in bounds.items():
            if file == FEED:
                yield file, (0, memoryview(b"\n"))
            else:
                yield file, (start, memoryview(self.files[file].read(start, end - start)))

    def _load(self, stretch: Stretch) -> _Loaded:
        found = self._loaded.get(stretch.offset)
        if found is not None:
            self._loaded.move_to_end(stretch.offset)
            return found
        wanted = min(stretch.size, MAX_LINE_BYTES) if stretch.lines == 1 else stretch.size
        data = self.files[stretch.file].read(stretch.inside, wanted)
        starts = [0]
        for _ in range(stretch.lines - 1):
            starts.append(data.find(b"\n", starts[-1]) + 1 or len(data))
        found = _Loaded(data, starts)
        if len(data) < _WORTH_KEEPING:
            self._loaded[stretch.offset] = found
            if len(self._loaded) > _STRETCHES_KEPT:
                self._loaded.popitem(last=False)
        return found

    def _line(self, stretch: Stretch, loaded: _Loaded, index: int) -> LogLine:
        start = loaded.starts[index]
        is_last = index + 1 == len(loaded.starts)
        end = stretch.size if is_last else loaded.starts[index + 1]
        data = loaded.data[start : min(end, start + MAX_LINE_BYTES)]
        omitted = end - start - len(data)
        if data.endswith(b"\n"):
            data = data[:-1]
        elif omitted:
            omitted -= 1  # the line feed
        return LogLine(
            stretch.line + index, stretch.offset + start, data, self._time(stretch, data, start),
            omitted, stretch.file,
        )  # fmt: skip

    def _time(self, stretch: Stretch, data: bytes, start: int) -> datetime | None:
        near = stretch.near_ms if stretch.near_ms >= 0 else None
        stamps = StampReader(self.files[stretch.file].written_ms, before_ms=near)
        told = stamps.read(data, 0)
        arrivals = self._arrivals[stretch.file]
        if told is None and arrivals is not None and not self._feeds[stretch.file].tells_times:
            told = arrivals.at(stretch.inside + start)
        return None if told is None else datetime.fromtimestamp(told / 1000, UTC)


def _arrivals(file: OpenFile) -> Arrivals | None:
    return None if file.times is None else Arrivals(file.times)


def _feed(file: OpenFile) -> Feed:
    coming = file.coming
    if coming is None:
        return Feed(file.descriptor, file.written_ms)
    return Feed(
        file.descriptor, file.written_ms, _arrivals(file), coming.is_coming,
        holds_up=coming.holds_up,
    )  # fmt: skip
