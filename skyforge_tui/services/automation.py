"""What servers do by themselves: schedules, the variables they use, and how runs went by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.automation import (
    DayCount,
    Schedule,
    ScheduleId,
    VariableGroup,
    project_of_schedule,
)
from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import Principal, ProjectId, TemplateId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.ports.automation import AutomationHost
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.record import Doing, Record, recorded
from skyforge_tui.services.run_index import RunIndex

DAYS = 30
"""So many days are counted, today among them."""
_COUNTED = 1000
"""Runs that are looked at where the server does not count."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the runs of a template went, by day, newest first."""

    days: tuple[DayCount, ...]
    is_of_server: bool
    """Whether the server counted; else what is known here was."""

    @property
    def by_state(self) -> Counter[RunState]:
        """How all of them ended."""
        return sum((Counter(one.by_state) for one in self.days), Counter[RunState]())


def _turned(_: AutomationService, call: Mapping[str, Any], __: Any) -> Iterator[Doing]:
    schedule_id: ScheduleId = call["schedule_id"]
    words = f"schedule {schedule_id.rpartition('!')[2]} turned {'on' if call['active'] else 'off'}"
    yield Doing(Deed.SCHEDULE, words, project_of_schedule(schedule_id))


def _added(_: AutomationService, call: Mapping[str, Any], __: Any) -> Iterator[Doing]:
    project_id, _sign, template = call["template_id"].partition("#")
    words = f"schedule {call['name']} of template {template}: {call['cron']}"
    yield Doing(Deed.SCHEDULE, words, ProjectId(project_id))


class AutomationService:
    """What one may know and change of it."""

    def __init__(
        self,
        hosts: Iterable[AutomationHost],
        index: RunIndex,
        catalog: Catalog,
        access: Access,
        record: Record,
        clock: Clock,
    ) -> None:
        self._hosts = {one.upstream: one for one in hosts}
        self._index = index
        self._catalog = catalog
        self.access = access
        self.record = record
        self._clock = clock

    @property
    def upstreams(self) -> frozenset[str]:
        """The names of the servers that do things by themselves."""
        return frozenset(self._hosts)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a project id, a template id or a schedule id."""
        template = self._catalog.template(TemplateId(str(target)))
        if template is not None:
            return template.project_id
        if self.access.project(ProjectId(str(target))) is not None:
            return ProjectId(str(target))
        if "!" in str(target):
            return project_of_schedule(ScheduleId(str(target)))
        raise NotFound(f"no project, template or schedule {target}")

    @requires(Permission.PROJECT_READ, of="project_id")
    async def schedules(self, principal: Principal, project_id: ProjectId) -> list[Schedule]:
        """Return the schedules of a project, by template and name.

        Raises:
            Conflict: its host has none.
            Unavailable: it does not answer.
        """
        found = await self._host(project_id).schedules(project_id)
        return [self._named(one) for one in found]

    @requires(Permission.PROJECT_READ, of="project_id")
    async def check(self, principal: Principal, project_id: ProjectId, cron: str) -> None:
        """Have the server say whether a cron line is one.

        Raises:
            Invalid: it is none, with the server's reason.
        """
        await self._host(project_id).check(project_id, cron)

    @recorded(_turned)
    @requires(Permission.SCHEDULE_WRITE, of="schedule_id")
    async def set_active(
        self, principal: Principal, schedule_id: ScheduleId, *, active: bool
    ) -> None:
        """Let a schedule run, or rest.

        Raises:
            NotFound: it is gone.
        """
        await self._host(schedule_id).set_active(schedule_id, active=active)

    @recorded(_added)
    @requires(Permission.SCHEDULE_WRITE, of="template_id")
    async def add(
        self,
        principal: Principal,
        template_id: TemplateId,
        name: str,
        cron: str,
        *,
        active: bool = True,
    ) -> Schedule:
        """Make a schedule, once the server has found its cron line to be one.

        Raises:
            Invalid: it is none; nothing was made.
        """
        made = await self._host(template_id).add(template_id, name, cron, active=active)
        return self._named(made)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def variable_groups(
        self, principal: Principal, project_id: ProjectId
    ) -> list[VariableGroup]:
        """Return the variable groups of a project, with the templates that use them; no secrets."""
        groups = await self._host(project_id).variable_groups(project_id)
        used: defaultdict[str, list[str]] = defaultdict(list)
        for template in self._catalog.templates_of(project_id):
            for label, words in template.facts:
                if label == "variables":
                    for name in words.split(", "):
                        used[name].append(template.name)
        return [replace(one, used_by=tuple(used[one.name])) for one in groups]

    @requires(Permission.PROJECT_READ, of="template_id")
    async def counts(
        self, principal: Principal, template_id: TemplateId, days: int = DAYS
    ) -> Counts:
        """Return how runs of a template went in the last `days` days, as its server counts them.

        Where nobody counts, what is known here is counted.
        """
        today = self._clock.now().date()
        first = today - timedelta(days=days - 1)
        host = self._hosts.get(upstream_of(template_id))
        counted = None
        if host is not None:
            # Its day may be ahead of ours.
            counted = await host.day_counts(template_id, first, today + timedelta(days=1))
        if counted is not None:
            newest_first = sorted(counted, key=lambda one: one.day, reverse=True)
            return Counts(tuple(newest_first), is_of_server=True)
        runs = await self._index.cache.latest(template_id, _COUNTED)
        return Counts(_by_day(runs, first), is_of_server=False)

    def _host(self, thing_id: str) -> AutomationHost:
        host = self._hosts.get(upstream_of(thing_id))
        if host is None:
            raise Conflict(
                f"{upstream_of(thing_id)} keeps no schedules and no variable groups",
                advice="cron, or a timer of systemd, starts: skyforge runs launch TEMPLATE",
            )
        return host

    def _named(self, one: Schedule) -> Schedule:
        """Return a schedule with the name its template has here."""
        template = self._catalog.template(one.template_id)
        return one if template is None else replace(one, template=template.name)


def _by_day(runs: Sequence[Run], first: date) -> tuple[DayCount, ...]:
    """Count runs by the day on which they were created, newest day first."""
    by_day: defaultdict[date, list[Run]] = defaultdict(list)
    for run in runs:
        if (day := run.created_at.date()) >= first:
            by_day[day].append(run)
    found = []
    for day in sorted(by_day, reverse=True):
        some = by_day[day]
        took = [one.ended_at - one.started_at for one in some if one.started_at and one.ended_at]
        average = sum(took, timedelta()) / len(took) if took else None
        found.append(DayCount(day, dict(Counter(one.state for one in some)), average))
    return tuple(found)


def schedule_called(schedules: Sequence[Schedule], name: str) -> Schedule:
    """Return the schedule that people call `name`: its id, its number or its name.

    Raises:
        NotFound: there is none.
        Conflict: there are several.
    """
    hits = [one for one in schedules if name in (one.id, one.number, one.name)]
    if not hits:
        raise NotFound(f"no schedule {name}", advice="list them with schedules ls")
    if len(hits) > 1:
        ids = " or ".join(one.id for one in hits)
        raise Conflict(f"several schedules are called {name}", advice=f"say {ids}")
    return hits[0]
