"""Views of tables, in memory."""

from __future__ import annotations

from skyforge_tui.domain.view import View


class MemoryViewStore:
    """Views by table and name."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], View] = {}

    async def views(self, table: str) -> list[View]:
        """Return those of a table, by name."""
        return [one for key, one in sorted(self.held.items()) if key[0] == table]

    async def save(self, view: View) -> None:
        """Keep one."""
        self.held[view.table, view.name] = view

    async def forget(self, table: str, name: str) -> bool:
        """Drop one."""
        return self.held.pop((table, name), None) is not None
