"""A directory store is left by no link, hides what is half written, and fails in few words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore import exceptions

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.client import STAGING
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.wire import failure
from tests.disks import small_disk


async def keys_of(client: DirectoryClient) -> list[str]:
    """Return all keys."""
    listing = await client.page("", deep=True, after="", limit=100)
    return [one.key for one in listing.objects]


async def test_links_lead_nowhere(tmp_path: Path) -> None:
    """A link among the files is no object and no folder, whoever put it there."""
    client = DirectoryClient(tmp_path / "store")
    await client.put("a/x", b"x", overwrite=False)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tmp_path / "store/a/file").symlink_to(outside / "secret")
    (tmp_path / "store/a/folder").symlink_to(outside)
    os.mkfifo(tmp_path / "store/a/pipe")
    assert await keys_of(client) == ["a/x"]
    level = await client.page("a", deep=False, after="", limit=100)
    assert (level.folders, [one.key for one in level.objects]) == ((), ["a/x"])
    for key in ("a/file", "a/folder/secret", "a/folder/new", "a/pipe", "a/x/below"):
        for call in (client.head(key), client.read(key, 0, 9), client.delete(key)):
            with pytest.raises(TransportError) as caught:
                await call
            assert caught.value.kind in ("invalid", "missing")
        with pytest.raises(TransportError, match=r"link|not a directory|no file"):
            await client.put(key, b"new", overwrite=True)
    assert sorted(one.name for one in outside.iterdir()) == ["secret"]


class SwappedClient(DirectoryClient):
    """Whose folder `a` becomes a link to elsewhere right after it was looked at."""

    def __init__(self, root: Path, outside: Path) -> None:
        super().__init__(root)
        self._outside = outside

    def check(self, key: str) -> None:
        """Look, and let somebody swap it."""
        folder = self._root / "a"
        if folder.is_symlink() and key.startswith("a/"):
            folder.unlink()
            folder.with_name("kept").rename(folder)
        super().check(key)
        if key.startswith("a/"):
            folder.rename(folder.with_name("kept"))
            folder.symlink_to(self._outside)


async def test_swapped_links_lead_nowhere(tmp_path: Path) -> None:
    """A link that comes between looking and opening is not followed: not a byte, not a name."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_text("secret")
    await DirectoryClient(tmp_path / "store").put("a/x", b"mine", overwrite=False)
    await DirectoryClient(tmp_path / "store").put("b", b"mine", overwrite=False)
    client = SwappedClient(tmp_path / "store", outside)
    large = (b"x" * (5 << 20) for _ in range(3))
    for call in (
        client.head("a/x"), client.read("a/x", 0, 99), client.delete("a/x"), client.clear(["a/x"]),
        client.put("a/x", b"new", overwrite=True), client.put("a/new", b"new", overwrite=False),
        client.put("a/big", large, overwrite=False), client.copy("b", "a/new", overwrite=False),
        client.copy("a/x", "c", overwrite=False),
    ):  # fmt: skip
        with pytest.raises(TransportError, match="link"):
            await call
    with pytest.raises(TransportError, match="link"):
        await anext(client.stream("a/x"))
    assert [(one.name, one.read_text()) for one in outside.iterdir()] == [("x", "secret")]
    assert list((tmp_path / "store" / STAGING).iterdir()) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of two megabytes."""
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.mark.real
async def test_a_full_disk(disk: Path) -> None:
    """A full disk is told with a way on; what was there stays, and the retry works.

    With a ticket what came waits and is not written twice; without, nothing is left.
    """
    client = DirectoryClient(disk / "store")
    await client.put("a", b"old", overwrite=False)
    (disk / "ballast").write_bytes(b"x" * (1 << 20))

    def source() -> Iterator[bytes]:
        for number in range(12):
            yield bytes([number]) * (1 << 17)

    for ticket in ("", "t1"):
        with pytest.raises(StoreError, match="no room left") as caught:
            await client.put("a", source(), overwrite=True, ticket=ticket)
        assert "make room" in caught.value.advice
        assert await client.read("a", 0, 9) == b"old"
        assert [one.ticket for one in await client.left()] == ([ticket] if ticket else [])
    (disk / "ballast").unlink()
    kept: list[int] = []
    await client.put("a", source(), overwrite=True, ticket="t1", kept=kept.append)
    assert sum(kept) >= 1 << 19
    assert await client.read("a", 0, 9 << 20) == b"".join(source())
    assert await client.left() == []


async def test_half_written_is_hidden(tmp_path: Path) -> None:
    """What a killed program left is never listed, and removed when it is old."""
    staging = tmp_path / "store" / STAGING
    staging.mkdir(parents=True)
    (staging / "old#1").write_text("half")
    (staging / "young").write_text("half")
    os.utime(staging / "old#1", (1, 1))
    client = DirectoryClient(tmp_path / "store")
    assert await keys_of(client) == []
    assert (await client.page("", deep=False, after="", limit=9)).folders == ()
    assert [one.name for one in staging.iterdir()] == ["young"]


async def test_private(tmp_path: Path) -> None:
    """The directory is made for its owner alone, when it is first needed."""
    client = DirectoryClient(tmp_path / "some/store")
    assert not (tmp_path / "some").exists()
    assert await keys_of(client) == []
    assert (tmp_path / "some/store").stat().st_mode & 0o777 == 0o700


async def test_unwritable(tmp_path: Path) -> None:
    """A place that cannot be a directory is a failure with its name, of whoever asks for it."""
    (tmp_path / "file").write_text("")
    client = DirectoryClient(tmp_path / "file" / "store")
    with pytest.raises(TransportError, match="file"):
        await keys_of(client)


async def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """What the vendor's library cannot do is said in one line without its debugging."""
    client = DirectoryClient(tmp_path)
    await client.put("a/b", b"", overwrite=False)
    for key in ("a", "a/b/c"):
        with pytest.raises(TransportError) as caught:
            await client.put(key, b"", overwrite=True)
        assert "\n" not in caught.value.message
        assert "os error" not in caught.value.message


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (FileNotFoundError("Object at x"), "missing", "there is no such object"),
        (exceptions.AlreadyExistsError("Object"), "exists", "there is one already"),
        (exceptions.PermissionDeniedError("no"), "refused", "no"),
        (exceptions.UnauthenticatedError("who"), "refused", "who"),
        (ValueError('Could not parse path: "a//b"'), "invalid", '"a//b"'),
        (exceptions.GenericError("Generic S3 error: late (os error 5)\n\nDebug"), "failed", "late"),
        (exceptions.GenericError(""), "failed", "GenericError"),
    ],
)
def test_failures(error: Exception, kind: str, words: str) -> None:
    """Every failure of the library has a kind and a first line."""
    told = failure(error)
    assert (told.kind, told.message) == (kind, words)


def test_a_program_ends_well(tmp_path: Path) -> None:
    """A program that ends right after its last answer ends with its own exit code."""
    script = """
import asyncio, sys
from pathlib import Path
from skyforge_tui.integrations.object_store.directory import DirectoryClient
async def main():
    client = DirectoryClient(Path(sys.argv[1]))
    await client.put("a", b"x", overwrite=True)
    await client.page("", deep=True, after="", limit=9)
asyncio.run(main())
sys.exit(7)
"""
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", script, tmp_path], timeout=100, check=False)
        assert done.returncode == 7


async def test_killed_in_the_middle(tmp_path: Path) -> None:
    """A program killed while it stores leaves what was there, whole, and nothing half."""
    script = """
import asyncio, sys, time
from pathlib import Path
from skyforge_tui.integrations.object_store.directory import DirectoryClient
def source():
    for _ in range(20):
        yield b"new" * 500_000
    print("ready", flush=True)
    sys.stdin.read()
async def main():
    await DirectoryClient(Path(sys.argv[1])).put("a/big", source(), overwrite=True)
asyncio.run(main())
"""
    client = DirectoryClient(tmp_path)
    await client.put("a/big", b"old", overwrite=False)
    with subprocess.Popen(  # noqa: ASYNC220 - it is there before anything is awaited
        [sys.executable, "-c", script, tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        finally:
            program.kill()
    assert await keys_of(client) == ["a/big"]
    assert await client.read("a/big", 0, 99) == b"old"
    await client.put("a/big", b"next", overwrite=True)
    assert await client.read("a/big", 0, 99) == b"next"
