"""Keeps the projects of a repository server fresh: looked through once in a while."""

from __future__ import annotations

from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.projects import ProjectService

EVERY_S = 60.0
"""What was not written to costs nothing but its place in the list: one request for fifty."""


class RepositoryWatch:
    """Reads the projects of one server anew, again and again."""

    def __init__(self, projects: ProjectService, clock: Clock, upstream: str) -> None:
        self._projects = projects
        self._clock = clock
        self._upstream = upstream

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"repository watch of {self._upstream}"

    async def run(self) -> None:
        """Wait, read, and so on; the first look is not ours."""
        while True:
            await self._clock.sleep(EVERY_S)
            await self._projects.sync(SYSTEM, upstream=self._upstream)
