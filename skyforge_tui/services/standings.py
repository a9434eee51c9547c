"""How far projects were from being in step when they were last looked at, for all who show it."""

from __future__ import annotations

from skyforge_tui.domain.events import ProjectsChanged
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.services.bus import Bus


class Standings:
    """Remembers the last report of each project, and says when one is another."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._reports: dict[ProjectId, SyncReport] = {}

    def learn(self, report: SyncReport) -> None:
        """Know how a project stands now; that steps were taken on the way says nothing of it."""
        project_id = ProjectId(report.project_id)
        before = self._reports.get(project_id)
        self._reports[project_id] = report
        if before is None or (before.left, before.errors) != (report.left, report.errors):
            self._bus.publish(ProjectsChanged(frozenset({project_id})))

    def of(self, project_id: ProjectId) -> SyncReport | None:
        """Return how a project stood; None where nobody looked yet."""
        return self._reports.get(project_id)
