"""Outputs of runs, in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.domain.log_query import LogQuery
from skyforge_tui.ports.log_search import LogSearch
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.store.log_filter import FilteredLogReader
from skyforge_tui.store.log_search import BackgroundLogSearch


class MemoryLogStore:
    """Output of runs, which grows when told to; None is an output without a first byte yet."""

    def __init__(self) -> None:
        self.outputs: dict[str, bytes | None] = {}
        self.readers: list[MemoryLogReader] = []
        self.dropped: list[tuple[str, str]] = []

    def open(self, native_run_id: str, on_close: Callable[[], None] | None = None) -> LogReader:
        """Return a reader."""
        if native_run_id not in self.outputs:
            raise NotFound(f"there is no run {native_run_id}")
        reader = MemoryLogReader(self, native_run_id, on_close)
        self.readers.append(reader)
        return reader

    def export(self, native_run_id: str, target: str) -> int:
        """Copy an output to a new file."""
        data = self.outputs.get(native_run_id)
        if native_run_id not in self.outputs:
            raise NotFound(f"there is no run {native_run_id}")
        if Path(target).exists():
            raise Conflict(f"{target} is there already")
        return Path(target).write_bytes(data or b"")

    def drop(self, native_run_id: str, reason: str) -> int:
        """Forget an output, unless somebody reads it."""
        data = self.outputs.get(native_run_id)
        if any(not one.is_closed and one.name == native_run_id for one in self.readers):
            raise Conflict(f"the output of run {native_run_id} is being read")
        self.outputs[native_run_id] = b""
        self.dropped.append((native_run_id, reason))
        return len(data or b"")

    def grow(self, native_run_id: str, data: bytes) -> None:
        """Append to an output."""
        self.outputs[native_run_id] = (self.outputs.get(native_run_id) or b"") + data


class MemoryLogReader:
    """Reads one output; as with files, one that had no first byte has to be opened again."""

    generation = 0

    knows_end = True

    def __init__(
        self, store: MemoryLogStore, name: str, on_close: Callable[[], None] | None = None
    ) -> None:
        self._on_close = on_close
        self._store = store
        self.name = name
        self._holds = store.outputs[name] is not None
        self._size = 0
        self._known: tuple[bytes, list[LogLine]] | None = None
        self.is_closed = False

    @property
    def size(self) -> int:
        """Bytes seen so far."""
        return self._size

    @property
    def line_count(self) -> int:
        """Lines seen so far."""
        seen = self._data[: self._size]
        return seen.count(b"\n") + (not self.ends_with_newline)

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete."""
        seen = self._data[: self._size]
        return not seen or seen.endswith(b"\n")

    @property
    def counted_size(self) -> int:
        """Bytes seen so far: all of them are counted."""
        return self._size

    @property
    def is_stale(self) -> bool:
        """Whether a first byte came meanwhile."""
        return not self._holds and self._store.outputs[self.name] is not None

    def reopen(self) -> None:
        """Hold what is there now."""
        self._holds = self._store.outputs[self.name] is not None

    def refresh(self, budget_bytes: int = 1 << 20) -> bool:
        """See more."""
        self._size = min(len(self._data), self._size + budget_bytes)
        return self._size < len(self._data)

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines."""
        return self._all()[max(first, 0) : max(first, 0) + count]

    def _all(self) -> list[LogLine]:
        seen = self._data[: self._size]
        if self._known is None or self._known[0] != seen:
            parts = seen.split(b"\n")
            parts = parts[:-1] if not parts[-1] else parts
            offsets = accumulate((len(one) + 1 for one in parts), initial=0)
            numbered = enumerate(zip(offsets, parts, strict=False))
            lines = [self._line(number, *one, len(parts)) for number, one in numbered]
            self._known = seen, lines
        return self._known[1]

    def _line(self, number: int, offset: int, data: bytes, lines: int) -> LogLine:
        return LogLine(number, offset, data, None)

    def read(self, offset: int, size: int) -> bytes:
        """Return raw bytes as they are now."""
        assert not self.is_closed
        return self._data[offset : offset + size]

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return lines from the one that holds a byte."""
        lines = self._all()
        first = bisect_left(lines, offset, key=lambda one: one.end)
        return lines[first : first + count] if offset < self._size else []

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return lines above the one that holds a byte."""
        lines = self._all()
        last = bisect_left(lines, offset, key=lambda one: one.end)
        last = last if offset < self._size else len(lines)
        return lines[max(0, last - count) : last]

    def line_at(self, offset: int) -> int | None:
        """Return the line of a byte."""
        return self._data[:offset].count(b"\n")

    def lines_behind(self, offset: int) -> int:
        """Return how many lines begin at a byte or behind."""
        above = self._data[: offset - 1].count(b"\n") + 1 if offset > 0 else 0
        return max(0, self.line_count - above)

    def time_at(self, offset: int) -> datetime | None:
        """Return nothing: no times are kept."""
        return None

    def gaps(self) -> tuple[LogGap, ...]:
        """Return none."""
        return ()

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Look as the real one does."""
        return BackgroundLogSearch(self, query, near)

    def filtered(self, search: LogSearch, context: int = 0) -> LogReader:
        """Filter as the real one does."""
        return FilteredLogReader(self, search, context)

    def close(self) -> None:
        """Remember that it was closed."""
        if self._on_close is not None and not self.is_closed:
            self._on_close()
        self.is_closed = True

    @property
    def _data(self) -> bytes:
        return (self._store.outputs[self.name] or b"") if self._holds else b""
