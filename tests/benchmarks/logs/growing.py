"""Reading the beginning of a file that somebody else keeps writing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import sleep

from tests.benchmarks.logs.programs import OURS, Program
from tests.benchmarks.logs.streaming import PRODUCER
from tests.benchmarks.logs.table import Rounds, head, note, row
from tests.benchmarks.logs.watched import Watched

RATE = 50_000
_KEYS = 100


def session(program: Program, environ: dict[str, str], folder: Path) -> dict[str, float]:
    """Return how long a line down takes in a program, in milliseconds."""
    path = folder / "growing.log"
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        producer = subprocess.Popen(
            [*PRODUCER, str(RATE), str(600)], stdout=file, stderr=subprocess.DEVNULL
        )
    try:
        sleep(1.0)
        watched = Watched((*program.command, str(path)), environ | program.environ)
        try:
            sleep(4.0)
            watched.press(program.top)
            sleep(1.0)
            waits = []
            last = max(n for n in range(60) if any(_mark(n) in row for row in watched.screen()))
            for step in range(_KEYS):
                moment, mark = watched.press(program.down)
                waits.append((watched.until(_mark(last + 1 + step).encode(), mark) - moment) * 1000)
                sleep(0.03)
            waits.sort()
            return {"p50": waits[len(waits) // 2], "p99": waits[int(len(waits) * 0.99)]}
        finally:
            watched.close()
    finally:
        producer.kill()
        producer.wait()
        path.unlink(missing_ok=True)


def _mark(number: int) -> str:
    return f" {number:09d}"


def rows(peers: list[Program], rounds: int, environ: dict[str, str], folder: Path) -> None:
    """Measure in turns, and write the rows."""
    taken = Rounds()
    for _ in range(rounds):
        for program in (OURS, *peers):
            try:
                taken.add(program.name, session(program, environ, folder))
            except (TimeoutError, ValueError) as error:
                note(f"{program.name} gave up: {str(error)[:90]}")
    head(f"one line down, at the top of a file that grows by {RATE:,} lines a second")
    ranked = sorted(peers, key=lambda one: one.name != "toolong")
    for name in ("p50", "p99"):
        for one in ranked:
            bar = 0.2 if (name, one.name) == ("p50", "toolong") else None
            n = (taken.count("ours", name) * _KEYS, taken.count(one.name, name) * _KEYS)
            row(f"key to paint, {name}", "ms", taken.median("ours", name),
                taken.median(one.name, name), of=one.name, bar=bar, n=n)  # fmt: skip
