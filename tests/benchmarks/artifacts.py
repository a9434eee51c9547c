"""Measure what carrying a gigabyte costs, beside the library's bare loop in the same minute.

    python -m tests.benchmarks.artifacts [MEGABYTES [ROUNDS]]

Into a directory and into a bucket (rclone on this machine), and back to a file; ours with checksum,
hidden name and meter, in an engine's thread as the program does it. It reports and never gates: on
a busy machine a ratio says little. Memory is what this process grows by; keys are how late a beat
of the interface's thread comes while bytes move.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import obstore
from obstore.store import LocalStore, S3Store

from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.providers.artifacts.local_files import LocalArtifactFiles
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.checksums import Checksums
from tests.object_stores import ACCESS, SECRET, client_of, rclone, rclone_program

BEAT_S = 0.01
MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@dataclass
class Watch:
    """What a piece of work cost besides its time."""

    grown: int = 0
    late_s: list[float] = field(default_factory=list)


def watched(work: Callable[[], object]) -> tuple[float, Watch]:
    """Do something in another thread, and beat in this one; return its seconds and the rest."""
    watch, start = Watch(), resident()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    thread = threading.Thread(target=run)
    began = perf_counter()
    thread.start()
    while thread.is_alive():
        before = perf_counter()
        sleep(BEAT_S)
        watch.late_s.append(perf_counter() - before - BEAT_S)
        watch.grown = max(watch.grown, resident() - start)
    thread.join()
    if failures:
        raise failures[0]
    return perf_counter() - began, watch


def looped(work: Callable[[], Coroutine[Any, Any, object]]) -> Callable[[], object]:
    """Return a function that runs a coroutine in a loop of its own."""
    return lambda: asyncio.run(work())


class Bench:
    """One store, ours and bare, with a file to carry."""

    def __init__(
        self, name: str, open_ours: Callable[[], ArtifactStore], bare: Any, folder: Path
    ) -> None:
        self.name = name
        self._open_ours = open_ours
        self._bare = bare
        self._file = folder / "file"
        self._back = folder / "back"
        self._carrier = Carrier(LocalArtifactFiles(), Checksums())

    def put_ours(self) -> None:
        """Store the file as the program does."""
        looped(self._put)()

    def get_ours(self) -> None:
        """Bring it back as the program does."""
        self._back.unlink(missing_ok=True)
        looped(self._get)()

    def put_bare(self) -> None:
        """Store the file as the library does by itself."""
        obstore.put(self._bare, "bare", self._file)

    def get_bare(self) -> None:
        """Bring it back in a loop of three lines."""
        self._back.unlink(missing_ok=True)
        with self._back.open("wb") as file:
            for chunk in obstore.get(self._bare, "bare").stream(min_chunk_size=4 * MIB):
                file.write(chunk)

    def is_same(self) -> bool:
        """Say whether what came back is what went."""
        sums = []
        for path in (self._file, self._back):
            with path.open("rb") as file:
                sums.append(hashlib.file_digest(file, "sha256").digest())
        return sums[0] == sums[1]

    async def _put(self) -> None:
        await self._carrier.put_file(self._open_ours(), "ours", self._file, overwrite=True)

    async def _get(self) -> None:
        await self._carrier.get(self._open_ours(), "ours", self._back)


def measure(bench: Bench, megabytes: int, rounds: int) -> None:
    """Take ours and bare in turns, and print what came of it."""
    for verb in ("put", "get"):
        ours, bare = getattr(bench, f"{verb}_ours"), getattr(bench, f"{verb}_bare")
        times: dict[str, list[float]] = {"ours": [], "bare": []}
        watches: list[Watch] = []
        is_same = True
        for _ in range(rounds):
            times["bare"].append(watched(bare)[0])
            seconds, watch = watched(ours)
            times["ours"].append(seconds)
            watches.append(watch)
            is_same = is_same and (verb == "put" or bench.is_same())
        mine, theirs = (statistics.median(times[one]) for one in ("ours", "bare"))
        late = sorted(one for watch in watches for one in watch.late_s)
        grown = max(watch.grown for watch in watches) / MIB
        sys.stdout.write(
            f"{bench.name:<10}{verb}  {megabytes / mine:>7.0f} MB/s bare {megabytes / theirs:>7.0f}"
            f"  ratio {theirs / mine:>5.2f} (bar 0.80)  memory +{grown:>5.1f} MB (bar 64)"
            f"  keys p99 {late[int(len(late) * 0.99)] * 1e3:>5.1f} ms, worst {late[-1] * 1e3:.1f}"
            f"  hash {'equal' if is_same else 'DIFFERENT'}\n"
        )
        sys.stdout.flush()


def main(megabytes: int = 1000, rounds: int = 3) -> None:
    """Measure both stores."""
    with tempfile.TemporaryDirectory(prefix="sky-bench-") as base:
        folder = Path(base)
        block = os.urandom(8 * MIB)
        with (folder / "file").open("wb") as file:
            for _ in range(megabytes // 8):
                file.write(block)
        root = folder / "store"
        root.mkdir()
        bare = LocalStore(root)
        ours = ObjectArtifactStore("directory", DirectoryClient(root))
        measure(Bench("directory", lambda: ours, bare, folder), megabytes, rounds)
        with rclone(rclone_program(), folder / "s3") as service:
            bucket = asyncio.run(service.make())
            s3 = S3Store(
                bucket.name, endpoint=service.url, access_key_id=ACCESS, secret_access_key=SECRET,
                client_options={"allow_http": True},
            )  # fmt: skip
            measure(
                Bench("s3", lambda: ObjectArtifactStore("s3", client_of(bucket)), s3, folder),
                megabytes, rounds,
            )  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
