"""What the project sync knows, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.ports.sync_book import SyncMemory


class MemorySyncBook:
    """Remembers in memory what the project sync must know; implements `SyncBook`."""

    def __init__(self) -> None:
        self._known: dict[ProjectId, SyncMemory] = {}

    async def memory(self, project_id: ProjectId) -> SyncMemory:
        """Return what is known."""
        return self._known.get(project_id, SyncMemory())

    async def memories(self) -> Mapping[ProjectId, SyncMemory]:
        """Return all that is known."""
        return self._known

    async def change(
        self, project_id: ProjectId, change: Callable[[SyncMemory], SyncMemory]
    ) -> SyncMemory:
        """Keep what is made of what is known."""
        self._known[project_id] = change(self._known.get(project_id, SyncMemory()))
        return self._known[project_id]

    async def forget(self, project_id: ProjectId) -> None:
        """Know nothing of it any more."""
        self._known.pop(project_id, None)
