"""Who did what to which project, in state.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from skyforge_tui.domain.audit import AuditEntry, Deed
from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.store.database import Database
from skyforge_tui.store.instants import microseconds, moment

MOST_ENTRIES = 10_000
"""Entries kept; the database itself lets none of them be changed or taken out sooner."""
_LONGEST = 2_000
"""Characters of what was done, and of why not, that are kept."""
_COLUMNS = "at, done_by, login, project_id, project, deed, words, outcome, why"


class SqliteAuditBook:
    """Keeps the record in an open state.db; implements `AuditBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries, and let the oldest go beyond the bound."""
        rows = [
            (
                microseconds(one.at), one.by, one.login, one.project_id, one.project, one.deed,
                one.words[:_LONGEST], one.outcome, one.why[:_LONGEST],
            )
            for one in entries
        ]  # fmt: skip

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                rows,
            )
            connection.execute(
                "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", (MOST_ENTRIES,)
            )

        await self._database.write(work)

    async def newest(self, limit: int, project: str = "") -> list[AuditEntry]:
        """Return the newest entries first."""
        query = (
            f"SELECT {_COLUMNS} FROM audit"  # noqa: S608
            " WHERE ?1 IN ('', project_id, project) ORDER BY id DESC LIMIT ?2"
        )
        rows = await self._database.read(
            lambda connection: connection.execute(query, (project, limit)).fetchall()
        )
        return [
            AuditEntry(
                moment(at), by, login, ProjectId(native), slug, Deed(deed), words,
                Outcome(outcome), why,
            )
            for at, by, login, native, slug, deed, words, outcome, why in rows
        ]  # fmt: skip
