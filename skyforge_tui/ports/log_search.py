"""Looking for something in a log, while one reads and while it grows."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.log_query import LogQuery


class Hit(NamedTuple):
    """The nearest place where something was found, as far as is known."""

    offset: int | None
    """Of the hit's first byte; of its line's for an inverse query. None when there is none."""
    is_certain: bool
    """Whether nothing nearer can turn up: everything between was looked at."""


class LogSearch(Protocol):
    """One query on one log, looked for by a thread of its own.

    Everything here is for the thread that reads the log, takes microseconds, and never waits for
    the searching thread. Nothing calls back: whoever shows it looks at `version` on its own ticks
    until `is_complete`, and calls `refresh` whenever the reader was refreshed.

    A hit lies within one line; the hits of a line do not overlap and are found from left to right.
    Escape sequences may stand between the characters of a hit; nothing is found inside them. A
    pattern that can match nothing at all hits a line once. The hits of an inverse query are whole
    lines. In a line longer than a MiB a hit longer than 64 KiB may be missed.
    """

    @property
    def query(self) -> LogQuery:
        """What is looked for."""
        ...

    @property
    def version(self) -> int:
        """Rises with whatever changes what the other methods return."""
        ...

    @property
    def count(self) -> int:
        """Hits found so far; exact when `is_complete`."""
        ...

    @property
    def line_count(self) -> int:
        """Lines with hits found so far; exact when `is_complete`."""
        ...

    @property
    def scanned_bytes(self) -> int:
        """Bytes that were looked at, of the reader's `size`."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether everything there was at the last `refresh` was looked at."""
        ...

    @property
    def failure(self) -> SkyforgeError | None:
        """Why it stopped looking; the next `refresh` tries again."""
        ...

    def refresh(self) -> None:
        """Take notice of what the reader has seen: growth is searched, a generation anew."""
        ...

    def attend(self, offset: int) -> None:
        """Go on looking from here, outwards: somebody is reading here."""
        ...

    def next_after(self, offset: int) -> Hit:
        """Return the first hit behind the byte at `offset`; -1 asks for the very first.

        If it is not certain, the search attends to the place: ask again at a later version.
        """
        ...

    def previous_before(self, offset: int) -> Hit:
        """Return the last hit that begins before the byte at `offset`; likewise."""
        ...

    def count_before(self, offset: int) -> int:
        """Return how many of the hits found so far begin before the byte at `offset`."""
        ...

    def spans_in(self, data: bytes) -> list[tuple[int, int]]:
        """Return (start, end) of each hit in a line's bytes; none for an inverse query."""
        ...

    def density(self, rows: int) -> list[int]:
        """Return how many hits there are in each of `rows` equal parts of the log's bytes."""
        ...

    def close(self) -> None:
        """Stop looking, without waiting; closing twice is fine. What was found stays."""
        ...
