"""Joins what a server tells live with what it has on record, so that no line is lost or doubled.

Pure: no clock, no I/O. Two sources tell the same lines. The *record* is the whole output, asked
for now and then; it lags behind, and rows with equal times may stand in another order the next
time. *Live* rows come at once and in order, but nobody repeats those that came while the connection
was cut. Neither has line numbers. What connects them is that a live row and its recorded twin have
the same text and, but for rounding and time zones, the same time.

Live rows come in *stretches*: from one cut to the next nothing is missing. Whether something is
missing before a stretch is known once the record holds its first row, or was asked for so long
after the stretch began that everything older must be in it. Until then the rows are held back.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from skyforge_tui.providers.runs.semaphore.early import Early

_ZONE_STEP_US = 900_000_000
"""Time zones differ by multiples of a quarter of an hour."""
_SECOND_US = 1_000_000
_MILLISECOND_US = 1_000
_EXACT_US = 2
"""How far times may be off that were rounded to nothing coarser than microseconds."""


class Row(NamedTuple):
    """One line of output, as told: when it was written (µs since the epoch), and its text."""

    at_us: int
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What to write next."""

    rows: tuple[Row, ...] = ()
    is_anew: bool = False
    """Whether `rows` are the whole output, in place of all that was written before."""
    gaps: tuple[int, ...] = ()
    """The indices in `rows` before which something may be missing."""
    fetched: int = 0
    """How many of `rows` were never told live."""
    unrecorded: int = 0
    """How many rows were told live and are not in the last record."""

    def __bool__(self) -> bool:
        return bool(self.rows) or self.is_anew or bool(self.unrecorded)


class _Live(NamedTuple):
    row: Row
    digest: int
    stretch: int


class Joining:
    """The output of one run, as far as it is known."""

    def __init__(self) -> None:
        self._shown = array("q")
        """Digests of what was written, in order."""
        self._recorded = 0
        """The first so many of them were in the record when it was last seen."""
        self._tail: list[_Live] = []
        """Told live, and not in the record when it was last seen."""
        self._in_sight = 0
        """How many of the tail were written."""
        self._told: Counter[int] = Counter()
        """Everything that was ever told live."""
        self._stretch = 0
        self._proven: set[int] = set()
        """Stretches before which nothing is missing."""
        self._released: set[int] = set()
        """Stretches that were written with a gap before them."""
        self._early = Early(lambda one_us, other_us: _is_alike(one_us, other_us, _EXACT_US))

    @property
    def is_joined(self) -> bool:
        """Whether live rows are written at once: nothing is missing before them."""
        return self._stretch in self._proven or self._stretch in self._released

    @property
    def held(self) -> int:
        """How many live rows are held back."""
        return len(self._tail) - self._in_sight

    @property
    def loose(self) -> int:
        """How many live rows the record did not hold when it was last seen."""
        return len(self._tail)

    @property
    def count(self) -> int:
        """How many rows were written."""
        return len(self._shown)

    def live(self, row: Row) -> bool:
        """Take a live row; return whether it is to be written now."""
        digest = hash(row.text)
        self._told[digest] += 1
        if self._early.tell(digest, row.at_us):
            if not self.held:
                self._proven.add(self._stretch)
            return False
        self._tail.append(_Live(row, digest, self._stretch))
        if self.is_joined:
            self._shown.append(digest)
            self._in_sight += 1
        return self.is_joined

    def cut(self) -> None:
        """Note that live rows may be missing from here on."""
        self._stretch += 1

    def release(self) -> Change:
        """Stop holding back: give what is held, though something may be missing before it."""
        held = self._tail[self._in_sight :]
        self._shown.extend(one.digest for one in held)
        self._in_sight = len(self._tail)
        self._released.update(one.stretch for one in held)
        return Change(tuple(one.row for one in held), gaps=self._gaps(held))

    def record(self, rows: Sequence[Row], *, is_settled: bool = False) -> Change:
        """Take the record as it is now.

        `is_settled` says that it was asked for so long after the present stretch began that
        everything older than the stretch is in it.
        """
        digests = _digests(rows)
        rest, matched = self._unmatched(rows, digests)
        if _tolerance_us(rows) > _EXACT_US:
            self._early.forget()
        else:
            told = [(one.digest, one.row.at_us) for one in matched]
            self._early.take([row.at_us for row in rows], digests, told)
        self._proven.update(one.stretch for one in matched)
        if is_settled:
            self._proven.add(self._stretch)
        # The record goes beyond what came before the newest proven stretch: what of that is not
        # in it was lost by the server.
        newest = max(self._proven, default=0)
        rest = [one for one in rest if one.stretch >= newest]
        filled = {one for one in self._released if one <= newest and self._proven}
        self._released -= filled
        open_to = self._proven | self._released
        shows = list(takewhile(lambda one: one.stretch in open_to, rest))
        change = self._towards(rows, digests, shows, len(matched), is_anew=bool(filled))
        self._tail = rest
        self._in_sight = len(shows)
        return change

    def last(self, rows: Sequence[Row]) -> Change:
        """Take the record as it will stay."""
        digests = _digests(rows)
        _, matched = self._unmatched(rows, digests)
        fills = bool(self._released)
        self._released.clear()
        change = self._towards(rows, digests, (), len(matched), is_anew=fills, is_last=True)
        self._tail = []
        self._in_sight = 0
        self._told.subtract(digests)
        unrecorded = sum(count for count in self._told.values() if count > 0)
        return replace(change, unrecorded=unrecorded)

    def _towards(
        self,
        rows: Sequence[Row],
        digests: array[int],
        after: Sequence[_Live],
        matched: int,
        *,
        is_anew: bool,
        is_last: bool = False,
    ) -> Change:
        """Return what turns the written rows into `rows` and then `after`."""
        wanted = digests + array("q", (one.digest for one in after))
        fetched = max(len(rows) - self._recorded - matched, 0)
        self._recorded = len(rows)
        count = len(self._shown)
        begins_alike = wanted[:count] == self._shown
        if not begins_alike and not is_last and len(wanted) >= count:
            # Only in another order? That waits for the end, so that what one reads stays put.
            begins_alike = Counter(wanted[:count]) == Counter(self._shown)
        if is_anew or not begins_alike:
            self._shown = wanted
            whole = (*rows, *(one.row for one in after))
            gaps = tuple(len(rows) + at for at in self._gaps(after))
            return Change(whole, is_anew=True, gaps=gaps, fetched=fetched)
        self._shown.extend(wanted[count:])
        live = [one.row for one in after[max(count - len(rows), 0) :]]
        return Change((*rows[count:], *live), fetched=min(fetched, len(wanted) - count))

    def _gaps(self, after: Sequence[_Live]) -> tuple[int, ...]:
        """Return the indices at which a stretch begins that nothing proves."""
        return tuple(
            at
            for at, one in enumerate(after)
            if one.stretch in self._released and (at == 0 or after[at - 1].stretch != one.stretch)
        )

    def _unmatched(
        self, rows: Sequence[Row], digests: array[int]
    ) -> tuple[list[_Live], list[_Live]]:
        """Return the tail as what the record does not hold, and what it does."""
        times = self._fresh_times(rows, digests)
        tolerance_us = _tolerance_us(rows)
        rest: list[_Live] = []
        matched: list[_Live] = []
        for one in self._tail:
            candidates = times.get(one.digest, [])
            at = _alike(candidates, one.row.at_us, tolerance_us)
            if at is None:
                rest.append(one)
            else:
                del candidates[at]
                matched.append(one)
        return rest, matched

    def _fresh_times(self, rows: Sequence[Row], digests: array[int]) -> dict[int, list[int]]:
        """Return the times of recorded rows that read like one of the tail and are new, by text."""
        times: dict[int, list[int]] = {one.digest: [] for one in self._tail}
        if times:
            for row, digest in zip(rows, digests, strict=True):
                if digest in times:
                    times[digest].append(row.at_us)
            known = Counter(one for one in self._shown[: self._recorded] if one in times)
            for digest, count in known.items():
                del times[digest][:count]
        return times


def _digests(rows: Iterable[Row]) -> array[int]:
    return array("q", (hash(row.text) for row in rows))


def _alike(times: Sequence[int], at_us: int, tolerance_us: int) -> int | None:
    """Return the index of the first time that is the same but for rounding and time zone."""
    for index, other_us in enumerate(times):
        if _is_alike(other_us, at_us, tolerance_us):
            return index
    return None


def _is_alike(one_us: int, other_us: int, tolerance_us: int) -> bool:
    apart_us = (one_us - other_us) % _ZONE_STEP_US
    return min(apart_us, _ZONE_STEP_US - apart_us) <= tolerance_us


def _tolerance_us(rows: Sequence[Row]) -> int:
    """Return how far recorded times may be off, judged by what they have been rounded to."""
    for step_us in (_SECOND_US, _MILLISECOND_US):
        if all(row.at_us % step_us == 0 for row in rows):
            return step_us
    return _EXACT_US
