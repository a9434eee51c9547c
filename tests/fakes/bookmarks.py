"""Marked lines of outputs, in memory."""

from __future__ import annotations

from skyforge_tui.domain.identity import RunId


class MemoryBookmarkStore:
    """Lines by run."""

    def __init__(self) -> None:
        self.held: dict[RunId, set[int]] = {}

    async def bookmarks(self, run_id: RunId) -> list[int]:
        """Return those of a run, in order."""
        return sorted(self.held.get(run_id, ()))

    async def put(self, run_id: RunId, line: int) -> None:
        """Keep one."""
        self.held.setdefault(run_id, set()).add(line)

    async def drop(self, run_id: RunId, line: int) -> None:
        """Forget one."""
        self.held.get(run_id, set()).discard(line)

    async def drop_all(self, run_id: RunId) -> None:
        """Forget those of a run."""
        self.held.pop(run_id, None)
