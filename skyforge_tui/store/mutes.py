"""Which concerns this person has muted, in state.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.store.database import Database
from skyforge_tui.store.instants import microseconds

MOST_MUTED = 2_000
"""Mutes kept; concerns go by themselves, and what was muted of them would stay."""


class SqliteMuteStore:
    """Remembers in an open state.db; implements `MuteStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def muted(self) -> frozenset[str]:
        """Return all muted keys."""
        return await self._database.read(
            lambda connection: frozenset(
                key for (key,) in connection.execute("SELECT key FROM mutes")
            )
        )

    async def mute(self, keys: Sequence[str], at: datetime) -> None:
        """Keep these keys as muted, and forget the oldest beyond the bound."""
        rows = [(key, microseconds(at)) for key in keys]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO mutes (key, muted_at) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET muted_at = excluded.muted_at",
                rows,
            )
            connection.execute(
                "DELETE FROM mutes WHERE key NOT IN"
                " (SELECT key FROM mutes ORDER BY muted_at DESC, key LIMIT ?)",
                (MOST_MUTED,),
            )

        await self._database.write(work)

    async def unmute(self, keys: Sequence[str]) -> None:
        """Forget these keys."""
        rows = [(key,) for key in keys]
        await self._database.write(
            lambda connection: connection.executemany("DELETE FROM mutes WHERE key = ?", rows)
        )
