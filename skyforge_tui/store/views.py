"""Named ways to look at tables, in state.db."""

from __future__ import annotations

import sqlite3

from skyforge_tui.domain.view import View, sort_of
from skyforge_tui.store.database import Database

_UPSERT = """
    INSERT INTO views (table_name, name, query, sort) VALUES (?, ?, ?, ?)
    ON CONFLICT (table_name, name) DO UPDATE SET query = excluded.query, sort = excluded.sort
"""
_OF_TABLE = "SELECT name, query, sort FROM views WHERE table_name = ? ORDER BY name"


class SqliteViewStore:
    """Keeps views in an open state.db; implements `ViewStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def views(self, table: str) -> list[View]:
        """Return the views of a table, by name."""
        rows = await self._database.read(
            lambda connection: connection.execute(_OF_TABLE, (table,)).fetchall()
        )
        return [View(table, name, query, sort_of(sort)) for name, query, sort in rows]

    async def save(self, view: View) -> None:
        """Keep a view in place of the one of its table and name."""
        row = (view.table, view.name, view.query, "" if view.sort is None else str(view.sort))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_UPSERT, row)

        await self._database.write(work)

    async def forget(self, table: str, name: str) -> bool:
        """Drop a view; return whether it was there."""

        def work(connection: sqlite3.Connection) -> bool:
            dropped = connection.execute(
                "DELETE FROM views WHERE table_name = ? AND name = ?", (table, name)
            )
            return dropped.rowcount > 0

        return await self._database.write(work)
