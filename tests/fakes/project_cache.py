"""Projects and templates as they were last seen, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Template
from tests.fakes.waiting import Gate


class MemoryProjectCache:
    """Projects and templates; counts its transactions."""

    def __init__(self) -> None:
        self.held: dict[ProjectId, Project] = {}
        self.declared: dict[ProjectId, tuple[Template, ...]] = {}
        self.writes = 0
        self.writing = Gate()

    async def projects(self) -> list[Project]:
        """Return all."""
        return list(self.held.values())

    async def templates(self, project_id: ProjectId | None = None) -> list[Template]:
        """Return those of one project or of all."""
        return [
            template
            for key, several in self.declared.items()
            for template in several
            if project_id in (None, key)
        ]

    async def write(
        self,
        changed: Sequence[Project],
        templates: Mapping[ProjectId, Sequence[Template]],
        gone: Collection[ProjectId],
    ) -> None:
        """Store the difference."""
        await self.writing.pass_through()
        await asyncio.sleep(0)
        self.writes += 1
        self.held.update((one.id, one) for one in changed)
        self.declared.update((key, tuple(several)) for key, several in templates.items())
        for key in gone:
            self.held.pop(key, None)
            self.declared.pop(key, None)
