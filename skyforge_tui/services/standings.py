"""How far projects were from being in step when they were last looked at, for all who show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.events import ProjectsChanged
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.services.bus import Bus


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project stood, and when that was."""

    report: SyncReport
    at: datetime


class Standings:
    """Remembers the last report of each project, and says when one is another."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: dict[ProjectId, Standing] = {}

    def recall(self, known: Mapping[ProjectId, Standing]) -> None:
        """Know how projects stood for whoever looked before this program began."""
        self._known = {**known, **self._known}

    def learn(self, report: SyncReport, at: datetime) -> None:
        """Know how a project stands now; that steps were taken on the way says nothing of it."""
        project_id = ProjectId(report.project_id)
        before = self._known.get(project_id)
        self._known[project_id] = Standing(report, at)
        told = (report.left, report.errors)
        if before is None or (before.report.left, before.report.errors) != told:
            self._bus.publish(ProjectsChanged(frozenset({project_id})))

    def of(self, project_id: ProjectId) -> Standing | None:
        """Return how a project stood; None where nobody looked yet."""
        return self._known.get(project_id)
