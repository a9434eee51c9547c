"""Keeps projects in step with their hosts: at the start, and whenever somebody asks."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.events import Event, SyncRequested
from skyforge_tui.domain.identity import SYSTEM, ProjectId
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.projects import ProjectService


class ProjectSync:
    """Decides when projects are read; what that means is the service's business."""

    name = "project sync"

    def __init__(self, projects: ProjectService, bus: Bus) -> None:
        self._projects = projects
        self._bus = bus

    async def run(self) -> None:
        """Read everything once, then what is asked for, one pass at a time."""
        asked: asyncio.Queue[ProjectId | None] = asyncio.Queue()

        def hear(event: Event) -> None:
            if isinstance(event, SyncRequested):
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
        await self._projects.sync(SYSTEM)

    async def run_for_project(self, project_id: ProjectId) -> None:
        """Read one project."""
        await self._projects.sync(SYSTEM, project_id)
