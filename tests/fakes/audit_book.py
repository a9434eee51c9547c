"""Who did what, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.domain.audit import AuditEntry


class MemoryAuditBook:
    """Keeps what was done in memory; implements `AuditBook`."""

    def __init__(self) -> None:
        self.kept: list[AuditEntry] = []

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries."""
        self.kept += entries

    async def newest(self, limit: int, project: str = "") -> list[AuditEntry]:
        """Return the newest first."""
        found = [one for one in self.kept if project in ("", one.project_id, one.project)]
        return found[::-1][:limit]
