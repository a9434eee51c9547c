"""Looking for something in a log: the same for every reader, and loaded when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.store.log_filter import FilteredLogReader


def load_search() -> None:
    """Load what looks for something: before a screen may ask for it, and away from its thread."""
    import_module("skyforge_tui.store.log_search")
    import_module("skyforge_tui.store.log_filter")


class Searchable:
    """A `LogReader` in which something can be looked for; it returns all lines there are."""

    knows_end = True

    if TYPE_CHECKING:

        @property
        def line_count(self) -> int:
            """How many lines there are."""

        def line_at(self, offset: int) -> int | None:
            """Return the number of the line that holds a byte; None if not counted."""

    def lines_behind(self, offset: int) -> int | None:
        """Return how many lines begin at `offset`, where one ends, or behind; None if not counted.

        Raises:
            Unavailable: the file cannot be read.
        """
        last = self.line_at(offset - 1) if offset > 0 else -1
        return None if last is None else max(0, self.line_count - last - 1)

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Begin to look for something in the background, from the byte at `near` outwards.

        Raises:
            Invalid: it would take too large a machine to look for this.
        """
        from skyforge_tui.store.log_search import BackgroundLogSearch

        return BackgroundLogSearch(cast("LogReader", self), query, near)

    def filtered(self, search: LogSearch, context: int = 0) -> FilteredLogReader:
        """Return a reader of the lines in which `search` has hits, and those around each."""
        from skyforge_tui.store.log_filter import FilteredLogReader

        return FilteredLogReader(cast("LogReader", self), search, context)
