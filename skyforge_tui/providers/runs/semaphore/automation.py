"""Schedules, variable groups and counts of a Semaphore server.

Source: Semaphore UI 2.8 to 2.18, `/api/project/P/schedules`, `…/environment`, and from 2.14 on
`…/templates/T/stats`.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from skyforge_tui.domain.automation import (
    DayCount,
    Schedule,
    ScheduleId,
    Variable,
    VariableGroup,
    looks_secret,
    project_of_schedule,
)
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import ProjectId, TemplateId
from skyforge_tui.domain.run import RunState
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.semaphore import wire
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.sign_in import said_in
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.rows import state_of
from skyforge_tui.providers.runs.semaphore.trouble import translated

log = logging.getLogger(__name__)

_FIVE: Final = "five fields: minute hour day month weekday"
_WRITE: Final = "schedule.write"


class SemaphoreAutomation:
    """Implements `AutomationHost` for one server."""

    def __init__(self, client: SemaphoreClient, names: Names) -> None:
        self._client = client
        self._names = names

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def schedules(self, project_id: ProjectId) -> Sequence[Schedule]:
        """Return the schedules of a project, by template and name."""
        project = self._names.project_of(project_id)
        with translated(self.upstream, "project.sync"):
            listed = await self._client.schedules(project)
        found = (self._schedule(project, one) for one in listed.items)
        return sorted(found, key=lambda one: (one.template, one.name, one.id))

    async def check(self, project_id: ProjectId, cron: str) -> None:
        """Have the server read a cron line."""
        project = self._names.project_of(project_id)
        with translated(self.upstream, "schedule.check"):
            try:
                await self._client.validate_schedule(project, cron)
            except HttpError as error:
                if error.kind != "invalid":
                    raise
                reason = said_in(error) or "the server does not take it for a cron line"
                raise Invalid(reason, operation="schedule.check", advice=_FIVE) from error

    async def set_active(self, schedule_id: ScheduleId, *, active: bool) -> None:
        """Let a schedule run, or rest; versions without a way for that get it written whole."""
        project, number = self._ids_of(schedule_id)
        with translated(self.upstream, _WRITE):
            try:
                await self._client.set_schedule_active(project, number, active=active)
            except TransportError as error:
                if error.kind != "missing":
                    raise
                await self._client.change(project, "schedules", number, {"active": active})

    async def add(self, template_id: TemplateId, name: str, cron: str, *, active: bool) -> Schedule:
        """Make a schedule, once its cron line is known to be one."""
        project, template = self._names.template_of(template_id)
        await self.check(self._names.project_id(project), cron)
        thing = {"template_id": template, "name": name, "cron_format": cron, "active": active}
        with translated(self.upstream, _WRITE):
            number = await self._client.create(project, "schedules", thing)
            listed = await self._client.schedules(project)
        for one in listed.items:
            if one.id == number:
                return self._schedule(project, one)
        raise NotFound(f"schedule {number} is gone already", upstream=self.upstream)

    async def variable_groups(self, project_id: ProjectId) -> Sequence[VariableGroup]:
        """Return the variable groups of a project, by name."""
        project = self._names.project_of(project_id)
        with translated(self.upstream, "project.sync"):
            listed = await self._client.environments(project)
        groups = [
            VariableGroup(project_id, one.id, one.name, tuple(_variables(one)))
            for one in listed.items
        ]
        return sorted(groups, key=lambda one: one.name)

    async def day_counts(
        self, template_id: TemplateId, first: date, last: date
    ) -> Sequence[DayCount] | None:
        """Return how runs of a template ended, by day, oldest first; None before 2.14."""
        project, template = self._names.template_of(template_id)
        with translated(self.upstream, "project.sync"):
            listed = await self._client.template_stats(
                project, template, first.isoformat(), last.isoformat()
            )
        return None if listed is None else list(_days(listed.items))

    def _schedule(self, project: int, one: wire.Schedule) -> Schedule:
        template = self._names.templates.get((project, one.template_id))
        is_moment = one.type == "run_at"
        return Schedule(
            ScheduleId(f"{self._names.project_id(project)}!{one.id}"),
            self._names.project_id(project),
            self._names.template_id(project, one.template_id),
            one.tpl_name or template or f"template {one.template_id}",
            one.name or "",
            "" if is_moment else one.cron_format or "",
            one.active,
            one.run_at if is_moment else None,
        )

    def _ids_of(self, schedule_id: ScheduleId) -> tuple[int, int]:
        project = self._names.project_of(project_of_schedule(schedule_id))
        number = schedule_id.rpartition("!")[2]
        if not number.isdecimal():
            raise NotFound(f"no schedule {schedule_id}", upstream=self.upstream)
        return project, int(number)


def _variables(group: wire.Environment) -> Iterator[Variable]:
    """Yield the variables of a group: plain ones, those of the environment, and its secrets."""
    for text, is_environment in ((group.json, False), (group.env, True)):
        for name, value in _read(text).items():
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield Variable(name, None if looks_secret(name) else shown, is_environment)
    for one in group.secrets or ():
        yield Variable(one.name, None, is_environment=one.type == "env")


def _read(text: str | None) -> dict[str, object]:
    """Return a JSON document written into a text; one that cannot be read has no variables."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {"(unreadable)": "not JSON"}
    return found if isinstance(found, dict) else {"(unreadable)": "no JSON object"}


def _days(listed: Iterable[wire.DayStats]) -> Iterator[DayCount]:
    for one in listed:
        try:
            day = date.fromisoformat(one.date[:10])
        except ValueError:
            log.warning("a day is called %r, which is none", one.date)
            continue
        by_state: Counter[RunState] = Counter()
        for status, count in (one.count_by_status or {}).items():
            by_state[state_of(status)] += count
        average = None if one.avg_duration is None else timedelta(seconds=one.avg_duration)
        yield DayCount(day, dict(by_state), average)
