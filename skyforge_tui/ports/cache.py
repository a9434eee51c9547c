"""What is remembered between starts: a disposable index, and what exists only here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from skyforge_tui.domain.identity import Me, ProjectId, RunId, TemplateId
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.query import EVERYTHING, Query
from skyforge_tui.domain.run import Doing, Run, RunDetail, RunState
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.domain.view import Sort


@dataclass(frozen=True, slots=True)
class RunOrder:
    """Runs in an order: row ids for paging, and the counts of all, found or not."""

    rowids: Sequence[int]
    """Small integers that `RunCache.page` takes; compact (`array('q')`)."""
    by_state: Mapping[RunState, int]
    """Of all that may be seen, whatever was looked for."""
    by_project: Mapping[ProjectId, int] = field(default_factory=dict)
    """How many there are of each project, whatever was looked for."""

    @property
    def total(self) -> int:
        """How many there are, found or not."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class RunSearch:
    """Which runs are looked for, by whom and when, and in which order they are wanted."""

    now: datetime
    me: Me
    query: Query = EVERYTHING
    sort: Sort | None = None
    """By a column of `RUN_SORTS`; None for active first, then newest."""


RUN_SORTS = ("state", "run", "template", "project", "who", "start", "took", "note")
"""What runs can be sorted by. What a run does not have comes last, either way."""


class RunCache(Protocol):
    """Runs of every engine as last seen. Disposable: it can be rebuilt from the engines."""

    async def order(
        self, projects: Collection[ProjectId] | None = None, search: RunSearch | None = None
    ) -> RunOrder:
        """Return runs' rowids, active first then newest; only of `projects` if given.

        With a search, only what it finds, as it wants it sorted. May be cancelled at any time.
        """
        ...

    async def held_by_template(self) -> dict[TemplateId, int]:
        """Return how many runs of each template there are."""
        ...

    async def page(self, rowids: Sequence[int]) -> dict[int, Run]:
        """Return the runs of these rowids, in that order; vanished ones are left out."""
        ...

    async def newest(self, limit: int | None = None) -> list[Run]:
        """Return runs in order, at most `limit`."""
        ...

    async def get(self, run_id: RunId) -> RunDetail | None:
        """Return a run with its detail, or None."""
        ...

    async def find(self, number: int) -> list[RunId]:
        """Return the ids of the runs that people call `number`, over all upstreams."""
        ...

    async def states(self, upstream: str) -> dict[RunId, RunState]:
        """Return the cached state of every run of an upstream."""
        ...

    async def latest(self, template_id: TemplateId, limit: int) -> list[Run]:
        """Return the newest runs of a template, newest first."""
        ...

    async def last_by_template(self) -> dict[TemplateId, Run]:
        """Return the newest run of every template that ever ran."""
        ...

    async def usual(self, doings: Collection[Doing]) -> dict[Doing, timedelta]:
        """Return how long runs that do this usually take: the median of the last successes.

        What never succeeded, or not for long, is left out.
        """
        ...

    async def write(self, changed: Sequence[RunDetail], gone: Collection[RunId]) -> None:
        """Store the difference in one transaction."""
        ...


class ProjectCache(Protocol):
    """Projects and templates of every repository host as last seen."""

    async def projects(self) -> list[Project]:
        """Return all remembered projects."""
        ...

    async def templates(self, project_id: ProjectId | None = None) -> list[Template]:
        """Return the remembered templates, of one project or of all; none is trusted yet."""
        ...

    async def write(
        self,
        changed: Sequence[Project],
        templates: Mapping[ProjectId, Sequence[Template]],
        gone: Collection[ProjectId],
    ) -> None:
        """Store the difference in one transaction; `templates` replaces those of its projects."""
        ...


class TrustStore(Protocol):
    """Which content this person has trusted. Exists only here: never disposable."""

    async def trusted(self) -> frozenset[tuple[str, str]]:
        """Return all trusted (absolute path, sha256) pairs."""
        ...

    async def trust(self, sources: Sequence[Source], by: str, at: datetime) -> None:
        """Remember that `by` trusts this content."""
        ...
