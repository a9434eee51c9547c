"""What must be remembered between two passes of the project sync."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from skyforge_tui.domain.blueprint import BlueprintMemory
from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.project_plan import SyncReport


@dataclass(frozen=True, slots=True)
class SyncMemory:
    """What is known of one project from before."""

    engine: str = ""
    room: str = ""
    """Its project on the run engine, by the engine's own id."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Variables that were written, each with its mark."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """What collaborators of the repository were when last asked about or let in."""
    stubborn: Mapping[str, Role] = field(default_factory=dict)
    """People who remain what they are whatever is written, as administrators do."""
    blueprint: BlueprintMemory = field(default_factory=BlueprintMemory)
    turn: int = 0
    """How many passes there were."""
    by: str = ""
    """Who asked for the last one that wrote."""
    report: SyncReport | None = None
    reported_at: datetime | None = None


class SyncBook(Protocol):
    """Remembers for good, one project at a time."""

    async def memory(self, project_id: ProjectId) -> SyncMemory:
        """Return what is known; an empty memory of a project that nobody synced."""
        ...

    async def memories(self) -> Mapping[ProjectId, SyncMemory]:
        """Return what is known of every project that was ever synced."""
        ...

    async def change(
        self, project_id: ProjectId, change: Callable[[SyncMemory], SyncMemory]
    ) -> SyncMemory:
        """Keep what `change` makes of what is known, and return it; nobody writes in between.

        What `change` raises is raised, and nothing was changed.
        """
        ...

    async def forget(self, project_id: ProjectId) -> None:
        """Know nothing of a project from now on."""
        ...
