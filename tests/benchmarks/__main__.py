"""Measure what the program promises, against a peer in the same minute: python -m tests.benchmarks.

Every pair is taken in turns (A B A B …) and compared by medians. It reports and never gates: on a
busy machine a ratio says little. Names of measures as arguments choose among them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tests.benchmarks.estate import Estate
from tests.terminal import Terminal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = (sys.executable, "-m", "skyforge_tui")
BARE = (sys.executable, str(HERE / "bare_app.py"))
LEAN = "import asyncio, aiosqlite, click, pydantic_settings"

TIMES = 15
IDLE_S = 20.0
KEYS = 40


def say(name: str, ours: float, peer: float, unit: str, bar: str, is_good: bool) -> None:
    """Print one row."""
    verdict = "ok" if is_good else "MISSED"
    sys.stdout.write(
        f"{name:<34}{ours:>9.1f}{peer:>9.1f} {unit:<5}{ours / peer if peer else 0:>6.2f}×"
        f"  bar {bar:<10}{verdict}\n"
    )
    sys.stdout.flush()


def in_turns(times: int, *measures: Callable[[], float]) -> list[float]:
    """Return the median of each measure, taken in turns after one unmeasured round."""
    for measure in measures:
        measure()
    taken = [[measure() for measure in measures] for _ in range(times)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def picture(estate: Estate, command: tuple[str, ...], text: bytes) -> float:
    """Return the milliseconds from the start of a program to its first picture."""
    terminal = Terminal(command, estate.workspace, estate.environ)
    try:
        return terminal.until(text) * 1000
    finally:
        terminal.close()


def process(estate: Estate, *command: str) -> float:
    """Return the milliseconds that a command takes from start to end."""
    began = perf_counter()
    subprocess.run(
        command, cwd=estate.workspace, env=estate.environ, check=True, capture_output=True
    )
    return (perf_counter() - began) * 1000


def first_picture(base: Path, runs: int = 0) -> None:
    """Compare the time to the first picture with that of three bare panes."""
    estate = Estate(base, runs)
    ours, bare = in_turns(
        TIMES,
        lambda: picture(estate, OURS, b"Projects"),
        lambda: picture(estate, BARE, b"middle"),
    )
    name = f"first picture, {runs:,} runs known"
    say(name, ours, bare, "ms", "1.3×", ours <= 1.3 * bare)


def many_runs(base: Path) -> None:
    """Compare the first picture with a hundred thousand runs in the cache."""
    first_picture(base, 100_000)


def runs_listed(base: Path) -> None:
    """Compare a listing of ten thousand runs with the imports that it cannot do without."""
    estate = Estate(base, 10_000)
    ours, lean = in_turns(
        TIMES,
        lambda: process(estate, *OURS, "runs", "ls", "--json"),
        lambda: process(estate, sys.executable, "-c", LEAN),
    )
    say("runs ls --json, 10,000 runs", ours, lean, "ms", "1.6×", ours <= 1.6 * lean)


def version(base: Path) -> None:
    """Compare `--version` with the import of what reads command lines."""
    estate = Estate(base)
    ours, click = in_turns(
        TIMES,
        lambda: process(estate, *OURS, "--version"),
        lambda: process(estate, sys.executable, "-c", "import click"),
    )
    say("--version", ours, click, "ms", "2×", ours <= 2 * click)


def idle(base: Path) -> None:
    """Compare what two programs that do nothing cost; both at the same time."""
    estate = Estate(base)
    programs = [Terminal(one, estate.workspace, estate.environ) for one in (OURS, BARE)]
    try:
        for terminal, text in zip(programs, (b"Projects", b"middle"), strict=True):
            terminal.until(text)
            terminal.rest(5.0)
        before = [one.cpu_s() for one in programs]
        began = perf_counter()
        written = [one.rest(IDLE_S / 2) for one in programs]
        spent = perf_counter() - began
        ours, bare = (
            100 * (one.cpu_s() - then) / spent for one, then in zip(programs, before, strict=True)
        )
    finally:
        for terminal in programs:
            terminal.close()
    say(f"idle, {written[0]} bytes drawn", ours, bare, "% cpu", "+0.5", ours <= bare + 0.5)


def key_to_paint(base: Path) -> None:
    """Tell how long a key waits for its picture while a run writes as fast as it can."""
    estate = Estate(base)
    trusting = (*OURS, "trust", str(estate.workspace / "fabric"))
    process(estate, *trusting)
    process(estate, *OURS, "runs", "launch", "stream")
    terminal = Terminal(OURS, estate.workspace, estate.environ)
    try:
        waits = [_waits(terminal, has_output) for has_output in (False, True)]
    finally:
        terminal.close()
        process(estate, *OURS, "runs", "stop", "1")
    say("key to paint, list beside a flood", waits[0], 16.0, "ms", "-", is_good=True)
    say("key to paint, in the flood", waits[1], 16.0, "ms", "-", is_good=True)


def _waits(terminal: Terminal, has_output: bool) -> float:
    """Open and leave the help so often; return the median wait for its picture."""
    terminal.until(b"Projects")
    if has_output:
        terminal.press(b"3")
        terminal.rest(1.0)
        terminal.press(b"\r")
    terminal.rest(3.0)
    waits = []
    for _ in range(KEYS):
        pressed = terminal.press(b"?")
        terminal.until(b"filter")
        waits.append((perf_counter() - pressed) * 1000)
        terminal.press(b"\x1b")
        terminal.rest(0.3)
    return statistics.median(waits)


MEASURES = {
    one.__name__.replace("_", "-"): one
    for one in (first_picture, many_runs, runs_listed, version, idle, key_to_paint)
}


def main(names: list[str]) -> None:
    """Take the measures of these names, or all."""
    sys.stdout.write(f"{'':<34}{'ours':>9}{'peer':>9}\n")
    for name in names or MEASURES:
        with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as base:
            MEASURES[name](Path(base).resolve())


if __name__ == "__main__":
    main(sys.argv[1:])
