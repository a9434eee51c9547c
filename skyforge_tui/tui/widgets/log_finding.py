"""Looking for something in the log that a view shows, while it is typed and while the log grows."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.once import once
from skyforge_tui.tui.presenters.finding import Found

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.domain.query import QueryError
    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.tui.widgets.log_view import LogView

NEARLY = 0.99
"""From this share on a search is told as complete: of a log that grows there is always a rest."""
POLL_S = 0.05
"""Least time between two looks at a search that goes on."""
SOON_S = 0.004
"""The same for a hit that is waited for and may be near: it is to be in the next picture."""
SOON_LOOKS = 12


class _Way(NamedTuple):
    """Where a hit that is wanted may be: the first behind a byte, or the last before it."""

    offset: int
    is_down: bool
    turned: str = ""
    """From where the way began anew, if it did: `top` or `end`."""


class LogFinding:
    """What is looked for in one view: the search, the hit one has come to, the lines it leaves."""

    def __init__(self, view: LogView, on_change: Callable[[], None]) -> None:
        self._view = view
        self._on_change = on_change
        self._search: LogSearch | None = None
        self._seen = -1
        self._ways: list[_Way] = []
        """To a hit that is waited for, the best one first."""
        self._here: int | None = None
        self._turned = ""
        self._beyond = 0
        """How many bytes the hit one has come to lies behind what is shown of its line."""
        self._error: QueryError | None = None
        self._failure = ""
        self._polling: TimerHandle | None = None
        self._origin: tuple[bool, int] | None = None
        self.is_filter = False
        """Whether only lines with hits are shown."""
        self.context = 0
        """How many lines around each of them are shown too."""

    @property
    def query(self) -> LogQuery | None:
        """What is looked for."""
        return None if self._search is None else self._search.query

    @property
    def found(self) -> Found | None:
        """How it stands; None when nothing is looked for."""
        search = self._search
        if self._error is not None or self._failure:
            return Found(error=self._error, failure=self._failure, is_filter=self.is_filter)
        if search is None:
            return None
        size = self._view.reader.size if self._view.reader is not None else 0
        share: float | None = search.scanned_bytes / max(size, 1)
        if search.is_complete or (share is not None and share > NEARLY):
            share = None
        here = None if self._here is None else search.count_before(self._here) + 1
        failure = "" if search.failure is None else as_notice(search.failure).title
        return Found(
            search.count, here, share, self.is_filter, self.context if self.is_filter else 0,
            self._turned, self._beyond, failure=failure,
        )  # fmt: skip

    # What is looked for

    def begin(self, *, is_filter: bool = False) -> None:
        """Take note of where one reads: looking for something starts there, and may lead back."""
        self.is_filter = self.is_filter or is_filter
        bounds = None if self._view.window is None else self._view.window.bounds()
        top = 0 if bounds is None else bounds[0]
        self._origin = (self._view.is_following, top)

    def look_for(self, text: str) -> None:
        """Look for something else, from where one began; nothing when there is no text."""
        from skyforge_tui.domain.log_query import read_log_query
        from skyforge_tui.domain.query import QueryError

        self._stop_search()
        self._error, self._failure = None, ""
        reader = self._view.reader
        if text and reader is not None:
            try:
                query = read_log_query(text)
                follows, top = self._origin or (True, 0)
                near = reader.size if follows else top
                self._search = reader.search(query, near)
                up = _Way(near, is_down=False)
                self._ways = [up] if follows else [_Way(near - 1, is_down=True), up]
            except QueryError as error:
                self._error = error
            except SkyforgeError as error:
                self._failure = as_notice(error).title
        self.show()
        self.poll()
        self._look_soon(self._search, SOON_LOOKS)

    def keep(self) -> None:
        """Stay where one has come to."""
        self._origin = None

    def drop(self) -> None:
        """Look for nothing any more, and go back to where one began, if one still can."""
        origin, self._origin = self._origin, None
        self.close()
        if origin is not None:
            self._view.leave_spot()
            if origin[0]:
                self._view.resume_follow()
            else:
                self._view.to_offset(origin[1])

    def close(self) -> None:
        """Look for nothing any more; the place stays."""
        self.is_filter = False
        self._error, self._failure = None, ""
        self._stop_search()
        self.show()
        self._on_change()

    def _stop_search(self) -> None:
        if self._search is not None:
            self._search.close()
        self._search = None
        self._seen = -1
        self._here = None
        self._beyond = 0
        self._ways = []
        self._turned = ""
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None

    # From hit to hit

    def step(self, count: int) -> None:
        """Go to the next hit, or to the one before; from the last one to the first again."""
        bounds = None if self._view.window is None else self._view.window.bounds()
        reader = self._view.reader
        if self._search is None or reader is None:
            return
        bounds = bounds or (0, reader.size)
        here, is_down = self._here, count > 0
        if here is None or not bounds[0] <= here < bounds[1]:
            here = bounds[0] - 1 if is_down else bounds[1]
        self._turned = ""
        turned = _Way(-1, is_down, "top") if is_down else _Way(reader.size, is_down, "end")
        self._ways = [_Way(here, is_down), turned]
        self._seen = -1
        self.poll()
        self._look_soon(self._search, SOON_LOOKS)

    def _look_soon(self, search: LogSearch | None, looks: int) -> None:
        """Look a few times for the hit that is waited for, and show it once it is known."""

        def look() -> None:
            if search is self._search and search is not None and self._ways:
                self._grant(search)
                if not self._ways:
                    self.poll()
                self._look_soon(search, looks - 1)

        if looks and self._ways and self._view.is_attached:
            _ = once(self._view, SOON_S, look)

    def _grant(self, search: LogSearch) -> None:
        """Go to the hit that is waited for, as soon as it is known which one it is."""
        while self._ways:
            way = self._ways[0]
            ask = search.next_after if way.is_down else search.previous_before
            hit = ask(way.offset)
            if not hit.is_certain:
                return
            self._ways.pop(0)
            if hit.offset is not None:
                self._ways = []
                self._turned = way.turned
                self._here = hit.offset
                self._beyond = self._view.jump_to_hit(hit.offset, search.spans_in)

    # Only the lines with hits

    def filter(self, *, is_on: bool) -> None:
        """Show only the lines with hits, or all lines; the place is kept."""
        if self._search is not None and is_on != self.is_filter:
            self.is_filter = is_on
            self.show()
            self._on_change()

    def widen(self, count: int) -> None:
        """Show more lines around those with hits, or fewer."""
        context = max(0, min(self.context + count, 99))
        if self.is_filter and context != self.context:
            self.context = context
            self.show()
            self._on_change()

    def show(self) -> None:
        """Light up what is looked for, and leave the other lines out where that is wanted."""
        self._view.set_search(self._search)
        reader, search = self._view.reader, self._search
        if reader is None or self._view.hides_passed:
            return
        if search is None or not self.is_filter:
            self._view.show_lines(None)
        else:
            left = reader.filtered(search, self.context)
            self._view.show_lines(left, tells_hidden=self.context > 0)

    # While it goes on

    def grew(self) -> None:
        """Take note that the log grew."""
        if self._search is not None:
            self._search.refresh()
            self.poll()

    def poll(self) -> None:
        """Show what was found meanwhile; come back as long as there may be more."""
        search = self._search
        if search is not None:
            if search.version != self._seen:
                self._seen = search.version
                self._grant(search)
                if self.is_filter:
                    self._view.stir()
                self._view.show_density()
            if not search.is_complete and search.failure is None:
                self._want_end(search)
                self._poll_soon()
        self._on_change()

    def _want_end(self, search: LogSearch) -> None:
        """Have the end looked at next, if that is followed: what is drawn asks for other places."""
        reader = self._view.reader
        if reader is not None and self._view.is_following and self.is_filter and not self._ways:
            search.attend(reader.size)

    def _poll_soon(self) -> None:
        def again() -> None:
            self._polling = None
            self.poll()

        if self._polling is None and self._view.is_attached:
            self._polling = once(self._view, POLL_S, again)
