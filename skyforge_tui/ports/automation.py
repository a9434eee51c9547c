"""A server that does things by itself: what it keeps of that, and what can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from skyforge_tui.domain.automation import DayCount, Schedule, ScheduleId, VariableGroup
from skyforge_tui.domain.identity import ProjectId, TemplateId


class AutomationHost(Protocol):
    """Keeps schedules, variable groups and counts of one upstream instance."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    async def schedules(self, project_id: ProjectId) -> Sequence[Schedule]:
        """Return the schedules of a project.

        Raises:
            Unavailable: they cannot be listed.
        """
        ...

    async def check(self, project_id: ProjectId, cron: str) -> None:
        """Have the server say whether a cron line is one.

        Raises:
            Invalid: it is none, with the server's reason.
        """
        ...

    async def set_active(self, schedule_id: ScheduleId, *, active: bool) -> None:
        """Let a schedule run, or rest.

        Raises:
            NotFound: it is gone.
            Forbidden: one may not.
        """
        ...

    async def add(self, template_id: TemplateId, name: str, cron: str, *, active: bool) -> Schedule:
        """Make a schedule, and return it as the server has it.

        Raises: as `check` and `set_active`.
        """
        ...

    async def variable_groups(self, project_id: ProjectId) -> Sequence[VariableGroup]:
        """Return the variable groups of a project; secrets by name only."""
        ...

    async def day_counts(
        self, template_id: TemplateId, first: date, last: date
    ) -> Sequence[DayCount] | None:
        """Return how runs of a template ended, by day; None where the server does not count."""
        ...
