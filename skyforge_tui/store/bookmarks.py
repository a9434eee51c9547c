"""Bookmarks in the output of runs, in state.db."""

from __future__ import annotations

import sqlite3

from skyforge_tui.domain.identity import RunId
from skyforge_tui.store.database import Database

_OF_RUN = "SELECT line FROM bookmarks WHERE run_id = ? ORDER BY line"


class SqliteBookmarkStore:
    """Keeps bookmarks in an open state.db; implements `BookmarkStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bookmarks(self, run_id: RunId) -> list[int]:
        """Return the lines of a run that have one, in order."""
        rows = await self._database.read(
            lambda connection: connection.execute(_OF_RUN, (run_id,)).fetchall()
        )
        return [line for (line,) in rows]

    async def put(self, run_id: RunId, line: int) -> None:
        """Put one at a line; where one is already, nothing changes."""
        await self._write("INSERT OR IGNORE INTO bookmarks VALUES (?, ?)", run_id, line)

    async def drop(self, run_id: RunId, line: int) -> None:
        """Take the one at a line away; where there is none, nothing changes."""
        await self._write("DELETE FROM bookmarks WHERE run_id = ? AND line = ?", run_id, line)

    async def drop_all(self, run_id: RunId) -> None:
        """Take all of a run away."""
        await self._write("DELETE FROM bookmarks WHERE run_id = ?", run_id)

    async def _write(self, statement: str, *values: str | int) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        await self._database.write(work)
