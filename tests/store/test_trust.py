"""Trust in state.db: it lasts, and it is never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import Source
from skyforge_tui.store.database import STATE, open_database
from skyforge_tui.store.trust import SqliteTrustStore
from tests.builders import NOON

SOURCE = Source("/srv/edge-fabric/skyforge.toml", "a" * 64)


async def test_trust_lasts(tmp_path: Path) -> None:
    """What was trusted once is trusted after the next start, with who did it and when."""
    path = tmp_path / "state.db"
    async with open_database(path, STATE) as database:
        await SqliteTrustStore(database).trust([SOURCE], "ada", NOON)
    async with open_database(path, STATE) as database:
        assert await SqliteTrustStore(database).trusted() == {(SOURCE.path, SOURCE.sha256)}
        rows = await database.read(
            lambda connection: connection.execute("SELECT * FROM trust").fetchall()
        )
        assert rows == [(SOURCE.path, SOURCE.sha256, "ada", 1773489600000000)]


async def test_trust_is_whole(tmp_path: Path) -> None:
    """When one of several files cannot be trusted, none of them is."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        trust = SqliteTrustStore(database)
        with pytest.raises(Invalid, match="not Unicode"):
            await trust.trust([SOURCE, Source("/srv/\udcff", "b" * 64)], "ada", NOON)
        assert await trust.trusted() == frozenset()
