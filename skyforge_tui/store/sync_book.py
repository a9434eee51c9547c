"""What project sync remembers, in state.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

import msgspec

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.ports.sync_book import SyncMemory
from skyforge_tui.store.database import Database
from skyforge_tui.store.payloads import decoded, encoded

_MEMORY = msgspec.json.Decoder(SyncMemory)


class SqliteSyncBook:
    """Remembers in an open state.db; implements `SyncBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def memory(self, project_id: ProjectId) -> SyncMemory:
        """Return what is known of a project."""
        return await self._database.read(lambda connection: _memory(connection, project_id))

    async def memories(self) -> Mapping[ProjectId, SyncMemory]:
        """Return what is known of every project; what cannot be read any more is left out."""

        def read(connection: sqlite3.Connection) -> dict[ProjectId, SyncMemory]:
            rows = connection.execute("SELECT project_id, payload FROM sync_book").fetchall()
            found = ((one, decoded(_MEMORY, [(one, payload)])) for one, payload in rows)
            return {ProjectId(one): some[0] for one, some in found if some}

        return await self._database.read(read)

    async def change(
        self, project_id: ProjectId, change: Callable[[SyncMemory], SyncMemory]
    ) -> SyncMemory:
        """Keep what `change` makes of what is known, in one transaction."""

        def write(connection: sqlite3.Connection) -> SyncMemory:
            before = _memory(connection, project_id)
            after = change(before)
            if after != before:
                connection.execute(
                    "INSERT INTO sync_book (project_id, payload) VALUES (?, ?)"
                    " ON CONFLICT (project_id) DO UPDATE SET payload = excluded.payload",
                    (project_id, encoded(after)),
                )
            return after

        return await self._database.write(write)

    async def forget(self, project_id: ProjectId) -> None:
        """Know nothing of a project from now on."""
        await self._database.write(
            lambda connection: connection.execute(
                "DELETE FROM sync_book WHERE project_id = ?", (project_id,)
            )
        )


def _memory(connection: sqlite3.Connection, project_id: ProjectId) -> SyncMemory:
    rows = connection.execute(
        "SELECT project_id, payload FROM sync_book WHERE project_id = ?", (project_id,)
    )
    return next(iter(decoded(_MEMORY, rows)), SyncMemory())
