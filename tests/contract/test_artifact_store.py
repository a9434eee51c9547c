"""What every ArtifactStore promises: in a directory, in memory, and in buckets."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from skyforge_tui.domain.artifact import ArtifactPage
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, NotSignedIn, Unavailable
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.by_hand import ByHandClient
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from tests.object_stores import (
    LIVE_URL,
    S3Service,
    a_key,
    client_of,
    live_bucket,
)

BIG = 9 << 20
"""Bytes that do not go in one request."""
ODD = "artifacts/edge fabric/1/é #?&+%2F.cfg"
LONGEST = "/".join(["x" * 200] * 5) + "/" + "y" * 19
"""A key of 1,024 bytes."""
BAD = ["", "../x", "a/../../x", "/etc/passwd", "a//b", "a/", "a\0b", "a\nb", ".staging/x", "a/./b"]
BAD += [f"{LONGEST}y", "a/\u202ex", "é" * 513]
KEYS = ["a", "a/b/c", ODD, ".hidden", "x" * 200, LONGEST, "a\\..\\b", "CON/nul.", "U\u0308/~"]


KINDS = ["directory", "memory", "rclone", "rclone by hand",
         pytest.param("ceph", marks=pytest.mark.real)]  # fmt: skip
KINDS += ["live"] if os.environ.get(LIVE_URL) else []


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ArtifactStore]:
    """Give an empty store."""
    if request.param == "directory":
        yield ObjectArtifactStore("local", DirectoryClient(tmp_path / "store"))
        return
    if request.param == "memory":
        yield ObjectArtifactStore("local", ObjectClient(MemoryStore(), is_sorted=True))
        return
    if request.param == "live":
        bucket = live_bucket()
    else:
        service: S3Service = request.getfixturevalue(f"{request.param.split()[0]}_service")
        bucket = await service.make()
    client = client_of(bucket)
    if "by hand" in request.param:  # as where there is a jump host, or a pinned certificate
        client = ByHandClient(client.asker)
    yield ObjectArtifactStore("local", client)
    if request.param == "live":
        left = await client.page("", deep=True, after="", limit=1000)
        for one in left.objects:
            await client.delete(one.key)
    await client.asker.aclose()


async def fill(store: ArtifactStore, *keys: str) -> None:
    """Put something under each key."""
    for key in keys:
        await store.put(key, key.encode())


async def everything(store: ArtifactStore, key: str, start: int = 0, etag: str = "") -> bytes:
    """Return all bytes of an object, or those from `start`."""
    async with aclosing(store.stream(key, start=start, etag=etag)) as chunks:
        return b"".join([chunk async for chunk in chunks])


def names(page: ArtifactPage) -> tuple[tuple[str, ...], list[str]]:
    """Return the folders and the keys of a page."""
    return page.folders, [one.key for one in page.artifacts]


@pytest.mark.parametrize("key", KEYS)
async def test_put_and_read(store: ArtifactStore, key: str) -> None:
    """What was put is read back; size, time and checksum are told."""
    stored = await store.put(key, b"hello")
    assert (stored.store, stored.key, stored.size) == ("local", key, 5)
    assert stored.checksum == hashlib.sha256(b"hello").hexdigest()
    assert abs(stored.modified_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert await everything(store, key) == b"hello"
    head = await store.head(key)
    assert (head.key, head.size, head.modified_at) == (key, 5, stored.modified_at)
    (listed,) = (await store.page("", deep=True)).artifacts
    assert (listed.key, listed.size, listed.etag) == (key, 5, head.etag)


async def test_read_ranges(store: ArtifactStore) -> None:
    """A part is read without the rest; behind the end there is nothing."""
    await store.put("a", b"0123456789")
    await store.put("empty", b"")
    assert await store.read("a", 0, 4) == b"0123"
    assert await store.read("a", 8, 100) == b"89"
    assert await store.read("a", 10, 1) == b""
    assert await store.read("a", 99, 1) == b""
    assert await store.read("empty", 0, 10) == b""
    assert await everything(store, "empty") == b""


async def test_nothing_is_overwritten_unasked(store: ArtifactStore) -> None:
    """An object is replaced only by whoever says so."""
    await store.put("a", b"one")
    with pytest.raises(Conflict, match="already"):
        await store.put("a", b"two")
    assert await everything(store, "a") == b"one"
    await store.put("a", b"two", overwrite=True)
    assert await everything(store, "a") == b"two"


def pieces(size: int, letter: bytes = b"x") -> Iterator[bytes]:
    """Yield that many bytes in pieces of an odd size."""
    left = size
    while left > 0:
        piece = letter * min(left, 700_001)
        left -= len(piece)
        yield piece


async def test_large_objects(store: ArtifactStore) -> None:
    """What comes in pieces is stored whole, with its checksum, under the same rules."""
    stored = await store.put("big", pieces(BIG))
    assert stored.size == BIG
    assert stored.checksum == hashlib.sha256(b"x" * BIG).hexdigest()
    with pytest.raises(Conflict):
        await store.put("big", pieces(BIG, b"y"))
    assert await store.read("big", BIG - 3, 10) == b"xxx"
    await store.put("big", pieces(BIG, b"z"), overwrite=True)
    assert await everything(store, "big") == b"z" * BIG
    assert await everything(store, "big", start=BIG - 3) == b"zzz"
    assert names(await store.page("", deep=True)) == ((), ["big"])


@pytest.mark.parametrize("size", [0, 1 << 20, BIG])
async def test_whole_or_not_at_all(store: ArtifactStore, size: int) -> None:
    """When the source breaks, nothing is stored and its own failure comes out."""

    def breaking() -> Iterator[bytes]:
        yield from pieces(size)
        raise Unavailable("the cable was pulled")

    await store.put("kept", b"old")
    for key in ("a", "kept"):
        with pytest.raises(Unavailable, match="cable"):
            await store.put(key, breaking(), overwrite=True)
    assert await everything(store, "kept") == b"old"
    assert names(await store.page("", deep=True)) == ((), ["kept"])


async def test_only_one_creates(store: ArtifactStore, request: pytest.FixtureRequest) -> None:
    """Of several who create the same object at once, one does; the others are told."""
    if "rclone" in request.node.name:
        pytest.skip("rclone 1.75 does not know If-None-Match")
    answers = await asyncio.gather(
        *(store.put("a", f"{n}".encode()) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in answers) == 7


async def test_levels(store: ArtifactStore) -> None:
    """One level shows folders and objects, sorted; a prefix means a folder, not a beginning."""
    await fill(store, "a/1", "a/2/x", "a/2/y", "a/10", "ab", "b/c/d")
    assert names(await store.page("")) == (("a", "b"), ["ab"])
    assert names(await store.page("a")) == (("a/2",), ["a/1", "a/10"])
    assert names(await store.page("a/")) == (("a/2",), ["a/1", "a/10"])
    assert names(await store.page("nothing/here")) == ((), [])
    assert names(await store.page("", deep=True)) == (
        (), ["a/1", "a/10", "a/2/x", "a/2/y", "ab", "b/c/d"],
    )  # fmt: skip


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages(store: ArtifactStore, deep: bool, limit: int) -> None:
    """Page by page, everything comes once and in order."""
    keys = ["p/a", "p/b/1", "p/b/2", "p/c", "p/d/1", "p/é", "q"]
    await fill(store, *keys)
    found: list[str] = []
    after, is_more = "", True
    while is_more:
        page = await store.page("p", deep=deep, after=after, limit=limit)
        assert len(page.folders) + len(page.artifacts) <= limit
        found += sorted([*page.folders, *(one.key for one in page.artifacts)])
        after, is_more = page.last, page.is_more
    assert found == (keys[:6] if deep else ["p/a", "p/b", "p/c", "p/d", "p/é"])


async def test_copy(store: ArtifactStore) -> None:
    """A copy is an object of its own."""
    await store.put("a", b"one")
    await store.copy("a", "b/c")
    await store.put("a", b"two", overwrite=True)
    assert await everything(store, "b/c") == b"one"
    with pytest.raises(Conflict):
        await store.copy("a", "b/c")
    await store.copy("a", "b/c", overwrite=True)
    await store.delete("a")
    assert await everything(store, "b/c") == b"two"
    with pytest.raises(NotFound):
        await store.copy("nothing", "x")


async def test_delete(store: ArtifactStore) -> None:
    """A removed object is gone, and so is a folder that held nothing else."""
    await fill(store, "a/b/c")
    await store.delete("a/b/c")
    assert names(await store.page("")) == ((), [])
    with pytest.raises(NotFound, match="no artifact a/b/c"):
        await store.delete("a/b/c")


async def test_missing(store: ArtifactStore) -> None:
    """What is not there is said to be not there, whatever is asked of it."""
    await fill(store, "folder/x")
    for key in ("a", "folder"):
        with pytest.raises((NotFound, Invalid)):
            await store.head(key)
        with pytest.raises((NotFound, Invalid)):
            await store.read(key, 0, 1)
        with pytest.raises((NotFound, Invalid)):
            await everything(store, key)


async def test_another_version_is_told(
    store: ArtifactStore, request: pytest.FixtureRequest
) -> None:
    """Who goes on with an object that was replaced meanwhile is told, and gets nothing of it."""
    if "rclone" in request.node.name:
        pytest.skip("rclone 1.75 does not know If-Match")
    first = await store.put("a", b"0123456789")
    assert await everything(store, "a", start=4, etag=first.etag) == b"456789"
    await store.put("a", b"another one", overwrite=True)
    with pytest.raises(Conflict, match="changed meanwhile"):
        await everything(store, "a", start=4, etag=first.etag)


async def test_many_are_cleared(store: ArtifactStore) -> None:
    """Many objects are removed at once; those that are gone already disturb nobody."""
    await fill(store, "a/1", "a/2", "b")
    await store.clear(["a/1", "a/2", "a/3"])
    assert names(await store.page("", deep=True)) == ((), ["b"])


@pytest.mark.parametrize(
    "key",
    [
        f"{LONGEST}y",
        "",
        "../x",
        "a/../../x",
        "/etc/passwd",
        "a//b",
        "a/",
        "a\0b",
        "a\nb",
        ".staging/x",
    ],
)
async def test_keys_stay_inside(store: ArtifactStore, key: str) -> None:
    """A key that leads out of the store is refused by every call."""
    await fill(store, "good")
    calls = (
        store.head(key), store.read(key, 0, 1), everything(store, key), store.put(key, b"x"),
        store.delete(key), store.copy(key, "b"), store.copy("good", key),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(Invalid):
            await call
    assert names(await store.page("", deep=True)) == ((), ["good"])


@pytest.mark.real
async def test_a_clock_that_is_wrong(ceph_service: S3Service) -> None:
    """Where this machine's clock is wrong by an hour, that is named as the reason."""
    bucket = await ceph_service.make()
    asker = BucketAsker(bucket, now=lambda: datetime.now(UTC) - timedelta(hours=1))
    store = ObjectArtifactStore("labs", S3Client(asker))
    with pytest.raises(Unavailable, match="clock") as caught:
        await store.page("")
    assert "set this machine's clock" in caught.value.advice
    await asker.aclose()


@pytest.mark.real
async def test_keys_that_are_wrong(ceph_service: S3Service) -> None:
    """A real service's refusals are told in the same words whatever was asked."""
    right = await ceph_service.make()
    for bucket, error, words in (
        (replace(right, secret_key=a_key("WRONG", "wrong")), NotSignedIn, "secret key"),
        (replace(right, access_key=a_key("NOBODY", "nobody")), NotSignedIn, "access key"),
        (replace(right, name="gone"), Unavailable, "bucket is not there"),
    ):
        client = client_of(bucket)
        store = ObjectArtifactStore("labs", client)
        for call in (store.page(""), store.head("a"), store.put("a", b"x"), store.delete("a")):
            with pytest.raises(error, match=words):
                await call
        await client.asker.aclose()
