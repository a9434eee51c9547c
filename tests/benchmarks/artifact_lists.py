"""Measure the first page of a prefix with a million keys, beside one bare request for it.

    python -m tests.benchmarks.artifact_lists [KEYS [FOLDER]]

In a directory the peer is the name of every file, sorted, and the first thousand looked at. In a
bucket of Ceph (Debian radosgw) it is one ListObjectsV2 of the library, of a thousand keys: beside
it stand as many of ours, and those that the Artifacts place asks for first. A pretended service
that answers at once shows what we add to the request alone, whose answer nobody reads. Taken in
turns and compared by medians; it reports and never gates. FOLDER is where a million files may lie
for a while.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from time import perf_counter

import obstore

from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.integrations.object_store.opening import opened
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.tui.screens.artifacts.store_view import FIRST_ROWS
from tests.loopback import reply, serving
from tests.object_stores import S3Service, a_key, ceph

PAGE = 1000
ROUNDS = 15


def fill(folder: Path, count: int) -> None:
    """Make so many empty files."""
    folder.mkdir(parents=True)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for number in range(count):
        os.close(os.open(f"{number:07d}", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def looked_at(folder: Path) -> list[os.stat_result]:
    """Return what a directory says of its first thousand files, in the order of their names."""
    names = sorted(os.listdir(folder))[:PAGE]  # noqa: PTH208 - the cheapest there is
    return [(folder / name).lstat() for name in names]


async def in_turns(
    name: str, ours: Callable[[], Awaitable[object]], bare: Callable[[], Awaitable[object]]
) -> None:
    """Print the medians of both."""
    times: tuple[list[float], list[float]] = ([], [])
    await ours()
    for _ in range(ROUNDS):
        for work, taken in zip((bare, ours), times, strict=True):
            began = perf_counter()
            await work()
            taken.append(perf_counter() - began)
    theirs, mine = (statistics.median(one) for one in times)
    least = min(times[1]) / min(times[0])
    sys.stdout.write(
        f"{name:<24}ours {mine * 1000:>8.1f} ms  bare {theirs * 1000:>8.1f} ms"
        f"  ratio {mine / theirs:>5.2f}, of the quickest {least:.2f} (bar 1.20)\n"
    )
    sys.stdout.flush()


async def measure(base: Path, count: int) -> None:
    """Measure both stores on the same files."""
    folder = base / "many"
    fill(folder, count)
    store = ObjectArtifactStore("directory", DirectoryClient(base))
    last = f"many/{count // 2:07d}"

    async def bare() -> object:
        return await asyncio.to_thread(looked_at, folder)

    await in_turns("directory, first page", lambda: store.page("many", limit=PAGE), bare)
    await in_turns(
        "directory, in the middle", lambda: store.page("many", after=last, limit=PAGE), bare
    )
    await in_turns("directory, to the bottom", lambda: store.page("", deep=True, limit=PAGE), bare)
    if shutil.which("radosgw"):
        with ceph(base / "ceph") as real:
            await on_a_service(real, count)
    else:
        sys.stdout.write("a bucket of Ceph: left out, radosgw is not here\n")
    answering = serving(lambda _: answer())
    async with answering as service:
        one = Bucket("labs", service.url, access_name="ada", secret_key=a_key("SECRET", "b"))
        asker = BucketAsker(one)
        bucket = ObjectArtifactStore("s3", S3Client(asker))
        query = {"list-type": "2", "max-keys": str(PAGE), "prefix": "many/", "delimiter": "/"}
        await in_turns(
            "bucket, first page", lambda: bucket.page("many", limit=PAGE),
            lambda: asker.call("GET", query),
        )  # fmt: skip
        pages = ROUNDS + 1
        sys.stdout.write(f"requests for {pages} pages: {len(service.asked) - ROUNDS}\n")
        await asker.aclose()


async def on_a_service(service: S3Service, count: int) -> None:
    """Measure a bucket of a real service against one request of the library to it."""
    place = await service.make()
    asker = BucketAsker(place)
    client = S3Client(asker)
    library = opened(place, await asker.keys())
    key = "many/9999999"
    await client.put(key, b"x", overwrite=False)
    told = json.loads(service.admin("bucket", "stats", "--bucket", place.name))
    program = Path(__file__).with_name("ceph_index.py")
    words = ["/usr/bin/python3", str(program), str(service.conf), told["id"], key, str(count)]
    await asyncio.to_thread(subprocess.run, words, check=True)
    bucket = ObjectArtifactStore("s3", client)

    middle = f"many/{count // 2:07d}"

    def one_request(after: str) -> object:
        return next(iter(obstore.list(library, "many", offset=after or None, chunk_size=PAGE)))

    async def bare(after: str = "") -> object:
        return await asyncio.to_thread(one_request, after)

    await in_turns("Ceph, first rows", lambda: bucket.page("many", limit=FIRST_ROWS), bare)
    await in_turns("Ceph, a page", lambda: bucket.page("many", limit=PAGE), bare)
    await in_turns(
        "Ceph, in the middle", lambda: bucket.page("many", after=middle, limit=PAGE), bare
    )
    await in_turns("Ceph, to the bottom", lambda: bucket.page("", deep=True, limit=PAGE), bare)
    await asker.aclose()


@cache
def answer() -> bytes:
    """Return what a service answers with the first thousand of many keys."""
    rows = "".join(
        f"<Contents><Key>many/{number:07d}</Key><Size>1</Size><ETag>&quot;x&quot;</ETag>"
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        for number in range(PAGE)
    )
    body = f"<ListBucketResult><IsTruncated>true</IsTruncated>{rows}</ListBucketResult>"
    return reply(200, body.encode(), "application/xml")


def main(count: str = "1000000", folder: str | None = None) -> None:
    """Make the files, measure, and remove them."""
    with tempfile.TemporaryDirectory(prefix="sky-bench-", dir=folder) as base:
        asyncio.run(measure(Path(base), int(count)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
