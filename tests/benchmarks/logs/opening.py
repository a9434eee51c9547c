"""Opening a file, going through it, and finding things in it, in one session per program."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path
from time import sleep

from tests.benchmarks.logs.programs import Program, Wanted, numbered
from tests.benchmarks.logs.sample import HIT, NEEDLE, hits, in_either
from tests.benchmarks.logs.table import Rounds, compare, head, note, row
from tests.benchmarks.logs.watched import Watched

_SLOW_S = 150.0
_PEACE_S = 3.0
"""What a program that works may have of the processor before the emulator looks at its pictures."""
_LARGE = 10_000_000
"""Lines from which on the bars of what takes its time hold."""
_KEYS = 10
_KEY_MS = 16.0
"""One frame: what answers a key within it is soon enough, however soon others are."""


class Session:
    """One program on one file; what it does not do in time is noted and left out."""

    def __init__(self, program: Program, file: Path, lines: int, environ: dict[str, str]) -> None:
        self.program = program
        self.lines = lines
        self.taken: dict[str, float] = {}
        self._watched = Watched((*program.command, str(file)), environ | program.environ)

    def run(self) -> dict[str, float]:
        """Take all measures and return them: milliseconds, and megabytes."""
        try:
            self._open()
            sleep(2.0)  # whatever else is done behind the first picture
            self._jump()
            self._find()
            self.taken["peak"] = self._watched.peak_mb()
        except TimeoutError as error:
            note(f"{self.program.name} gave up after {', '.join(self.taken)}")
            note("\n".join(line for line in str(error).splitlines()[-6:]))
        finally:
            self._watched.close()
        return self.taken

    def _open(self) -> None:
        program, watched, lines = self.program, self._watched, self.lines
        first = numbered(lines - 1 if program.begins_at_end else 0)
        moment = watched.shown(first, patience_s=_SLOW_S, peace_s=_PEACE_S)
        self.taken["first"] = (moment - watched.began) * 1000
        is_indexed = program.is_indexed(lines)
        if is_indexed is not None:
            moment = watched.shown(is_indexed, patience_s=_SLOW_S)
            self.taken["indexed"] = (moment - watched.began) * 1000

    def _press(self, keys: bytes, wanted: Wanted) -> float:
        moment, mark = self._watched.press(keys)
        return (self._watched.shown(wanted, mark, patience_s=_SLOW_S) - moment) * 1000

    def _to_top(self) -> None:
        self._watched.press(self.program.top)
        self._watched.shown(numbered(0))

    def _steps(self) -> list[float]:
        self._to_top()
        # How many rows show log lines differs from program to program.
        last = max(n for n in range(60) if numbered(n)(self._watched.screen()))
        return [self._press(self.program.down, numbered(last + 1 + step)) for step in range(_KEYS)]

    def _jump(self) -> None:
        program, lines = self.program, self.lines
        values: dict[str, list[float]] = defaultdict(list)
        to_line, is_there = program.to_line(lines // 2, lines)
        self._watched.press(program.top)
        sleep(0.5)
        for _ in range(3):
            values["end"].append(self._press(program.end, numbered(lines - 1)))
            values["top"].append(self._press(program.top, numbered(0)))
            if program.name != "toolong":
                # What is typed before the last key is not what takes time; a click is one key.
                before = b"" if program.name == "ours" else to_line[:-1]
                self._watched.press(before)
                sleep(0.3)
                values["line"].append(self._press(to_line[len(before) :], is_there))
            values["down"] += self._steps()
            if program.name == "ours":
                self._watched.press(b"\\")
                values["wrapped"] += self._steps()
                self._watched.press(b"\\")
        self.taken |= {name: statistics.median(some) for name, some in values.items()}

    def _look(self, keys: bytes, wanted: dict[str, Wanted]) -> None:
        watched = self._watched
        if self.program.name == "ours":
            watched.press(b"\x1b")  # what was looked for before
            sleep(0.3)
        watched.press(self.program.top)
        sleep(0.5)
        watched.press(keys[:1])
        sleep(0.3)  # until what is typed is taken as such
        last, end = self.program.completed_by(keys)
        watched.press(keys[1:last])
        sleep(1.0)
        moment, mark = watched.press(keys[last:end])
        for name, one in wanted.items():
            found = watched.shown(one, mark, patience_s=_SLOW_S, peace_s=_PEACE_S)
            self.taken[name] = (found - moment) * 1000
        watched.press(keys[end:])
        sleep(0.3)

    def _find(self) -> None:
        program, lines = self.program, self.lines
        if program.can_count:
            found = program.counts(hits(lines))
            self._look(program.literal(HIT), {"first hit": program.finds(HIT), "all hits": found})
            self._look(program.alternation(), {"alternation": program.counts(in_either(lines))})
            self._look(program.blind(HIT), {"blind": found})
        if program.name in ("ours", "lnav", "less"):
            is_there = numbered(lines // 2)
            # One of them goes there only when it is asked for the next one.
            found = program.counts(2) if program.name == "lnav" else is_there
            self._look(program.literal(NEEDLE), {"needle": found})
            if program.name == "lnav":
                self._press(b"n", is_there)
            self.taken["next hit"] = self._press(b"n", numbered(lines - 5))


def measure(
    programs: list[Program], file: Path, lines: int, rounds: int, environ: dict[str, str]
) -> None:
    """Take sessions in turns and write their rows."""
    taken = Rounds()
    for number in range(rounds):
        for program in programs:
            if number and program.name in ("less", "toolong") and lines > 1_000_000:
                continue  # minutes each; once is enough to know
            taken.add(program.name, Session(program, file, lines, environ).run())
    peers = [one.name for one in programs if one.name != "ours"]
    head(f"{lines:,} lines, {file.stat().st_size / 1e6:,.0f} MB")
    # The others grow with the file; what starting takes is most of it where that is small.
    bars = (0.1, 0.35, 0.2, 0.1, 0.25) if lines >= _LARGE else (None,) * 5
    compare(taken, "first picture with text", "first", peers, "ms", bars[0])
    compare(taken, "fully indexed", "indexed", peers, "ms", bars[1])
    compare(taken, "peak memory", "peak", peers, "MB", bars[2])
    compare(taken, "jump to the end, index ready", "end", peers, "ms", 4, _KEY_MS)
    compare(taken, "jump to the top", "top", peers, "ms", 4, _KEY_MS)
    compare(taken, "jump to any line", "line", peers, "ms", 4, _KEY_MS)
    compare(taken, "one line down", "down", peers, "ms", 4, _KEY_MS)
    row("one line down, long lines wrapped", "ms", taken.median("ours", "wrapped"),
        taken.median("ours", "down"), of="cut", bar=1.3)  # fmt: skip
    compare(taken, "next hit, far away", "next hit", peers, "ms", 4, _KEY_MS)
    compare(taken, "a word: first hit", "first hit", peers, "ms", at_most=2 * _KEY_MS)
    compare(taken, "a word: all hits", "all hits", peers, "ms", bars[3])
    compare(taken, "one of two words: all hits", "alternation", peers, "ms", bars[4])
    compare(taken, "a word, blind to case: all hits", "blind", peers, "ms", bars[4])
    compare(taken, "a needle in the middle", "needle", peers, "ms")
