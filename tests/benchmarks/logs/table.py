"""Rows of what was measured: ours, a peer's, their ratio, and whether that meets the bar."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Taken = Mapping[str, float]
"""What one session measured, by name; what a program cannot do is left out."""


class Rounds:
    """Sessions of several programs, taken in turns."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, program: str, taken: Taken) -> None:
        """Keep what a session measured."""
        for name, value in taken.items():
            self._taken[program, name].append(value)

    def median(self, program: str, name: str) -> float | None:
        """Return the median of a measure; None if it was never taken."""
        values = self._taken.get((program, name))
        return statistics.median(values) if values else None

    def count(self, program: str, name: str) -> int:
        """Return how often it was taken."""
        return len(self._taken.get((program, name), ()))


def head(title: str) -> None:
    """Begin a part of the table."""
    _write(f"\n{title}")
    _write(f"  {'work':<44}{'ours':>12}{'peer':>12}         {'ratio':>8}  bar")


def row(
    work: str,
    unit: str,
    ours: float | None,
    peer: float | None = None,
    *,
    of: str = "",
    bar: float | None = None,
    at_most: float | None = None,
    at_least: bool = False,
    n: Iterable[int] = (),
) -> None:
    """Write one row; `bar` is the most that the ratio may be, or the least.

    Whatever the ratio, `at_most` is good enough.
    """
    ratio = ours / peer if ours is not None and peer else None
    shown = "" if ratio is None else f"{ratio:.3g}×"
    verdict = ""
    if bar is not None or at_most is not None:
        bars = [] if bar is None else [f"{bar:g}×"]
        bars += [] if at_most is None else [f"{at_most:g} {unit}"]
        told = _verdict(ours, ratio, bar, at_most, at_least=at_least)
        verdict = f"{'≥' if at_least else '≤'} {' or '.join(bars)}  {told}"
    counts = "/".join(map(str, n))
    _write(
        f"  {work:<44}{_number(ours):>12}{_number(peer):>12} {of:<8}{shown:>8}  {verdict:<23}"
        f"{unit}{f'  n={counts}' if counts else ''}"
    )


def _verdict(
    ours: float | None,
    ratio: float | None,
    bar: float | None,
    at_most: float | None,
    *,
    at_least: bool,
) -> str:
    """Say whether one of the bars is met; nothing can be said where nothing was measured."""
    if ours is not None and at_most is not None and ours <= at_most:
        return "ok"
    if ratio is None or bar is None:
        return "MISSED" if ours is not None and at_most is not None else "-"
    return "ok" if (ratio >= bar if at_least else ratio <= bar) else "MISSED"


def note(text: str) -> None:
    """Write a line of its own, or several."""
    for line in text.splitlines():
        _write(f"  {line[:150].rstrip()}")


def compare(
    rounds: Rounds,
    work: str,
    name: str,
    peers: Sequence[str],
    unit: str,
    bar: float | None = None,
    at_most: float | None = None,
) -> None:
    """Write a row for every peer that did the same; the bar holds for the first."""
    ours = rounds.median("ours", name)
    for number, one in enumerate(peers):
        theirs = rounds.median(one, name)
        if theirs is None and number:
            continue
        counts = (rounds.count("ours", name), rounds.count(one, name))
        row(work if not number else "", unit, ours, theirs, of=one,
            bar=bar if not number else None, at_most=at_most if not number else None,
            n=counts)  # fmt: skip


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
