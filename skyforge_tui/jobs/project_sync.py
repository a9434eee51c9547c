"""Keeps projects in step with their hosts: at the start, and whenever somebody asks."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.events import Event, SyncRequested
from skyforge_tui.domain.identity import SYSTEM, ProjectId, upstream_of
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.projects import ProjectService


class ProjectSync:
    """Decides when projects are read; what that means is the service's business."""

    def __init__(self, projects: ProjectService, bus: Bus, upstream: str | None = None) -> None:
        """Sync the projects of one host, or of all."""
        self._projects = projects
        self._bus = bus
        self._upstream = upstream

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"project sync of {self._upstream}" if self._upstream else "project sync"

    async def run(self) -> None:
        """Read everything once, then what is asked for, one pass at a time."""
        asked: asyncio.Queue[ProjectId | None] = asyncio.Queue()

        def hear(event: Event) -> None:
            if isinstance(event, SyncRequested) and self._is_ours(event.project_id):
                asked.put_nowait(event.project_id)

        unsubscribe = self._bus.subscribe(hear)
        try:
            await self.run_once()
            while True:
                wanted = {await asked.get()}
                while not asked.empty():
                    wanted.add(asked.get_nowait())
                if None in wanted:
                    await self.run_once()
                    continue
                for project_id in wanted:
                    if project_id is not None:
                        await self.run_for_project(project_id)
        finally:
            unsubscribe()

    async def run_once(self) -> None:
        """Read all projects."""
        await self._projects.sync(SYSTEM, upstream=self._upstream)

    async def run_for_project(self, project_id: ProjectId) -> None:
        """Read one project."""
        await self._projects.sync(SYSTEM, project_id)

    def _is_ours(self, project_id: ProjectId | None) -> bool:
        if project_id is None or self._upstream is None:
            return True
        return upstream_of(project_id) == self._upstream
