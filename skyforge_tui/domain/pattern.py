"""Patterns that cannot hang: one pass over a text, whatever the pattern and whatever the text.

A pattern becomes a machine of steps; the sets of steps it can be in are worked out as texts need
them and remembered, so that most characters cost one look-up. Python's own `re` tries one way
after the other, which an unlucky pattern makes take hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from skyforge_tui.domain.folding import folded
from skyforge_tui.domain.pattern_syntax import (
    Either,
    Fits,
    One,
    Part,
    PatternError,
    Place,
    Row,
    Stand,
    Times,
    is_word,
    read,
)

BREAK = "\n"
"""Parts the texts of a thing: no sign of a pattern matches it, `^` and `$` stand beside it."""
MOST_STEPS = 1000
"""Steps of a machine: what `{1,50}` and the like multiply to."""
_MOST_KEPT = 1000
"""Remembered situations; beyond, all are forgotten and worked out anew."""


@dataclass(slots=True)
class _Step:
    """Take a character that fits, or stand at a place, or neither; then go on at `then`."""

    fits: Fits | None = None
    place: Place | None = None
    then: list[int] = field(default_factory=list)


class _Situation(dict[str, "_Situation"]):
    """Where the machine can be after some text, and where each next character leads."""

    __slots__ = ("before", "steps")

    def __init__(self, steps: frozenset[int], before: str) -> None:
        self.steps = steps
        self.before = before
        """What kind of character came last: a break, part of a word, or another."""


_FOUND = _Situation(frozenset(), "")
"""The match is complete."""


class Pattern:
    """A pattern, blind to case; equal to another of the same text."""

    def __init__(self, text: str) -> None:
        """Read it.

        Raises:
            PatternError: it is not one, or too large.
        """
        self.text = text
        part = read(text)
        self._steps = _machine(part)
        self.certain = _certain(part)
        """A text, folded, that stands in everything that matches; may be empty."""
        self._situations: dict[tuple[frozenset[int], str], _Situation] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def is_in(self, text: str) -> bool:
        """Say whether it matches somewhere in a folded text."""
        now = self._situation(frozenset({0}), BREAK)
        for one in text:
            then = now.get(one)
            if then is None:
                then = self._learn(now, one)
            if then is _FOUND:
                return True
            now = then
        return self._learn(now, BREAK) is _FOUND

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where it matches in a folded text: (start, end) of each, the longest first met."""
        found: list[tuple[int, int]] = []
        start = 0
        while start < len(text):
            end = self._longest(text, start)
            if end > start:
                found.append((start, end))
            start = max(end, start + 1)
        return found

    def _longest(self, text: str, start: int) -> int:
        before = _kind(text[start - 1]) if start else BREAK
        steps, end = frozenset({0}), -1
        for at in range(start, len(text) + 1):
            here = text[at] if at < len(text) else BREAK
            reached = self._closed(steps, before, _kind(here))
            if len(self._steps) - 1 in reached:
                end = at
            steps = self._after(reached, here)
            if not steps:
                break
            before = _kind(here)
        return end

    def _situation(self, steps: frozenset[int], before: str) -> _Situation:
        known = self._situations.get((steps, before))
        if known is None:
            if len(self._situations) > _MOST_KEPT:
                for one in self._situations.values():
                    one.clear()
                self._situations.clear()
            known = self._situations[steps, before] = _Situation(steps, before)
        return known

    def _learn(self, now: _Situation, character: str) -> _Situation:
        """Work out where `character` leads from here."""
        kind = _kind(character)
        reached = self._closed(now.steps, now.before, kind)
        if len(self._steps) - 1 in reached:
            then = _FOUND
        else:
            after = self._after(reached, character)
            then = self._situation(after | {0}, kind)
        now[character] = then
        return then

    def _closed(self, steps: frozenset[int], before: str, after: str) -> set[int]:
        """Return all steps that are reached without taking a character, between these two kinds."""
        reached: set[int] = set()
        open_ = list(steps)
        while open_:
            index = open_.pop()
            if index in reached:
                continue
            reached.add(index)
            step = self._steps[index]
            if step.fits is None and (step.place is None or _stands(step.place, before, after)):
                open_.extend(step.then)
        return reached

    def _after(self, reached: set[int], character: str) -> frozenset[int]:
        if character == BREAK:
            return frozenset()
        steps = self._steps
        return frozenset(
            then
            for index in reached
            if (fits := steps[index].fits) is not None and fits(character)
            for then in steps[index].then
        )


_WORD, _OTHER = "w", "-"


def _kind(character: str) -> str:
    return BREAK if character == BREAK else _WORD if is_word(character) else _OTHER


def _stands(place: Place, before: str, after: str) -> bool:
    match place:
        case Place.START:
            return before == BREAK
        case Place.END:
            return after == BREAK
        case Place.EDGE:
            return (before == _WORD) != (after == _WORD)
        case Place.INSIDE:
            return (before == _WORD) == (after == _WORD)


def in_one_line(text: str) -> str:
    """Return `text` folded and without breaks, as a pattern takes it."""
    return folded(text).replace(BREAK, " ")


def _machine(part: Part) -> list[_Step]:
    """Return the steps of a pattern, entered at the first; the last is its end."""
    steps: list[_Step] = []
    ends = _build(part, steps)
    steps.append(_Step())
    for one in ends:
        steps[one].then.append(len(steps) - 1)
    return steps


def _build(part: Part, steps: list[_Step]) -> list[int]:
    """Append the steps of `part`, entered at the first of them; return those that lead out."""
    if len(steps) > MOST_STEPS:
        raise PatternError("the pattern is too large", 0)
    entry = len(steps)
    match part:
        case One(fits):
            steps.append(_Step(fits=fits))
            return [entry]
        case Stand(place):
            steps.append(_Step(place=place))
            return [entry]
        case Row(parts):
            steps.append(_Step())
            return _in_a_row(parts, [entry], steps)
        case Either(ways):
            steps.append(_Step())
            ends: list[int] = []
            for way in ways:
                steps[entry].then.append(len(steps))
                ends.extend(_build(way, steps))
            return ends
        case Times(again, least, most):
            steps.append(_Step())
            ends = _in_a_row([again] * least, [entry], steps)
            return _more(again, None if most is None else most - least, ends, steps)


def _in_a_row(parts: Iterable[Part], ends: list[int], steps: list[_Step]) -> list[int]:
    for part in parts:
        for end in ends:
            steps[end].then.append(len(steps))
        ends = _build(part, steps)
    return ends


def _more(part: Part, times: int | None, ends: list[int], steps: list[_Step]) -> list[int]:
    """Append `part`, taken up to so many times; None is without end."""
    if times is None:
        gate = len(steps)
        for end in ends:
            steps[end].then.append(gate)
        steps.append(_Step())
        for end in _in_a_row([part], [gate], steps):
            steps[end].then.append(gate)
        return [gate]
    out = list(ends)
    for _ in range(times):
        ends = _in_a_row([part], ends, steps)
        out.extend(ends)
    return out


def _certain(part: Part) -> str:
    """Return the longest text that stands in every match, folded."""
    best = run = ""
    for one in part.parts if isinstance(part, Row) else (part,):
        if isinstance(one, One) and one.letter:
            run += one.letter
            continue
        best, run = max(best, run, key=len), ""
        inner = _certain(one) if isinstance(one, Row) else ""
        if isinstance(one, Times) and one.least:
            inner = _certain(one.part)
        best = max(best, inner, key=len)
    return max(best, run, key=len)
