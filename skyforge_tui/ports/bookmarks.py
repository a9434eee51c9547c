"""Where bookmarks in the output of runs are kept. They exist only here: never disposable."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.domain.identity import RunId


class BookmarkStore(Protocol):
    """Lines by run; a line is called by the offset of its first byte."""

    async def bookmarks(self, run_id: RunId) -> list[int]:
        """Return the lines of a run that have one, in order."""
        ...

    async def put(self, run_id: RunId, line: int) -> None:
        """Put one at a line; where one is already, nothing changes."""
        ...

    async def drop(self, run_id: RunId, line: int) -> None:
        """Take the one at a line away; where there is none, nothing changes."""
        ...

    async def drop_all(self, run_id: RunId) -> None:
        """Take all of a run away."""
        ...
