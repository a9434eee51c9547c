"""Merges the records of several files by time, as far as the files reach, and on as they grow.

What is there at first is in order, and so is what has to be waited for. What a file tells later is
put behind everything that was told before, even if its time is earlier: lines that were seen keep
their places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush

from skyforge_tui.store.files.feed import Feed
from skyforge_tui.store.files.table import FEED, MergeTable

_NOBODY = (1 << 62, 0)
"""Stands behind whoever else has records."""
_STRETCH_BYTES = 64 * 1024
"""A stretch does not take more records once it is as long as this."""


class Merge:
    """Fills a table from feeds, a slice at a time; one thread calls it."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        """Take the feeds, in the order in which lines of the same time are to stand."""
        self._feeds = list(feeds)
        self._heap: list[tuple[int, int]] = []
        self._dry = set(range(len(self._feeds)))
        self.table = MergeTable(len(self._feeds))

    @property
    def positions(self) -> list[int]:
        """How far each file was looked at."""
        return [one.position for one in self._feeds]

    def advance(self, budget_bytes: int) -> bool:
        """Merge about so many bytes; return whether there is more to merge now.

        Raises:
            OSError: a file cannot be read.
        """
        self._look_at_dry()
        goal = self.table.size + budget_bytes
        while self._heap and self.table.size < goal:
            if self._dry and self._is_held_up():
                return False
            self._take(*heappop(self._heap))
        if not self._heap:
            # Last lines that seem to get no line feed any more.
            self._look_at_dry(Feed.cut_rest)
        return bool(self._heap)

    def _is_held_up(self) -> bool:
        return any(self._feeds[file].holds_up for file in self._dry)

    def _look_at_dry(self, look: Callable[[Feed], bool] = Feed.cut) -> None:
        for file in sorted(self._dry):
            feed = self._feeds[file]
            if look(feed):
                self._dry.discard(file)
                heappush(self._heap, (feed.waiting[0].time_ms, file))

    def _take(self, time_ms: int, file: int) -> None:
        """Take the records of a file that stand before those of all others."""
        feed, heap = self._feeds[file], self._heap
        waiting = feed.waiting
        other_ms, other = heap[0] if heap else _NOBODY
        size = lines = 0
        while size < _STRETCH_BYTES:
            _, record_size, record_lines, is_torn = waiting.popleft()
            size += record_size
            lines += record_lines
            if not waiting and not feed.cut():
                self._dry.add(file)
            if is_torn or not waiting:
                break
            next_ms = waiting[0][0]
            if next_ms > other_ms or (next_ms == other_ms and file > other):
                break
        self.table.append(file, size, lines, time_ms)
        if is_torn:
            self.table.append(FEED, 1, 0, time_ms)
        if waiting:
            heappush(heap, (waiting[0][0], file))
