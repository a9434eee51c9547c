"""The record of who did what to which project. Exists only here: never disposable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skyforge_tui.domain.audit import AuditEntry


class AuditBook(Protocol):
    """Keeps entries, which are only ever added; of more than are kept the oldest go."""

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries, all or none."""
        ...

    async def newest(self, limit: int, project: str = "") -> list[AuditEntry]:
        """Return the newest entries first: of the project of that id or name, or of all."""
        ...
