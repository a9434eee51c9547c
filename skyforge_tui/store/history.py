"""What this person did and typed before, in state.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from skyforge_tui.domain.history import LineKind, Outcome, SentCommand
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.store.database import Database
from skyforge_tui.store.instants import microseconds, moment

MOST_LINES = 500
"""Lines kept of each kind."""
MOST_COMMANDS = 1_000
"""Sent commands kept."""


class SqliteHistoryStore:
    """Remembers in an open state.db; implements `HistoryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, kind: LineKind, limit: int) -> list[str]:
        """Return the lines of a kind, newest first, each once."""
        query = "SELECT line FROM history_lines WHERE kind = ? ORDER BY id DESC LIMIT ?"
        return await self._database.read(
            lambda connection: [line for (line,) in connection.execute(query, (kind, limit))]
        )

    async def remember(self, kind: LineKind, line: str, at: datetime) -> None:
        """Keep a line as the newest of its kind, once, and forget the oldest beyond the bound."""

        def work(connection: sqlite3.Connection) -> None:
            # A line that was there gets a new row: rows are in the order of their last use.
            connection.execute(
                "DELETE FROM history_lines WHERE kind = ? AND line = ?", (kind, line)
            )
            connection.execute(
                "INSERT INTO history_lines (kind, line, at) VALUES (?, ?, ?)",
                (kind, line, microseconds(at)),
            )
            connection.execute(
                "DELETE FROM history_lines WHERE kind = ?1 AND id NOT IN"
                " (SELECT id FROM history_lines WHERE kind = ?1 ORDER BY id DESC LIMIT ?2)",
                (kind, MOST_LINES),
            )

        await self._database.write(work)

    async def sent(self, limit: int) -> list[SentCommand]:
        """Return the newest commands, oldest of them first."""
        query = (
            "SELECT at, sent_by, line, directory, outcome, note FROM sent_commands"
            " ORDER BY id DESC LIMIT ?"
        )
        rows = await self._database.read(
            lambda connection: connection.execute(query, (limit,)).fetchall()
        )
        return [
            SentCommand(moment(at), by, line, directory, Outcome(outcome), note)
            for at, by, line, directory, outcome, note in reversed(rows)
        ]

    async def log(self, command: SentCommand) -> None:
        """Keep a command, and forget the oldest beyond the bound."""
        row = (
            microseconds(command.at), command.by, command.line, command.directory,
            command.outcome, command.note,
        )  # fmt: skip

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO sent_commands (at, sent_by, line, directory, outcome, note)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            connection.execute(
                "DELETE FROM sent_commands WHERE id NOT IN"
                " (SELECT id FROM sent_commands ORDER BY id DESC LIMIT ?)",
                (MOST_COMMANDS,),
            )

        await self._database.write(work)

    async def pins(self) -> dict[int, TemplateId]:
        """Return what is pinned, by digit."""
        rows = await self._database.read(
            lambda connection: connection.execute(
                "SELECT digit, template_id FROM pins ORDER BY digit"
            ).fetchall()
        )
        return {digit: TemplateId(template_id) for digit, template_id in rows}

    async def set_pins(self, pins: Mapping[int, TemplateId]) -> None:
        """Replace all pins."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM pins")
            connection.executemany(
                "INSERT INTO pins (digit, template_id) VALUES (?, ?)", list(pins.items())
            )

        await self._database.write(work)
