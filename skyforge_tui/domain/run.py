"""A run: one execution of a template, and the states it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from skyforge_tui.domain.identity import LOCAL, Me, ProjectId, RunId, TemplateId, upstream_of
from skyforge_tui.domain.pattern import in_one_line

ACTION = "action"
"""The question whose answer says which of several things a template does."""

Doing = tuple[TemplateId, str]
"""A template and the action it was asked for; what one run has in common with others like it."""


class RunState(StrEnum):
    """Where a run is on its way.

    waiting → starting → running → success | error | stopping → stopped; `lost` when whoever ran it
    vanished without an exit record.
    """

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SUCCESS = "success"
    ERROR = "error"
    LOST = "lost"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> RunState:  # noqa: ARG003
        return cls.UNKNOWN

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self in _FINAL

    @property
    def is_active(self) -> bool:
        """Whether something still runs, or waits to."""
        return self in _ACTIVE


_FINAL = frozenset({RunState.STOPPED, RunState.SUCCESS, RunState.ERROR, RunState.LOST})
_ACTIVE = frozenset({RunState.WAITING, RunState.STARTING, RunState.RUNNING, RunState.STOPPING})


@dataclass(frozen=True, slots=True)
class Run:
    """A run as last seen: what a table row needs."""

    id: RunId
    number: int
    """What people call it; unique within its upstream, not ordered across upstreams."""
    state: RunState
    template_id: TemplateId
    template: str
    project_id: ProjectId
    project: str
    started_by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    signal: str = ""
    """The name of the signal that ended it (`SIGKILL`), else empty."""
    waits_for_input: bool = False
    waits_for_confirmation: bool = False
    """Whether it goes on only when a person says so, and can be rejected instead."""
    note: str = ""
    """Why it deviates, in a few words; empty when it does not."""
    log_bytes: int = 0
    login: str = ""
    """What whoever started it signs in as on its server, where that is known."""
    action: str = ""
    """Which of several things its template was asked to do, such as `up`; else empty."""

    @property
    def reference(self) -> str:
        """What tells it from the runs of other upstreams in a command."""
        return str(self.number) if upstream_of(self.id) == LOCAL else self.id

    @property
    def who(self) -> str:
        """Who started it, by full name and login where both are known and differ."""
        if not self.login or self.login == self.started_by:
            return self.started_by
        return f"{self.started_by} ({self.login})" if self.started_by else self.login

    def is_by(self, me: Me) -> bool:
        """Say whether I started it."""
        mine = me.at(upstream_of(self.id))
        return bool(mine) and in_one_line(self.login or self.started_by) == in_one_line(mine)

    @property
    def asks(self) -> bool:
        """Whether it waits for a person."""
        waits = self.waits_for_input or self.waits_for_confirmation
        return waits and self.state is RunState.RUNNING

    @property
    def doing(self) -> Doing:
        """What it does: runs that do the same take alike."""
        return self.template_id, self.action

    @property
    def title(self) -> str:
        """What people call what was launched."""
        return f"{self.template} {self.action}" if self.action else self.template

    def duration(self, now: datetime) -> timedelta | None:
        """Return how long it ran, or has run by `now`; None before it started."""
        if self.started_at is None:
            return None
        return max((self.ended_at or now) - self.started_at, timedelta())


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What was asked for: everything needed to run it again, without secrets."""

    template_id: TemplateId
    template: str
    project_id: ProjectId
    project: str
    started_by: str
    created_at: datetime
    command: tuple[str, ...]
    directory: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """What was added to the launcher's own environment; no secrets."""
    answers: Mapping[str, str] = field(default_factory=dict)
    secret_names: tuple[str, ...] = ()
    """Names of the answers that were secret; their values are nowhere."""
    terminal: bool = False
    columns: int = 120
    rows: int = 40
    artifacts: tuple[str, ...] = ()
    commit: str = ""
    """The commit the project was at, or empty."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else its server says of it, by label, such as `inventory` or `limit`."""


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """What a finished process used, children included."""

    user_s: float
    system_s: float
    max_rss_bytes: int


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run with all that is known of it."""

    run: Run
    spec: RunSpec
    use: ResourceUse | None = None
