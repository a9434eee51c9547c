"""Keeps the projects of a server fresh: looked through once in a while."""

from __future__ import annotations

from skyforge_tui.domain.identity import SYSTEM, upstream_of
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.projects import ProjectService

EVERY_S = 60.0
"""What was not written to costs nothing but its place in the list: one request for fifty."""
RUN_HOST_EVERY_S = 300.0
RUN_HOST_EACH_S = 60.0
"""A run engine has no such list, and a project costs six requests: one in ten seconds at most."""


class ProjectWatch:
    """Reads the projects of one server anew, again and again."""

    def __init__(
        self,
        projects: ProjectService,
        clock: Clock,
        upstream: str,
        every_s: float = EVERY_S,
        each_s: float = 0.0,
    ) -> None:
        """Wait `every_s` between two looks, or `each_s` for each project where that is longer."""
        self._projects = projects
        self._clock = clock
        self._upstream = upstream
        self._every_s = every_s
        self._each_s = each_s
        self._is_due = False

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"project watch of {self._upstream}"

    async def run(self) -> None:
        """Wait, read, and so on; the first look is not ours.

        What failed is still due when this is begun again: an outage is one failure after the
        other, not a new one after every pause.

        Raises:
            Unavailable, Refused: the server did not answer, or not to us.
        """
        while True:
            if not self._is_due:
                await self._clock.sleep(await self._pause_s())
            self._is_due = True
            await self._projects.sync(SYSTEM, upstream=self._upstream)
            self._is_due = False

    async def _pause_s(self) -> float:
        views = await self._projects.all(SYSTEM)
        ours = sum(upstream_of(one.project.id) == self._upstream for one in views)
        return max(self._every_s, self._each_s * ours)
