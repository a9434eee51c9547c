"""A program that is killed at any step of a put leaves all or nothing, and the next goes on.

Every step is tried: a child is killed as it is about to take it, then another one tries again.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.integrations.object_store.journal import Journal
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.integrations.object_store.uploads import Uploads
from skyforge_tui.integrations.object_store.wire import StoredObject
from tests.object_stores import rclone, rclone_program

STEPS = frozenset({"open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.truncate"})
OLD, NEW = b"old", b"new" * 500_000
PART = 5 << 20
PATIENCE_S = 60
# Python 3.12 and newer: a child needs none of the threads that tests before this one may have left.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
LARGE = os.urandom(1 << 20) * 11


def child(work: Callable[[], object]) -> int:
    """Do something in a child of our own; return 0, its failure as 1, or minus its signal."""
    pid = os.fork()
    if pid:
        status = os.waitpid(pid, 0)[1]
        return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    code = 1
    signal.alarm(PATIENCE_S)
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def killed() -> None:
    """End this program as the kernel does."""
    os.kill(os.getpid(), signal.SIGKILL)


def pieces(data: bytes) -> Iterator[bytes]:
    """Yield bytes in pieces."""
    for start in range(0, len(data), 400_000):
        yield data[start : start + 400_000]


def put_file(root: Path, *, overwrite: bool) -> None:
    """Store the new bytes in a directory, without a thread."""
    client = DirectoryClient(root)
    client._put_file("a/b", pieces(NEW), overwrite, "t1", lambda _: None)


@pytest.mark.parametrize("overwrite", [False, True])
def test_in_a_directory(tmp_path: Path, overwrite: bool) -> None:
    """At every call to the system: the name has the old bytes or the new ones, or is not there."""
    number, is_over = 0, False
    while not is_over:
        number += 1
        root = tmp_path / str(number)
        if overwrite:
            (root / "a").mkdir(parents=True)
            (root / "a/b").write_bytes(OLD)

        def until_killed(root: Path = root, number: int = number) -> None:
            seen = 0

            def hear(event: str, arguments: tuple[Any, ...]) -> None:
                nonlocal seen
                name = str(arguments[0]) if event in STEPS else "/"
                seen += not name.startswith("/") or name.startswith(str(root))
                if seen == number:
                    killed()

            sys.addaudithook(hear)
            put_file(root, overwrite=overwrite)

        is_over = child(until_killed) == 0
        found = (root / "a/b").read_bytes() if (root / "a/b").exists() else b""
        assert found in ((OLD, NEW) if overwrite else (b"", NEW)), number
        if found != NEW:
            assert child(partial(put_file, root, overwrite=overwrite)) == 0, number
        assert (root / "a/b").read_bytes() == NEW
        if not is_over:
            DirectoryClient(root)._files.discard("t1")
        assert [one for one in root.rglob("*") if one.is_file()] == [root / "a/b"], number
    assert number > 8


def put_parts(bucket: Bucket, journal: Path) -> StoredObject:
    """Store many bytes in a bucket."""

    async def work() -> StoredObject:
        asker = BucketAsker(bucket)
        client = S3Client(asker, Journal(journal), part_bytes=PART)
        try:
            return await client.put("a/b", pieces(LARGE), overwrite=True, ticket="t1")
        finally:
            await asker.aclose()

    return asyncio.run(work())


def test_in_a_bucket(tmp_path: Path) -> None:
    """Behind every request: nothing is there or all of it; another try leaves no bytes behind."""
    with rclone(rclone_program(), tmp_path / "s3") as service:
        number, is_over = 0, False
        while not is_over:
            number += 1
            bucket, journal = asyncio.run(service.make()), tmp_path / str(number)
            file = tmp_path / "s3" / bucket.name / "a/b"

            def until_killed(number: int = number, bucket: Bucket = bucket) -> None:
                sent, left = HttpClient.call, number

                async def call(self: HttpClient, *arguments: Any, **more: Any) -> Reply:
                    nonlocal left
                    answer = await sent(self, *arguments, **more)
                    left -= 1
                    if left == 0:
                        killed()
                    return answer

                HttpClient.call = call  # type: ignore[method-assign]
                put_parts(bucket, tmp_path / str(number))

            is_over = child(until_killed) == 0
            assert not file.exists() or file.read_bytes() == LARGE, number
            if not is_over:
                assert child(partial(put_parts, bucket, journal)) == 0, number
            assert file.read_bytes() == LARGE, number
            assert list(journal.glob("*")) == []
            assert asyncio.run(forgotten(bucket)) == 0, number
    assert number >= 5


async def forgotten(bucket: Bucket) -> int:
    """Return how many parts lie in uploads that are not ended."""
    asker = BucketAsker(bucket)
    try:
        told = (await asker.call("GET", {"uploads": ""})).body.decode()
        known = re.findall("<UploadId>(.*?)</UploadId>", told)
        return sum([len(await Uploads(asker).parts("a/b", one)) for one in known])
    finally:
        await asker.aclose()
