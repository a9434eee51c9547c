"""What was muted outlives the program, and does not grow for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from skyforge_tui.store.database import STATE, open_database
from skyforge_tui.store.mutes import MOST_MUTED, SqliteMuteStore
from tests.builders import NOON


async def test_mutes_last(tmp_path: Path) -> None:
    """Muted keys are there after the next start, until they are unmuted."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        await SqliteMuteStore(database).mute(["run:local:1:lost", "upstream:nl-1@x"], NOON)
    async with open_database(tmp_path / "state.db", STATE) as database:
        store = SqliteMuteStore(database)
        assert await store.muted() == {"run:local:1:lost", "upstream:nl-1@x"}
        await store.unmute(["run:local:1:lost", "nobody"])
        assert await store.muted() == {"upstream:nl-1@x"}


async def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    """Beyond the bound the oldest go; muting a key again makes it young."""
    async with open_database(tmp_path / "state.db", STATE) as database:
        store = SqliteMuteStore(database)
        await store.mute(["old", "older"], NOON)
        await store.mute([str(number) for number in range(MOST_MUTED - 1)], NOON + timedelta(1))
        await store.mute(["old"], NOON + timedelta(2))
        muted = await store.muted()
        assert len(muted) == MOST_MUTED
        assert "old" in muted
        assert "older" not in muted
