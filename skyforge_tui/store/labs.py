"""Labs and their providers as last seen, in cache.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import msgspec

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabSource
from skyforge_tui.store.database import Database
from skyforge_tui.store.payloads import Row, decoded, encoded, id_row, storable

_LAB = msgspec.json.Decoder(Lab)
_SOURCE = msgspec.json.Decoder(LabSource)

_UPSERT_LAB = """
    INSERT INTO labs (id, payload) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET payload = excluded.payload
"""
_UPSERT_SOURCE = """
    INSERT INTO lab_sources (provider, payload) VALUES (?, ?)
    ON CONFLICT (provider) DO UPDATE SET payload = excluded.payload
"""


class SqliteLabCache:
    """Remembers labs in an open cache.db; implements `LabCache`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def labs(self) -> list[Lab]:
        """Return all remembered labs, by id."""
        return await self._database.read(
            lambda connection: decoded(
                _LAB, connection.execute("SELECT id, payload FROM labs ORDER BY id")
            )
        )

    async def sources(self) -> list[LabSource]:
        """Return how each provider answered last, by name."""
        return await self._database.read(
            lambda connection: decoded(
                _SOURCE,
                connection.execute("SELECT provider, payload FROM lab_sources ORDER BY provider"),
            )
        )

    async def write(
        self, changed: Sequence[Lab], gone: Collection[LabId], sources: Sequence[LabSource]
    ) -> None:
        """Store the difference in one transaction; `sources` replace those of the same name."""
        labs, gone_rows = storable(changed, _lab_row), storable(gone, id_row)
        source_rows = storable(sources, _source_row)

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM labs WHERE id = ?", gone_rows)
            connection.executemany(_UPSERT_LAB, labs)
            connection.executemany(_UPSERT_SOURCE, source_rows)

        if changed or gone or sources:
            await self._database.write(work)


def _lab_row(lab: Lab) -> Row:
    return (lab.id, encoded(lab))


def _source_row(source: LabSource) -> Row:
    return (source.provider, encoded(source))
