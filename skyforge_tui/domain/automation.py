"""What a server does by itself for a project: schedules, the variables they use, and counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NewType

from skyforge_tui.domain.identity import ProjectId, TemplateId
from skyforge_tui.domain.run import RunState

ScheduleId = NewType("ScheduleId", str)
"""`<project id>!<native id>`."""

_SECRET = re.compile(r"pass(w|phrase)|secret|token|api_?key|private_?key|credential", re.I)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a template runs by itself."""

    id: ScheduleId
    project_id: ProjectId
    template_id: TemplateId
    template: str
    name: str
    cron: str
    """Five fields, in the server's own time zone; empty where `run_at` says when."""
    is_active: bool
    run_at: datetime | None = None
    """The one moment at which it runs, if it is no cron line."""

    @property
    def number(self) -> str:
        """What its server calls it."""
        return self.id.rpartition("!")[2]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a group; `value` is None where it is secret."""

    name: str
    value: str | None
    is_environment: bool = False
    """Whether it is put into the environment instead of being handed to what runs."""


@dataclass(frozen=True, slots=True)
class VariableGroup:
    """Variables under a name, for templates to use."""

    project_id: ProjectId
    number: int
    name: str
    variables: tuple[Variable, ...] = ()
    used_by: tuple[str, ...] = ()
    """The templates that say so."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """How the runs of one day ended."""

    day: date
    by_state: Mapping[RunState, int] = field(default_factory=dict)
    average: timedelta | None = None
    """How long they took."""

    @property
    def total(self) -> int:
        """How many runs there were."""
        return sum(self.by_state.values())


def looks_secret(name: str) -> bool:
    """Say whether a variable of that name should not be shown, though nobody called it secret."""
    return _SECRET.search(name) is not None


def project_of_schedule(schedule_id: ScheduleId) -> ProjectId:
    """Return the project that a schedule belongs to."""
    return ProjectId(schedule_id.rpartition("!")[0])
