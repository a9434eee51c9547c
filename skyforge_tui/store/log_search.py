"""Looks for something in a log with a thread of its own, from where one reads outwards."""

from __future__ import annotations

import atexit
import threading
from array import array
from itertools import pairwise
from weakref import WeakSet

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.log_query import LogQuery
from skyforge_tui.ports.log_search import Hit
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.store.log_hits import HitStore, Stretch
from skyforge_tui.store.log_matcher import LogMatcher
from skyforge_tui.store.log_scan import LogScanner, Vanished

_LINES_AT_ONCE = 64
_SEARCHING: WeakSet[BackgroundLogSearch] = WeakSet()
_PATIENCE_S = 2.0


@atexit.register
def _end_all() -> None:
    """End every search before the interpreter does: a thread inside the engine would abort it."""
    searches = list(_SEARCHING)
    for search in searches:
        search.close()
    for search in searches:
        search.ended(_PATIENCE_S)


class BackgroundLogSearch:
    """Implements `LogSearch` on any reader whose `read` may be called from another thread."""

    def __init__(self, reader: LogReader, query: LogQuery, near: int = 0) -> None:
        """Begin.

        Raises:
            Invalid: it would take too large a machine to look for this.
        """
        self._reader = reader
        self._query = query
        self._matcher = LogMatcher(query)
        self._news = threading.Condition()
        # All below is looked at and changed while holding `_news`.
        self._hits = HitStore()
        self._size = reader.size
        self._generation = reader.generation
        self._version = 0
        self._attention: int | None = near
        self._is_stuck = False
        self._failure: SkyforgeError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._look, name="log-search", daemon=True)
        _SEARCHING.add(self)
        self._thread.start()

    @property
    def query(self) -> LogQuery:
        """What is looked for."""
        return self._query

    @property
    def version(self) -> int:
        """Rises with whatever changes what the other methods return."""
        return self._version

    @property
    def count(self) -> int:
        """Hits found so far; exact when `is_complete`."""
        with self._news:
            return self._hits.count

    @property
    def line_count(self) -> int:
        """Lines with hits found so far; exact when `is_complete`."""
        with self._news:
            return self._hits.lines

    @property
    def scanned_bytes(self) -> int:
        """Bytes that were looked at, of the reader's `size`."""
        with self._news:
            return self._hits.covered

    @property
    def is_complete(self) -> bool:
        """Whether everything there was at the last `refresh` was looked at."""
        with self._news:
            return self._is_done()

    @property
    def failure(self) -> SkyforgeError | None:
        """Why it stopped looking; the next `refresh` tries again."""
        return self._failure

    def refresh(self) -> None:
        """Take notice of what the reader has seen: growth is searched, a generation anew."""
        size, generation = self._reader.size, self._reader.generation
        with self._news:
            if generation != self._generation:
                self._generation = generation
                self._hits = HitStore()
                self._attention = 0
                self._version += 1
            if size != self._size or self._is_stuck:
                self._size = size
                self._is_stuck = False
                self._failure = None
                self._version += 1
            self._news.notify_all()

    def attend(self, offset: int) -> None:
        """Go on looking from here, outwards: somebody is reading here."""
        with self._news:
            self._attention = offset

    def next_after(self, offset: int) -> Hit:
        """Return the first hit behind the byte at `offset`; -1 asks for the very first."""
        with self._news:
            gap = self._hits.gap_from(offset + 1, self._size)
        at, found = offset + 1, None
        while found is None and at < self._size:
            with self._news:
                kept = self._hits.first_from(at)
            if not isinstance(kept, Stretch):
                found = kept
                break
            found, at = self._first_in(kept, at), kept.end
        is_certain = gap is None or (found is not None and found <= gap[0])
        if not is_certain:
            self.attend(offset + 1)
        return Hit(found, is_certain)

    def previous_before(self, offset: int) -> Hit:
        """Return the last hit that begins before the byte at `offset`; likewise."""
        with self._news:
            gap = self._hits.gap_before(offset, self._size)
        at, found = offset, None
        while found is None and at > 0:
            with self._news:
                kept = self._hits.last_before(at)
            if not isinstance(kept, Stretch):
                found = kept
                break
            found, at = self._last_in(kept, at), kept.start
        is_certain = gap is None or (found is not None and found >= gap[1])
        if not is_certain:
            self.attend(offset)
        return Hit(found, is_certain)

    def count_before(self, offset: int) -> int:
        """Return how many of the hits found so far begin before the byte at `offset`."""
        with self._news:
            return self._hits.between(0, offset)

    def spans_in(self, data: bytes) -> list[tuple[int, int]]:
        """Return (start, end) of each hit in a line's bytes; none for an inverse query."""
        return self._matcher.spans(data)

    def density(self, rows: int) -> list[int]:
        """Return how many hits there are in each of `rows` equal parts of the log's bytes."""
        with self._news:
            edges = [self._size * row // max(rows, 1) for row in range(rows + 1)]
            return [self._hits.between(start, end) for start, end in pairwise(edges)]

    def close(self) -> None:
        """Stop looking, without waiting; closing twice is fine. What was found stays."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def ended(self, timeout_s: float) -> bool:
        """Wait until a search that was closed has stopped; return whether it has."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def wait(self, timeout_s: float) -> bool:
        """Wait until everything was looked at or something failed; not for the UI thread.

        Return whether it was within the time.
        """
        with self._news:
            return self._news.wait_for(lambda: self._is_stuck or self._is_done(), timeout_s)

    # The thread.

    def _look(self) -> None:
        origin, is_turned = 0, True
        last: HitStore | None = None
        while True:
            with self._news:
                while not self._closed and (self._is_stuck or self._is_done()):
                    self._news.wait()
                if self._closed:
                    return
                hits, size = self._hits, self._size
                attention, self._attention = self._attention, None
            if hits is not last:
                last = hits
                scanner = LogScanner(self._reader.read, self._matcher, lambda: not self._closed)
            is_turned = not is_turned
            try:
                if attention is not None:
                    scanner.hasten()
                    origin = scanner.line_start(max(0, min(attention, size)), 0)
                self._step(scanner, hits, size, min(origin, size), is_turned=is_turned)
            except Vanished:
                self._stop(hits, None)
            except SkyforgeError as error:
                self._stop(hits, error)

    def _step(
        self, scanner: LogScanner, hits: HitStore, size: int, origin: int, *, is_turned: bool
    ) -> None:
        """Look at some lines: by turns below and above the origin, while there are both."""
        with self._news:
            below = hits.gap_from(origin, size)
            above = hits.gap_before(origin, size)
        if above is not None and (below is None or is_turned):
            stretch, is_whole = scanner.backward(*above)
        elif below is not None:
            stretch, is_whole = scanner.forward(*below)
        else:
            return
        with self._news:
            if hits is not self._hits:
                return
            if is_whole:
                hits.add(stretch)
            else:
                hits.tail = stretch
            self._version += 1
            self._news.notify_all()

    def _stop(self, hits: HitStore, failure: SkyforgeError | None) -> None:
        with self._news:
            if hits is self._hits:
                self._is_stuck = True
                self._failure = failure
                self._version += 1
                self._news.notify_all()

    def _is_done(self) -> bool:
        return self._hits.gap_from(0, self._size) is None

    # Where hits are too many to be kept.

    def _first_in(self, stretch: Stretch, offset: int) -> int | None:
        at = max(offset, stretch.start)
        while at < stretch.end:
            for line in self._reader.lines_from(at, _LINES_AT_ONCE):
                for start in self._starts_in(line.data):
                    if line.offset + start >= offset:
                        return line.offset + start
                at = line.end + 1
        return None

    def _last_in(self, stretch: Stretch, offset: int) -> int | None:
        offset = min(offset, stretch.end)
        lines = self._reader.lines_from(offset - 1, 1)
        while lines and lines[-1].end >= stretch.start:
            for line in reversed(lines):
                for start in reversed(self._starts_in(line.data)):
                    if line.offset + start < offset:
                        return line.offset + start
            lines = self._reader.lines_before(lines[0].offset, _LINES_AT_ONCE)
        return None

    def _starts_in(self, data: bytes) -> array[int]:
        return self._matcher.find(data, 0, len(data)).starts
