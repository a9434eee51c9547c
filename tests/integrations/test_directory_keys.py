"""Whatever a key, a name or a link in a directory store is: nothing outside is touched or told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.artifact import why_bad
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.client import STAGING
from skyforge_tui.integrations.object_store.directory import DirectoryClient

LETTERS = "aAé\u0301éß./\\~$#:*?%1 \u202e\x00\n🙂"
KEYS = st.lists(st.text(LETTERS, max_size=5), min_size=1, max_size=5).map("/".join)
LONG = "/".join(["é" * 100] * 5)


async def listed(client: DirectoryClient, *, deep: bool = True, limit: int = 100) -> list[str]:
    """Return all keys, or what one level shows, page by page; folders have their slash."""
    found: list[str] = []
    for _ in range(100):
        after = found[-1] if found else ""
        page = await client.page("", deep=deep, after=after, limit=limit)
        found += sorted([*(f"{one}/" for one in page.folders), *(one.key for one in page.objects)])
        if not page.is_more:
            return found
    raise AssertionError(f"there is no end: {found[-3:]}")


@settings(max_examples=60, deadline=None)
@given(KEYS)
@example("..")
@example("a/../../b")
@example("/etc/passwd")
@example("a\\..\\..\\b")
@example("CON/nul.")
@example(LONG + "/" + "x" * (1024 - len(LONG.encode()) - 1))
@example(LONG + "/" + "x" * (1025 - len(LONG.encode()) - 1))
def test_any_key(key: str) -> None:
    """A key is refused, or it is stored, listed and read as it is, below the root alone."""

    async def work(base: Path) -> None:
        client = DirectoryClient(base / "in" / "store")
        is_bad = bool(why_bad(key)) or key.split("/")[0] in (STAGING, ".sums")
        try:
            await client.put(key, b"mine", overwrite=False)
        except (TransportError, ValueError):
            assert is_bad
            assert await listed(client) == []
        else:
            assert is_bad or await listed(client) == [key]
            assert await client.read(key, 0, 9) == b"mine"
            with pytest.raises(TransportError):
                await client.put(key, b"other", overwrite=False)
            await client.delete(key)

    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        asyncio.run(work(base))
        assert [one for one in base.rglob("*") if one.is_file() or one.is_symlink()] == []
        assert [one.name for one in base.iterdir()] == ["in"]


NAMES = st.text("aA0-. é", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))


@settings(max_examples=40, deadline=None)
@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=12))
@example({"a", "a-/x", "a./y", "a0"})
@example({"a/x", "a-", "a.", "a0"})
@example({"a/.-/x", "a/..-/x", "..-", "a/..0/y"})
def test_pages_in_the_order_of_keys(keys: set[str]) -> None:
    """However few come at a time, all come once, in the order of keys, as a bucket tells them."""

    async def work(folder: Path) -> None:
        client = DirectoryClient(folder)
        there = set()
        for key in sorted(keys):
            with contextlib.suppress(TransportError):  # a file where a folder would have to be
                await client.put(key, b"", overwrite=False)
                there.add(key)
        heads = {key.partition("/")[0] + "/" * ("/" in key) for key in there}
        for limit in (1, 2, 100):
            assert await listed(client, limit=limit) == sorted(there)
            assert await listed(client, deep=False, limit=limit) == sorted(heads)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(work(Path(folder)))


async def test_twins_stay_apart(tmp_path: Path) -> None:
    """Keys that look alike are objects of their own, or one of them is refused: none is lost."""
    client = DirectoryClient(tmp_path / "store")
    twins = ["a/Über", "a/über", "a/U\u0308ber", "a/u\u0308ber", "a/x", "a/x.", "a/x "]
    stored = []
    for key in twins:
        with contextlib.suppress(TransportError):  # a disk that takes them for one
            await client.put(key, key.encode(), overwrite=False)
            stored.append(key)
    assert twins[0] in stored
    assert await listed(client, limit=2) == sorted(stored)
    for key in stored:
        assert await client.read(key, 0, 99) == key.encode()


async def test_a_link_for_a_staging_folder(tmp_path: Path) -> None:
    """Where the hidden folder is a link, nothing is written or swept behind it."""
    outside, root = tmp_path / "outside", tmp_path / "store"
    outside.mkdir()
    root.mkdir()
    (outside / "old").write_text("theirs")
    os.utime(outside / "old", (1, 1))
    (root / STAGING).symlink_to(outside)
    client = DirectoryClient(root)
    for call in (client.put("a", b"x", overwrite=True), client.left(), client.drop("old")):
        with pytest.raises(TransportError, match="link"):
            await call
    assert [(one.name, one.read_text()) for one in outside.iterdir()] == [("old", "theirs")]
    (root / STAGING).unlink()
    (root / STAGING).mkdir()
    for name, goal in (("t1", outside / "old"), ("t2", root / "gone")):
        (root / STAGING / name).symlink_to(goal)
    os.mkfifo(root / STAGING / "t3")
    for ticket in ("t1", "t2"):
        with pytest.raises(TransportError, match="link"):
            await client.put("a", b"x", overwrite=True, ticket=ticket)
    await client.put("a", b"x", overwrite=True, ticket="t3")
    assert await client.left() == []
    assert (outside / "old").read_text() == "theirs"
    assert not (root / "gone").exists()


async def test_a_name_that_somebody_else_has(tmp_path: Path) -> None:
    """A hidden file that has another name as well is not written into."""
    root = tmp_path / "store"
    (root / STAGING).mkdir(parents=True)
    (tmp_path / "theirs").write_text("theirs")
    (root / STAGING / "t1").hardlink_to(tmp_path / "theirs")
    await DirectoryClient(root).put("a", b"mine", overwrite=False, ticket="t1")
    assert ((tmp_path / "theirs").read_text(), (root / "a").read_text()) == ("theirs", "mine")


async def test_swapped_while_it_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that becomes a link between being seen and being opened shows nothing of there."""
    outside, root = tmp_path / "outside", tmp_path / "store"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    client = DirectoryClient(root)
    for key in ("a/x", "b/y"):
        await client.put(key, b"mine", overwrite=False)
    opened = os.open

    def swapped(path: str, *arguments: int, dir_fd: int | None = None) -> int:
        if path == "a" and not (root / "a").is_symlink():
            (root / "a").rename(root / "kept")
            (root / "a").symlink_to(outside)
        return opened(path, *arguments, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swapped)
    assert await listed(client) == ["b/y"]
    with pytest.raises(TransportError, match="link"):
        await client.page("a", deep=False, after="", limit=9)
