"""Opening a file, going through it, and finding things in it, in one session per program."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import sleep

from tests.benchmarks.logs.programs import Program, Wanted, numbered
from tests.benchmarks.logs.sample import HIT, NEEDLE, hits
from tests.benchmarks.logs.table import Rounds, compare, head, note, row
from tests.benchmarks.logs.watched import Watched

_SLOW_S = 120.0
_KEYS = 10


def session(program: Program, file: Path, lines: int, environ: dict[str, str]) -> dict[str, float]:
    """Measure one program on one file; times in milliseconds."""
    taken: dict[str, float] = {}
    watched = Watched((*program.command, str(file)), environ | program.environ)
    try:
        first = numbered(lines - 1 if program.begins_at_end else 0)
        taken["first"] = (watched.shown(first, patience_s=_SLOW_S) - watched.began) * 1000
        is_indexed = program.is_indexed(lines)
        if is_indexed is not None:
            moment = watched.shown(is_indexed, patience_s=_SLOW_S)
            taken["indexed"] = (moment - watched.began) * 1000
        elif program.begins_at_end:
            taken["indexed"] = taken["first"]
        sleep(2.0)  # whatever else is done behind the first picture
        taken |= _jumps(watched, program, lines)
        taken |= _finds(watched, program, lines)
        taken["peak"] = watched.peak_mb()
    finally:
        watched.close()
    return taken


def _jumps(watched: Watched, program: Program, lines: int) -> dict[str, float]:
    def press(keys: bytes, wanted: Callable[..., bool]) -> float:
        moment, mark = watched.press(keys)
        return (watched.shown(wanted, mark, patience_s=_SLOW_S) - moment) * 1000

    def steps() -> list[float]:
        watched.press(program.top)
        watched.shown(numbered(0))
        # How many rows show log lines differs from program to program.
        last = max(n for n in range(60) if numbered(n)(watched.screen()))
        return [press(program.down, numbered(last + 1 + step)) for step in range(_KEYS)]

    values: dict[str, list[float]] = defaultdict(list)
    to_line, is_there = program.to_line(lines // 2, lines)
    watched.press(program.top)
    sleep(0.3)
    for _ in range(3):
        values["end"].append(press(program.end, numbered(lines - 1)))
        values["top"].append(press(program.top, numbered(0)))
        if program.name != "toolong":
            values["line"].append(press(to_line, is_there))
        values["down"] += steps()
        if program.name == "ours":
            watched.press(b"\\")
            values["wrapped"] += steps()
            watched.press(b"\\")
    return {name: statistics.median(some) for name, some in values.items()}


def _finds(watched: Watched, program: Program, lines: int) -> dict[str, float]:
    taken: dict[str, float] = {}

    def look(keys: bytes, wanted: dict[str, Wanted]) -> None:
        if program.name == "ours":
            watched.press(b"\x1b")  # what was looked for before
            sleep(0.3)
        watched.press(program.top)
        sleep(0.3)
        watched.press(keys[:1])
        sleep(0.3)  # until what is typed is taken as such
        moment, mark = watched.press(keys[1:])
        for name, one in wanted.items():
            taken[name] = (watched.shown(one, mark, patience_s=_SLOW_S) - moment) * 1000

    if program.can_count:
        found = program.counts(hits(lines))
        look(program.literal(HIT), {"first hit": program.finds(), "all hits": found})
        look(program.alternation(), {"alternation": program.counts(_alternation(lines))})
        look(program.blind(HIT), {"blind": found})
    if program.name in ("ours", "lnav", "less"):
        look(program.literal(NEEDLE), {"needle": numbered(lines // 2)})
        if program.name == "lnav":
            watched.press(b"n")  # the first one stays where it is
            sleep(0.3)
        moment, mark = watched.press(b"n")
        taken["next hit"] = (watched.shown(numbered(lines - 5), mark) - moment) * 1000
    return taken


def _alternation(lines: int) -> int:
    from tests.benchmarks.logs.sample import BLOCK_LINES, _kind

    kinds = [_kind(number) for number in range(BLOCK_LINES)]
    each = [number for number, kind in enumerate(kinds) if b"fatal" in kind or b"skipping" in kind]
    whole, rest = divmod(lines, BLOCK_LINES)
    found = whole * len(each) + sum(one < rest for one in each)
    return found - sum(one % BLOCK_LINES in set(each) for one in (lines // 2, lines - 5))


def measure(
    programs: list[Program], file: Path, lines: int, rounds: int, environ: dict[str, str]
) -> None:
    """Take sessions in turns and write their rows."""
    taken = Rounds()
    for number in range(rounds):
        for program in programs:
            if number and program.name in ("less", "toolong") and lines > 1_000_000:
                continue  # minutes each; once is enough to know
            try:
                taken.add(program.name, session(program, file, lines, environ))
            except TimeoutError as error:
                note(f"{program.name} gave up: {str(error).strip().splitlines()[0][:90]}")
    peers = [one.name for one in programs if one.name != "ours"]
    head(f"{lines:,} lines, {file.stat().st_size / 1e6:,.0f} MB")
    compare(taken, "first picture with text", "first", peers, "ms", 0.1)
    compare(taken, "fully indexed", "indexed", peers, "ms", 0.35)
    compare(taken, "peak memory", "peak", peers, "MB", 0.2)
    compare(taken, "jump to the end, index ready", "end", peers, "ms", 4)
    compare(taken, "jump to the top", "top", peers, "ms", 4)
    compare(taken, "jump to any line", "line", peers, "ms", 4)
    compare(taken, "one line down", "down", peers, "ms", 4)
    row("one line down, long lines wrapped", "ms", taken.median("ours", "wrapped"),
        taken.median("ours", "down"), of="cut", bar=1.3)  # fmt: skip
    compare(taken, "next hit, far away", "next hit", peers, "ms", 4)
    compare(taken, "a word: first hit", "first hit", peers, "ms")
    compare(taken, "a word: all hits", "all hits", peers, "ms", 0.1)
    compare(taken, "one of two words: all hits", "alternation", peers, "ms", 0.25)
    compare(taken, "a word, blind to case: all hits", "blind", peers, "ms", 0.25)
    compare(taken, "a needle in the middle", "needle", peers, "ms")
