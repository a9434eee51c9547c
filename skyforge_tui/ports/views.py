"""Where named ways to look at tables are kept. They exist only here: never disposable."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.domain.view import View


class ViewStore(Protocol):
    """Views by table and name."""

    async def views(self, table: str) -> list[View]:
        """Return the views of a table, by name."""
        ...

    async def save(self, view: View) -> None:
        """Keep a view in place of the one of its table and name."""
        ...

    async def forget(self, table: str, name: str) -> bool:
        """Drop a view; return whether it was there."""
        ...
