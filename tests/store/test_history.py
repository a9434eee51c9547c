"""History in state.db: it lasts, it is bounded, and old files keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.history import LineKind, Outcome, SentCommand
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.store import history
from skyforge_tui.store.database import STATE, open_database
from skyforge_tui.store.history import SqliteHistoryStore
from tests.builders import NOON
from tests.store.test_database_migrations import DUMPS, load

SENT = SentCommand(
    NOON + timedelta(microseconds=7), "ada", "skyforge runs stop 1", "/srv", Outcome.REFUSED, "no"
)


async def test_history_lasts(tmp_path: Path) -> None:
    """Lines, commands and pins are there after the next start, to the microsecond."""
    path = tmp_path / "state.db"
    pins = {3: TemplateId("local:/p#a"), 1: TemplateId("local:/p#b")}
    async with open_database(path, STATE) as database:
        store = SqliteHistoryStore(database)
        for line in ("runs", "labs", "runs"):
            await store.remember(LineKind.COMMAND, line, NOON)
        await store.remember(LineKind.LAUNCH, "run hello", NOON)
        await store.log(SENT)
        await store.set_pins({9: TemplateId("local:/p#c")})
        await store.set_pins(pins)
    async with open_database(path, STATE) as database:
        store = SqliteHistoryStore(database)
        assert await store.lines(LineKind.COMMAND, 10) == ["runs", "labs"]
        assert await store.lines(LineKind.LAUNCH, 10) == ["run hello"]
        assert await store.sent(10) == [SENT]
        assert await store.pins() == pins


async def test_history_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest lines and commands go when there are too many; the other kind stays."""
    monkeypatch.setattr(history, "MOST_LINES", 3)
    monkeypatch.setattr(history, "MOST_COMMANDS", 3)
    async with open_database(tmp_path / "state.db", STATE) as database:
        store = SqliteHistoryStore(database)
        await store.remember(LineKind.LAUNCH, "run hello", NOON)
        for at in range(5):
            await store.remember(LineKind.COMMAND, f"line {at}", NOON)
            await store.log(replace(SENT, line=f"command {at}"))
        assert await store.lines(LineKind.COMMAND, 10) == ["line 4", "line 3", "line 2"]
        assert await store.lines(LineKind.LAUNCH, 10) == ["run hello"]
        assert [one.line for one in await store.sent(10)] == [f"command {at}" for at in (2, 3, 4)]
        assert [one.line for one in await store.sent(2)] == ["command 3", "command 4"]


async def test_an_unknown_outcome(tmp_path: Path) -> None:
    """What a newer version wrote as an outcome is read as unknown."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        store = SqliteHistoryStore(database)
        await store.log(SENT)
        await database.write(
            lambda connection: connection.execute("UPDATE sent_commands SET outcome = 'odd'")
        )
        assert [one.outcome for one in await store.sent(1)] == [Outcome.UNKNOWN]


@pytest.mark.parametrize("version", [3])
async def test_dumped_history(version: int, tmp_path: Path) -> None:
    """History kept by an older version is still there."""
    path = tmp_path / "state.db"
    load(path, DUMPS / f"state_{version:04}.sql")
    async with open_database(path, STATE) as database:
        store = SqliteHistoryStore(database)
        assert await store.lines(LineKind.COMMAND, 10) == ["runs failed"]
        assert [one.outcome for one in await store.sent(10)] == [Outcome.REFUSED]
        assert list(await store.pins()) == [3]
