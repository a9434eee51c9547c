"""Without permission or space one reads on, and knows what is not remembered."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.database import CACHE, STATE, Schema, open_database
from skyforge_tui.store.runs import SqliteRunCache
from tests.builders import a_detail
from tests.store.database_files import (
    PATIENCE_S,
    aside,
    filled,
    numbers,
    python,
)


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """Be somebody without special powers, and return an empty folder of theirs."""
    me, somebody = os.geteuid(), 65534
    with tempfile.TemporaryDirectory(prefix="sky-") as name:
        folder = Path(name) / "state"
        folder.mkdir()
        if me == 0:
            Path(name).chmod(0o755)
            os.chown(folder, somebody, -1)
            os.seteuid(somebody)
        try:
            yield folder
        finally:
            os.seteuid(me)
            folder.chmod(0o755)


def _lock_up(path: Path) -> None:
    path.write_bytes(b"secret")
    path.chmod(0)


async def test_a_file_one_may_not_read(ordinary: Path) -> None:
    """A file without read permission is set aside, for its folder is one's own."""
    path = ordinary / "state.db"
    _lock_up(path)
    async with open_database(path, STATE) as database:
        (notice,) = database.notices
        assert "Permission to read it is denied" in notice.body
        assert "Trust given before is not known." in notice.body
        assert not database.is_in_memory
    assert len(aside(path)) == 1


def _protect_files(path: Path) -> None:
    for one in path.parent.iterdir():
        one.chmod(0o400)


def _protect_database(path: Path) -> None:
    path.chmod(0o400)


def _protect_folder(path: Path) -> None:
    path.parent.chmod(0o500)


def _protect_bare_folder(path: Path) -> None:
    for suffix in ("lock", "in-use"):
        Path(f"{path}.{suffix}").unlink()
    path.parent.chmod(0o500)


@pytest.mark.parametrize(
    "protect", [_protect_files, _protect_database, _protect_folder, _protect_bare_folder]
)
async def test_what_one_may_not_write(protect: Callable[[Path], None], ordinary: Path) -> None:
    """A file or folder without write permission still reads, and says what is not remembered."""
    path = ordinary / "cache.db"
    await filled(path, 3)
    protect(path)
    before = path.read_bytes()

    async with open_database(path, CACHE) as database:
        (notice,) = database.notices
        assert database.is_in_memory
        assert "What was remembered can be read." in notice.body
        assert notice.title == "cache.db cannot be used"
        assert str(ordinary) in notice.advice
        assert await numbers(database) == [0, 1, 2]
        await SqliteRunCache(database).write([a_detail(number=9)], [])
        assert await numbers(database) == [0, 1, 2, 9]
    assert path.read_bytes() == before
    assert aside(path) == []


@pytest.mark.parametrize("schema", [CACHE, STATE])
async def test_a_folder_that_cannot_be(schema: Schema, tmp_path: Path) -> None:
    """Where no folder can be made, one works in memory and knows it."""
    (tmp_path / "file").touch()
    async with open_database(tmp_path / "file" / "some.db", schema) as database:
        assert database.is_in_memory
        in_the_way = f"{tmp_path / 'file'} is no folder, and one is needed there."
        assert in_the_way in database.notices[0].body
        assert "Nothing new is remembered" in database.notices[0].body
        assert "was remembered" not in database.notices[0].body


async def test_no_space_at_the_start(tmp_path: Path) -> None:
    """On a disk without space the cache still reads, and writes only in memory."""
    path = tmp_path / "cache.db"
    await filled(path, 3)
    script = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
async def main():
    async with open_database(path, CACHE) as database:
        runs = SqliteRunCache(database)
        await runs.write([a_detail(number=9)], [])
        say(f"{len(await runs.newest())} {database.is_in_memory} {len(database.notices)}")
asyncio.run(main())
"""
    answer, _ = python(script, path).communicate(timeout=PATIENCE_S)
    assert answer == "4 True 1\n"
    async with open_database(path, CACHE) as database:
        assert await numbers(database) == [0, 1, 2]


async def test_no_space_on_the_way(tmp_path: Path) -> None:
    """A write that finds no space fails whole, says where, and reading goes on."""
    path = tmp_path / "cache.db"
    async with open_database(path, CACHE) as database:
        runs = SqliteRunCache(database)
        await runs.write([a_detail(number=1)], [])
        await database.read(lambda c: c.execute("PRAGMA max_page_count = 1").fetchall())
        with pytest.raises(Unavailable, match="no space left") as caught:
            await runs.write([a_detail(number=n) for n in range(2, 500)], [])
        assert str(path) in str(caught.value)
        assert str(tmp_path) in caught.value.advice
        assert await numbers(database) == [1]
