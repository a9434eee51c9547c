"""What a real service refuses is told in a sentence with a way on; then the same goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Forbidden, NotSignedIn, SkyforgeError, Unavailable
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.journal import Journal
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.ports.artifact_store import Ticket
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from tests.fakes.waiting import until
from tests.object_stores import ACCESS, SECRET, S3Service, a_key

pytestmark = pytest.mark.real
PART = 5 << 20
DATA = os.urandom(1 << 20) * 12


class Stores:
    """Opens buckets, and closes them in the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.askers: list[BucketAsker] = []

    def of(self, bucket: Bucket) -> ObjectArtifactStore:
        """Open a bucket."""
        self.askers.append(BucketAsker(bucket))
        client = S3Client(self.askers[-1], Journal(self._folder / "uploads"), part_bytes=PART)
        return ObjectArtifactStore("lab", client)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Give what opens buckets."""
    stores = Stores(tmp_path)
    yield stores
    for one in stores.askers:
        await one.aclose()


def pieces() -> Iterator[bytes]:
    """Yield bytes that do not go in one request."""
    for start in range(0, len(DATA), 1 << 20):
        yield DATA[start : start + (1 << 20)]


async def refused(store: ObjectArtifactStore, error: type[SkyforgeError], words: str) -> str:
    """Return what one is told to do when neither a small nor a large object can be stored."""
    advice = set()
    for source in (b"small", pieces()):
        with pytest.raises(error, match=words) as caught:
            await store.put("a/x", source, ticket=Ticket("t1"))
        advice.add(caught.value.advice)
    (one,) = advice
    return one


async def goes_on(store: ObjectArtifactStore, at_least: int = 0) -> None:
    """See that the same can be stored now, that all of it is there, and nothing else.

    What an earlier try has brought is not sent again: as many bytes `at_least`.
    """
    kept: list[int] = []
    await store.put("a/x", pieces(), ticket=Ticket("t1", len(DATA), kept.append))
    assert sum(kept) >= at_least
    assert await store.read("a/x", 0, len(DATA)) == DATA
    assert [one.key for one in (await store.page("", deep=True)).artifacts] == ["a/x"]
    assert await store.left() == ()


async def test_keys_that_are_withdrawn(ceph_service: S3Service, stores: Stores) -> None:
    """Keys that are withdrawn while bytes move break it off; with them back it goes on."""
    store = stores.of(await ceph_service.make())

    def withdrawing() -> Iterator[bytes]:
        for number, piece in enumerate(pieces()):
            yield piece
            if number == 10:
                ceph_service.admin("key", "rm", "--access-key", ACCESS)

    try:
        with pytest.raises(NotSignedIn, match="access key is not known") as caught:
            await store.put("a/x", withdrawing(), ticket=Ticket("t1"))
        assert "correct its keys" in caught.value.advice
    finally:
        ceph_service.admin(
            "key", "create", "--uid", "ada", "--access-key", ACCESS, "--secret-key", SECRET
        )
    await goes_on(store, at_least=PART)


async def test_a_bucket_that_is_gone(ceph_service: S3Service, stores: Stores) -> None:
    """A bucket that is not there is named as the reason; when it is made, the same goes."""
    bucket = ceph_service.bucket("labs-gone")
    store = stores.of(bucket)
    assert "check its name" in await refused(store, Unavailable, "the bucket is not there")
    await stores.askers[0].call("PUT", {})
    await goes_on(store)


async def test_a_secret_that_is_wrong(ceph_service: S3Service, stores: Stores) -> None:
    """A wrong secret is told as that; corrected where it is kept, the same goes at once."""
    bucket = await ceph_service.make()
    store = stores.of(replace(bucket, secret_key=a_key("TURNED", "wrong")))
    assert "correct its keys" in await refused(store, NotSignedIn, "secret key is not the right")
    a_key("TURNED", SECRET)
    await goes_on(store)


async def test_a_bucket_of_somebody_else(ceph_service: S3Service, stores: Stores) -> None:
    """Who may not write in a bucket is told so, and whom to ask."""
    words = ("--access-key", "eve-key", "--secret-key", "eve-secret")
    ceph_service.admin("user", "create", "--uid", "eve", "--display-name", "eve", *words)
    bucket = await ceph_service.make()
    key, secret = a_key("EVE", "eve-key"), a_key("EVES", "eve-secret")
    store = stores.of(replace(bucket, access_key=key, secret_key=secret))
    assert "ask whoever" in await refused(store, Forbidden, "these keys may not do that")
    with pytest.raises(Forbidden, match="these keys may not do that"):
        await store.page("")
    await goes_on(stores.of(bucket))


async def test_a_quota(ceph_service: S3Service, stores: Stores) -> None:
    """A bucket that is full is told with a way on; with room made, the same goes on."""
    bucket = await ceph_service.make()
    store = stores.of(bucket)
    quota = ("--quota-scope", "bucket", "--bucket", bucket.name)
    ceph_service.admin("quota", "set", *quota, "--max-size", "1024")
    ceph_service.admin("quota", "enable", *quota)
    with pytest.raises(Unavailable, match="no room left in it") as caught:
        await store.put("a/x", pieces(), ticket=Ticket("t1"))
    assert "make room there" in caught.value.advice
    ceph_service.admin("quota", "disable", *quota)
    await goes_on(store)


KILLED = """
import asyncio, sys
from pathlib import Path
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.journal import Journal
from skyforge_tui.integrations.object_store.s3 import S3Client
from tests.fakes.waiting import until
from tests.object_stores import ACCESS, SECRET, a_key
url, name, folder, file = sys.argv[1:]
def source():
    with open(file, "rb") as data:
        while piece := data.read(1 << 20):
            yield piece
            if data.tell() >= 11 << 20:
                print("ready", flush=True)
                sys.stdin.read()
async def main():
    keys = {"access_key": a_key("ACCESS", ACCESS), "secret_key": a_key("SECRET", SECRET)}
    client = S3Client(BucketAsker(Bucket(name, url, **keys)), Journal(Path(folder)),
                      part_bytes=5 << 20)
    await client.put("a/x", source(), overwrite=False, ticket="t1")
asyncio.run(main())
"""


async def test_killed(ceph_service: S3Service, stores: Stores, tmp_path: Path) -> None:
    """Of a program that was killed no object is there; the next sends only what is missing."""
    bucket = await ceph_service.make()
    (tmp_path / "file").write_bytes(DATA)
    words = [sys.executable, "-c", KILLED, bucket.endpoint, bucket.name, f"{tmp_path}/uploads"]
    with subprocess.Popen(  # noqa: ASYNC220 - it is there before anything is awaited
        [*words, f"{tmp_path}/file"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
            await until(lambda: any(noted(one) == 2 for one in (tmp_path / "uploads").glob("*")))
        finally:
            program.kill()
    store = stores.of(bucket)
    assert (await store.page("", deep=True)).artifacts == ()
    (left,) = await store.left()
    assert (left.ticket, left.key, left.size) == ("t1", "a/x", 2 * PART)
    await goes_on(store, at_least=2 * PART)


def noted(file: Path) -> int:
    """Return how many parts are noted as being there."""
    return file.read_bytes().count(b"etag")
