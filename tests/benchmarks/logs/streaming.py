"""Output that pours in: how long a key waits meanwhile, how much is taken in, and what it costs."""

from __future__ import annotations

import hashlib
import os
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from tests.benchmarks.logs.programs import OURS
from tests.benchmarks.logs.table import Rounds, head, note, row
from tests.benchmarks.logs.watched import Watched

HERE = Path(__file__).parent
PRODUCER = (sys.executable, str(HERE / "producer.py"))
PEER_APP = (sys.executable, str(HERE / "peer_app.py"))
_LEAST_KEYS = 20
_COLUMNS = 100
"""So narrow that a ruler with its number does not fit."""
_AT = {at: re.compile(rb"[^-]<%02d-" % at) for at in (0, 8)}
"""Where a ruler's rows begin: nothing of it before, as the view is scrolled."""


@contextmanager
def produced(*arguments: object) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Yield the end of a pipe into which a producer writes, and the producer."""
    ours, theirs = os.pipe()
    process = subprocess.Popen(
        [*PRODUCER, *map(str, arguments)], stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    try:
        yield ours, process
    finally:
        os.close(ours)
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def ours_while(rate: float, keys: int, environ: dict[str, str]) -> dict[str, float]:
    """Return how long keys wait in our view while so many lines a second come."""
    seconds = keys * 0.2 + 30
    with produced(rate, seconds) as (pipe, _):
        watched = Watched((*OURS.command, "-"), environ, stdin=pipe, columns=_COLUMNS)
        try:
            watched.until(b"<00-")
            sleep(3.0)
            waits = _scroll_waits(watched, keys)
            return _summary(waits) | {"peak": watched.peak_mb()}
        finally:
            watched.close()


def _scroll_waits(watched: Watched, keys: int) -> list[float]:
    waits = []
    dice = random.Random(1)
    for number in range(keys):
        at = 0 if number % 2 else 8
        moment, mark = watched.press(b"h" if number % 2 else b"l")
        waits.append((watched.until(_AT[at], mark) - moment) * 1000)
        sleep(dice.uniform(0.005, 0.06))
    return waits


def peer_while(
    kind: str, rate: float, keys: int, environ: dict[str, str], patience_s: float = 60.0
) -> dict[str, float]:
    """Return how long keys wait in the toolkit's own log, as many as are answered in time."""
    with produced(rate, patience_s + 30) as (pipe, _):
        os.set_inheritable(pipe, True)
        watched = Watched((*PEER_APP, kind, str(pipe)), environ, pass_fds=(pipe,), columns=_COLUMNS)
        try:
            watched.until(b"<00-")
            sleep(3.0)
            waits: list[float] = []
            dice = random.Random(1)
            deadline = perf_counter() + patience_s
            while len(waits) < keys and perf_counter() < deadline:
                moment, mark = watched.press(b"x")
                pattern = re.compile(rb"keys %d\." % (len(waits) + 1))
                waits.append((watched.until(pattern, mark) - moment) * 1000)
                sleep(dice.uniform(0.005, 0.06))
            return _summary(waits)
        finally:
            watched.close()


def _summary(waits: list[float]) -> dict[str, float]:
    ordered = sorted(waits)
    return {
        "p50": statistics.median(ordered),
        "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
        "max": ordered[-1],
        "keys": len(ordered),
    }


def keys_rows(keys: int, rounds: int, environ: dict[str, str]) -> None:
    """Measure keys: at rest, in a stream, in a stream with wrapping, and a peer's."""
    taken = Rounds()
    each = max(keys // rounds, _LEAST_KEYS)
    for _ in range(rounds):
        taken.add("idle", ours_while(1, each, environ))
        taken.add("stream", ours_while(200_000, each, environ))
        taken.add("log", peer_while("log", 50_000, each, environ))
    head("200,000 lines a second piped in, keys pressed meanwhile")
    for name in ("p50", "p99", "max"):
        stream = taken.median("stream", name)
        bars = (3.0, 0.15) if name == "p99" else (None, None)
        n = (rounds * each, int(rounds * (taken.median("log", "keys") or 0)))
        row(f"key to paint, {name}", "ms", stream, taken.median("idle", name), of="at rest",
            bar=bars[0], n=n[:1] * 2)  # fmt: skip
        row("", "ms", stream, taken.median("log", name), of="Log 50k", bar=bars[1], n=n)
    row("memory meanwhile", "MB", taken.median("stream", "peak"), taken.median("idle", "peak"),
        of="at rest")  # fmt: skip


def ours_flooded(lines: int, environ: dict[str, str], save_to: Path) -> dict[str, float]:
    """Return how fast everything is taken in, and whether it is all there.

    The time is that from the start of the program, as it reads before it has drawn anything; that
    of a peer begins with its first picture.
    """
    with produced("flood", lines) as (pipe, producer):
        watched = Watched((*OURS.command, "-"), environ, stdin=pipe, cwd=save_to, columns=_COLUMNS)
        try:
            assert producer.stderr is not None
            watched.until(b"<00-")
            at_rest = watched.peak_mb()
            moment = watched.until(f"{lines:,} lines".encode())
            watched.press(b"S")
            watched.until(b"Saved")
            wanted = producer.stderr.readline().strip().decode()
            (saved,) = save_to.glob("piped-*.log")
            with saved.open("rb") as file:
                kept = hashlib.file_digest(file, "sha256").hexdigest()
            saved.unlink()
            if kept != wanted:
                note("BYTES DIFFER: what was saved is not what was written")
            return {
                "rate": lines / (moment - watched.began), "peak": watched.peak_mb(),
                "start": at_rest,
                "same": float(kept == wanted),
            }  # fmt: skip
        finally:
            watched.close()


def peer_flooded(kind: str, lines: int, environ: dict[str, str]) -> dict[str, float]:
    """Return how fast the toolkit's own log takes lines in."""
    with produced("flood", lines) as (pipe, _):
        os.set_inheritable(pipe, True)
        watched = Watched((*PEER_APP, kind, str(pipe)), environ, pass_fds=(pipe,), columns=_COLUMNS)
        try:
            began = watched.until(b"<00-")
            moment = watched.until(b"over.")
            return {"rate": lines / (moment - began), "peak": watched.peak_mb()}
        finally:
            watched.close()


def ingest_rows(lines: int, rounds: int, environ: dict[str, str], cache: Path) -> None:
    """Measure how much is taken in at most."""
    taken = Rounds()
    saved = cache / "saved"
    saved.mkdir(parents=True, exist_ok=True)
    for _ in range(rounds):
        taken.add("ours", ours_flooded(lines, environ, saved))
        taken.add("log", peer_flooded("log", min(lines // 10, 200_000), environ))
        taken.add("rich", peer_flooded("rich", min(lines // 50, 20_000), environ))
    head(f"{lines:,} lines piped in as fast as they are taken")
    ours = taken.median("ours", "rate")
    n = (rounds, rounds)
    row("lines a second", "/s", ours, taken.median("log", "rate"), of="Log", bar=10,
        at_least=True, n=n)  # fmt: skip
    row("", "/s", ours, taken.median("rich", "rate"), of="RichLog", bar=100, at_least=True, n=n)
    row("peak memory", "MB", taken.median("ours", "peak"), taken.median("ours", "start"),
        of="at start", bar=1.5, n=n)  # fmt: skip
    row("all bytes there, by hash", "", taken.median("ours", "same"), 1, of="written", bar=1,
        at_least=True)  # fmt: skip
