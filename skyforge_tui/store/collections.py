"""What was collected of runs, in cache.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.store.database import Database
from skyforge_tui.store.payloads import decoded, encoded, storable

_FINAL = ", ".join(f"'{one.value}'" for one in RunState if one.is_final)

_DUE = f"""
    SELECT id FROM runs WHERE state IN ({_FINAL})
    AND substr(id, 1, instr(id, ':') - 1) IN (SELECT value FROM json_each(?))
    AND NOT EXISTS (SELECT 1 FROM collections WHERE run_id = runs.id)
    ORDER BY created_at DESC, number DESC LIMIT ?
"""  # noqa: S608
_MARKED = """
    SELECT markers.run_id, run, name, value FROM markers JOIN runs ON runs.id = markers.run_id
    WHERE kind = ? ORDER BY created_at DESC, number DESC, position LIMIT ?
"""
_RUN = msgspec.json.Decoder(Run)
_PAYLOAD = msgspec.json.Decoder(Collection)


class SqliteCollectionCache:
    """Remembers collections in an open cache.db; implements `CollectionCache`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, upstreams: Iterable[str], limit: int) -> list[RunId]:
        """Return ended runs of these that were never collected, newest first, at most `limit`."""
        values = (msgspec.json.encode(sorted(upstreams)).decode(), limit)
        return await self._database.read(
            lambda connection: [run_id for (run_id,) in connection.execute(_DUE, values)]
        )

    async def get(self, run_id: RunId) -> Collection | None:
        """Return what was collected of a run, or None when it never was."""

        def work(connection: sqlite3.Connection) -> Collection | None:
            sql = "SELECT run_id, payload FROM collections WHERE run_id = ?"
            return next(iter(decoded(_PAYLOAD, connection.execute(sql, (run_id,)))), None)

        return await self._database.read(work)

    async def marked(self, kind: MarkerKind, limit: int) -> Sequence[tuple[Run, Marker]]:
        """Return markers of one kind, each with the run that printed it, newest run first."""

        def work(connection: sqlite3.Connection) -> list[tuple[Run, Marker]]:
            rows = connection.execute(_MARKED, (kind.value, limit)).fetchall()
            payloads = {run_id: payload for run_id, payload, _, _ in rows}
            runs = {one.id: one for one in decoded(_RUN, payloads.items())}
            return [
                (runs[run_id], Marker(kind, name, value))
                for run_id, _, name, value in rows
                if run_id in runs
            ]

        return await self._database.read(work)

    async def write(self, collection: Collection) -> None:
        """Remember a collection in place of the one before; one of a forgotten run is dropped."""
        rows = storable([collection], lambda one: (encoded(one), one.run_id))
        markers = [
            (collection.run_id, position, one.kind.value, one.name, one.value)
            for position, one in enumerate(collection.markers)
        ]

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM collections WHERE run_id = ?", (collection.run_id,))
            connection.executemany(
                "INSERT INTO collections (payload, run_id) SELECT ?, id FROM runs WHERE id = ?",
                rows,
            )
            connection.executemany(
                "INSERT INTO markers (run_id, position, kind, name, value) "
                "SELECT run_id, ?2, ?3, ?4, ?5 FROM collections WHERE run_id = ?1",
                markers,
            )

        await self._database.write(work)
