"""The record in state.db: it lasts, nobody rewrites it, and only its oldest entries go."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from operator import methodcaller
from pathlib import Path

import pytest

from skyforge_tui.domain.audit import AuditEntry, Deed
from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.store.audit import MOST_ENTRIES, SqliteAuditBook
from skyforge_tui.store.database import STATE, open_database
from tests.builders import NOON
from tests.store.database_files import plain

EDGE, CORE = ProjectId("git:1"), ProjectId("git:2")
ENTRY = AuditEntry(
    NOON + timedelta(microseconds=7), "ada", "olga", EDGE, "edge", Deed.DEMOTE,
    "gus: editor → viewer", Outcome.REFUSED, "no",
)  # fmt: skip


async def test_the_record_lasts(tmp_path: Path) -> None:
    """What was done is there after the next start, newest first, of one project or of all."""
    path = tmp_path / "state.db"
    other = replace(ENTRY, project_id=CORE, deed=Deed.SYNC, outcome=Outcome.OK, why="")
    async with open_database(path, STATE) as database:
        await SqliteAuditBook(database).append([ENTRY, other])
    async with open_database(path, STATE) as database:
        book = SqliteAuditBook(database)
        assert await book.newest(9) == [other, ENTRY]
        assert await book.newest(1) == [other]
        assert await book.newest(9, EDGE) == [ENTRY]
        assert await book.newest(9, "edge") == [other, ENTRY]


async def test_nobody_rewrites_it(tmp_path: Path) -> None:
    """The database itself refuses to change an entry, or to take out one that is kept."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        book = SqliteAuditBook(database)
        await book.append([ENTRY])
        for statement in ("UPDATE audit SET words = ''", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="what was done stays"):
                await database.write(methodcaller("execute", statement))
        assert await book.newest(9) == [ENTRY]


async def test_only_the_oldest_go(tmp_path: Path) -> None:
    """Of more than are kept the oldest go, by their number, whenever they were written."""
    path = tmp_path / "state.db"
    async with open_database(path, STATE) as database:
        book = SqliteAuditBook(database)
        await book.append([replace(ENTRY, words=str(n)) for n in range(MOST_ENTRIES)])
        await book.append([replace(ENTRY, words="last"), replace(ENTRY, words="x" * 9_000)])
    ends = plain(path, "SELECT count(*), min(id), max(length(words)) FROM audit")
    assert ends == [(MOST_ENTRIES, 3, 2_000)]


async def test_what_newer_versions_write_is_read(tmp_path: Path) -> None:
    """A deed or an outcome that nobody knows here is unknown, and the entry stays."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        await database.write(
            lambda connection: connection.execute(
                "INSERT INTO audit (at, done_by, login, project_id, project, deed, words, outcome,"
                " why) VALUES (0, 'ada', '', 'git:1', 'edge', 'bless', '', 'shrug', '')"
            )
        )
        (entry,) = await SqliteAuditBook(database).newest(9)
    assert (entry.deed, entry.outcome, entry.who) == (Deed.UNKNOWN, Outcome.UNKNOWN, "ada")
