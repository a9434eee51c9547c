"""Measure how long a key of the cockpit waits for its picture while a large object moves.

    python -m tests.benchmarks.artifact_keys [MEGABYTES]

The real program in a terminal, a bucket of rclone on this machine: first with nothing under way,
then while it stores a file, then while it brings one. It reports and never gates.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.store.transfers import FileTransferBook
from tests.benchmarks.estate import Estate
from tests.object_stores import ACCESS, SECRET, rclone, rclone_program
from tests.terminal import Terminal

OURS = (sys.executable, "-m", "skyforge_tui")
KEYS = 20
MIB = 1 << 20


def waits(estate: Estate, transfer: Transfer | None) -> tuple[list[float], bool]:
    """Return the seconds that each key waits, and whether bytes moved all the time."""
    state = read_frame(environ=estate.environ).state_dir
    if transfer is not None:
        asyncio.run(FileTransferBook(state).write(transfer))
    found: list[float] = []
    terminal = Terminal(OURS, estate.workspace, estate.environ)
    try:
        terminal.until(b"Projects")
        terminal.rest(2.0)
        for _ in range(KEYS):
            pressed = terminal.press(b"?")
            terminal.until(b"filter")
            found.append(perf_counter() - pressed)
            terminal.press(b"\x1b")
            terminal.rest(0.4)
        is_moving = any((state / "transfers").glob("*.json"))
    finally:
        terminal.close()
    for one in (state / "transfers").glob("*"):
        one.unlink()
    return found, is_moving


def say(name: str, found: list[float], is_moving: bool) -> None:
    """Print one row."""
    ordered = sorted(one * 1000 for one in found)
    worst, middle = ordered[int(len(ordered) * 0.95)], statistics.median(ordered)
    moving = "bytes move" if is_moving else "nothing moves"
    sys.stdout.write(f"{name:<24}median {middle:>6.1f} ms  p95 {worst:>6.1f} ms  {moving}\n")
    sys.stdout.flush()


def main(megabytes: int = 2000) -> None:
    """Take the three measures."""
    with tempfile.TemporaryDirectory(prefix="sky-bench-") as base:
        folder = Path(base)
        with (folder / "file").open("wb") as file:
            block = os.urandom(8 * MIB)
            for _ in range(megabytes // 8):
                file.write(block)
        (folder / "s3" / "labs").mkdir(parents=True)
        (folder / "s3/labs/there").hardlink_to(folder / "file")
        with rclone(rclone_program(), folder / "s3") as service:
            estate = Estate(folder / "estate")
            config = folder / "estate/config/skyforge/config.toml"
            config.parent.mkdir(parents=True)
            config.write_text(
                f'[s3.lab]\nbucket = "labs"\nendpoint = "{service.url}"\n'
                f'access_key_id = "{ACCESS}"\nsecret_key = "env:SECRET"\n'
            )
            estate.environ["SECRET"] = SECRET
            at, waiting = datetime.now(UTC), TransferState.WAITING
            file_name = str(folder / "file")
            put = Transfer("p1", TransferKind.PUT, file_name, "lab:new", waiting, at)
            get = Transfer("g1", TransferKind.GET, "lab:there", f"{file_name}.back", waiting, at)
            for name, transfer in (("nothing under way", None), ("a put", put), ("a get", get)):
                say(name, *waits(estate, transfer))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
