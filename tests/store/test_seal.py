"""The key of marks: made once, for its owner only, and never guessed where it is broken."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.seal import Seal
from skyforge_tui.store.seal import FileSealer


async def test_all_programs_share_one_key(tmp_path: Path) -> None:
    """Programs that begin at the same time, and those that come later, mark alike."""
    folder = tmp_path / "state"
    seals = await asyncio.gather(*(FileSealer(folder).seal() for _ in range(8)))
    later = await FileSealer(folder).seal()
    assert {one.mark("a", "b") for one in (*seals, later)} == {later.mark("a", "b")}
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_a_key_that_others_could_read_is_closed(tmp_path: Path) -> None:
    """Whatever a copy made of its mode, the key is for its owner only once it was used."""
    await FileSealer(tmp_path).seal()
    key = tmp_path / "sync.key"
    key.chmod(0o644)
    await FileSealer(tmp_path).seal()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
async def test_what_is_no_key_is_refused(tmp_path: Path, data: bytes) -> None:
    """A file that holds something else is named, and not written over."""
    key = tmp_path / "sync.key"
    key.write_bytes(data)
    with pytest.raises(Unavailable, match="holds no key"):
        await FileSealer(tmp_path).seal()
    assert key.read_bytes() == data


async def test_another_state_directory_marks_otherwise(tmp_path: Path) -> None:
    """Marks of two keys, two names or two values are never the same."""
    one, two = [await FileSealer(tmp_path / name).seal() for name in "ab"]
    assert len({one.mark("a", "b"), two.mark("a", "b"), one.mark("a", "c"), one.mark("c", "b"),
                one.mark("ab", ""), one.mark("", "ab")}) == 6  # fmt: skip
    assert "key" not in repr(Seal(b"key" * 11))
