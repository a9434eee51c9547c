"""Which content this person has trusted, in state.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.domain.template import Source
from skyforge_tui.store.database import Database
from skyforge_tui.store.instants import microseconds

_UPSERT = """
    INSERT INTO trust (path, sha256, trusted_by, trusted_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (path, sha256) DO UPDATE SET
        trusted_by = excluded.trusted_by, trusted_at = excluded.trusted_at
"""


class SqliteTrustStore:
    """Remembers trust in an open state.db; implements `TrustStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def trusted(self) -> frozenset[tuple[str, str]]:
        """Return all trusted (absolute path, sha256) pairs."""
        return await self._database.read(
            lambda connection: frozenset(connection.execute("SELECT path, sha256 FROM trust"))
        )

    async def trust(self, sources: Sequence[Source], by: str, at: datetime) -> None:
        """Remember that `by` trusts this content.

        Raises:
            Invalid: a path is not Unicode text; nothing is trusted then.
        """
        rows = [(one.path, one.sha256, by, microseconds(at)) for one in sources]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_UPSERT, rows)

        await self._database.write(work)
