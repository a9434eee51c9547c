"""A file that cannot be understood is kept under another name, and said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail
from tests.store.database_files import (
    aside,
    filled,
    numbers,
    plain,
)


async def test_a_newer_file(tmp_path: Path) -> None:
    """A file of a newer version is kept beside, whole; a fresh one takes its place."""
    path = tmp_path / "cache.db"
    await filled(path, 3)
    plain(path, f"PRAGMA user_version = {CACHE.latest + 1}")

    async with open_database(path, CACHE) as database:
        (notice,) = database.notices
        assert await numbers(database) == []
    (name,) = aside(path)
    assert name.startswith("cache.db.newer-")
    assert notice.title == "cache.db was set aside"
    assert notice.where == str(path)
    assert str(path.with_name(name)) in notice.body
    assert "newer skyforge" in notice.body
    assert notice.advice
    assert plain(path.with_name(name), "SELECT count(*) FROM runs") == [(3,)]
    async with open_database(path, CACHE) as database:
        assert database.notices == ()


def _spoil_header(path: Path) -> None:
    path.write_bytes(b"this was a database" + path.read_bytes()[19:])


def _spoil_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 40)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("kept")


def _replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _drop_table(path: Path) -> None:
    plain(path, "DROP TABLE templates")


def _forget_version(path: Path) -> None:
    plain(path, "PRAGMA user_version = 0")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_spoil_header, "not a database"),
        (_spoil_page, ""),
        (_cut, "malformed"),
        (_replace_by_folder, "not a regular file"),
        (_replace_by_pipe, "not a regular file"),
        (_drop_table, "disagree: templates"),
        (_forget_version, "but its contents disagree: "),
    ],
)
async def test_an_unreadable_file(
    spoil: Callable[[Path], None], reason: str, tmp_path: Path
) -> None:
    """A file that cannot be understood is kept beside under a new name, and said; work goes on."""
    path = tmp_path / "cache.db"
    await filled(path)
    spoil(path)
    inode = path.stat().st_ino

    async with open_database(path, CACHE) as database:
        (notice,) = database.notices
        assert reason in notice.body
        assert await numbers(database) == []
        await SqliteRunCache(database).write([a_detail(number=5)], [])
    (name,) = aside(path)
    assert name.startswith("cache.db.unreadable-")
    assert path.with_name(name).stat().st_ino == inode
    async with open_database(path, CACHE) as database:
        assert database.notices == ()
        assert await numbers(database) == [5]


def _replace_by_others(path: Path, log: bytes) -> None:
    path.write_bytes(b"x" * 5000)
    Path(f"{path}-wal").write_bytes(log)


async def test_set_aside_twice_in_a_second(tmp_path: Path) -> None:
    """What was set aside before is never overwritten, nor are its companions separated from it."""
    path = tmp_path / "cache.db"
    for count in range(3):
        _replace_by_others(path, b"%d" % count)
        async with open_database(path, CACHE) as database:
            assert len(database.notices) == 1
    assert len([one for one in aside(path) if not one.endswith("-wal")]) == 3
    logs = {path.with_name(one).read_bytes() for one in aside(path) if one.endswith("-wal")}
    assert logs == {b"0", b"1", b"2"}


async def test_a_file_without_content(tmp_path: Path) -> None:
    """An empty file is as good as none."""
    path = tmp_path / "cache.db"
    path.touch()
    await filled(path, 1)
    assert aside(path) == []


async def test_damage_met_while_open(tmp_path: Path) -> None:
    """Damage met on the way is an upstream's failure with advice; the next start sets it aside."""
    path = tmp_path / "cache.db"
    await filled(path)
    async with open_database(path, CACHE) as database:
        _spoil_page(path)
        with pytest.raises(Unavailable, match="damaged") as caught:
            await numbers(database)
        assert "start skyforge again" in caught.value.advice
    async with open_database(path, CACHE) as database:
        assert len(database.notices) == 1
        assert len(aside(path)) == 1
        assert await numbers(database) == []
