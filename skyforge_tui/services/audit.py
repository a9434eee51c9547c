"""The record of who did what to which project, read by those who may look at it."""

from __future__ import annotations

from skyforge_tui.domain.audit import AuditEntry
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.audit_book import AuditBook
from skyforge_tui.services.authorization import YES, Access, requires

MOST_SHOWN = 1_000
"""Entries read at a time at most."""


class AuditService:
    """What one may know of what was done; it is written by `Record`."""

    def __init__(self, book: AuditBook, access: Access) -> None:
        self._book = book
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def of_project(
        self, principal: Principal, project_id: ProjectId, limit: int = MOST_SHOWN
    ) -> list[AuditEntry]:
        """Return what was done to a project, the newest first."""
        return await self._book.newest(min(limit, MOST_SHOWN), project_id)

    @requires(Permission.PROJECT_LIST)
    async def all(
        self, principal: Principal, project: str = "", limit: int = MOST_SHOWN
    ) -> list[AuditEntry]:
        """Return what was done to all projects, or those called so, the newest first.

        Of projects that one may not look at, or that are gone, it is what one did oneself.
        """
        found = await self._book.newest(MOST_SHOWN, project)
        return [one for one in found if self._is_for(principal, one)][:limit]

    def _is_for(self, principal: Principal, entry: AuditEntry) -> bool:
        if entry.by == principal.username or principal.is_admin:
            return True
        asked = Permission.PROJECT_READ, entry.project_id or None
        return self.access.decide(principal, *asked) == YES
