"""What a person may write between slashes, and what it is made of.

The usual signs, without those that would make it possible to write a pattern that never ends: no
back references, no looking ahead or behind. What is left can be matched in one pass over a text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from skyforge_tui.domain.folding import folded

MOST_LETTERS = 200
MOST_REPEATS = 100
MOST_NESTED = 20

Fits = Callable[[str], bool]


class PatternError(ValueError):
    """Say what is wrong in a pattern, and at which of its characters."""

    def __init__(self, message: str, at: int, *, is_unfinished: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.is_unfinished = is_unfinished
        """Whether typing on could make it right."""


class Place(Enum):
    """A place between two characters."""

    START = "^"
    END = "$"
    EDGE = "b"
    INSIDE = "B"


@dataclass(frozen=True, slots=True)
class One:
    """A character that fits."""

    fits: Fits
    letter: str = ""
    """The character, folded, where it is one certain character."""
    spans: tuple[tuple[str, str], ...] = ()
    """What it says, as it is written: from a character to a character, each."""
    classes: str = ""
    """And what classes: `d`, `w`, `s`, or what is none of those: `D`, `W`, `S`."""
    is_inverse: bool = False
    """Whether it is a character that is none of all this."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A place between two characters."""

    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several ways."""

    ways: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """A part, so many times; without an end where `most` is None."""

    part: Part
    least: int
    most: int | None
    is_lazy: bool = False
    """Whether as few as possible are meant, which decides how much is matched, not whether."""


Part = One | Stand | Row | Either | Times


def is_word(character: str) -> bool:
    """Say whether a character is part of a word."""
    return character.isalnum() or character == "_"


_CLASSES: dict[str, Fits] = {"d": str.isdecimal, "w": is_word, "s": str.isspace}
_PLACES = {"b": Place.EDGE, "B": Place.INSIDE, "A": Place.START, "Z": Place.END}
_SIGNS = {"t": "\t"}


def read(pattern: str) -> Part:
    """Return what a pattern is made of.

    Raises:
        PatternError: it is not one, or too long.
    """
    if len(pattern) > MOST_LETTERS:
        raise PatternError(f"a pattern has at most {MOST_LETTERS} characters", MOST_LETTERS)
    return _Reader(pattern).whole()


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Part:
        part = self._either()
        if self._at < len(self._text):
            raise PatternError("this ) has no (", self._at)
        return part

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        self._at += 1
        return character

    def _either(self) -> Part:
        ways = [self._row()]
        while self._peek() == "|":
            self._at += 1
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else Either(tuple(ways))

    def _row(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._single()))
        return Row(tuple(parts))

    def _single(self) -> Part:
        start = self._at
        match character := self._take():
            case "(":
                return self._group(start)
            case "[":
                return self._set(start)
            case ".":
                return One(lambda _: True, is_inverse=True)
            case "^":
                return Stand(Place.START)
            case "$":
                return Stand(Place.END)
            case "\\":
                return self._escaped(start)
            case "*" | "+" | "?":
                raise PatternError(f"nothing stands before this {character}", start)
            case _:
                return _letter(character)

    def _group(self, start: int) -> Part:
        if self._peek() == "?":
            if self._text[self._at : self._at + 2] != "?:":
                raise PatternError("only (…) and (?:…) are known here", start)
            self._at += 2
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise PatternError("too many brackets in brackets", start)
        part = self._either()
        self._depth -= 1
        if self._take() != ")":
            raise PatternError("this ( has no )", start, is_unfinished=True)
        return part

    def _escaped(self, start: int) -> Part:
        character = self._take()
        if not character:
            raise PatternError("a character belongs behind \\", start, is_unfinished=True)
        if character in _PLACES:
            return Stand(_PLACES[character])
        known = _class(character)
        return known or _letter(_sign(character, start))

    def _repeated(self, part: Part) -> Part:
        while self._peek() and self._peek() in "*+?{":
            start = self._at
            least, most = self._times()
            is_lazy = self._peek() == "?"
            self._at += is_lazy
            if isinstance(part, Stand):
                raise PatternError("a place cannot be repeated", start)
            part = Times(part, least, most, is_lazy)
        return part

    def _times(self) -> tuple[int, int | None]:
        start = self._at
        match self._take():
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
        end = self._text.find("}", self._at)
        if end < 0:
            raise PatternError("this { has no }", start, is_unfinished=True)
        least, comma, most = self._text[self._at : end].partition(",")
        self._at = end + 1
        if not _is_count(least) or (most and not _is_count(most)):
            raise PatternError("write {3}, {3,} or {3,5}; a { itself as \\{", start)
        low = int(least)
        high = (int(most) if most else None) if comma else low
        if max(low, high or 0) > MOST_REPEATS or (high is not None and high < low):
            raise PatternError(f"0 to {MOST_REPEATS} times, the smaller number first", start)
        return low, high

    # Sets.

    def _set(self, start: int) -> One:
        is_inverse = self._peek() == "^"
        self._at += is_inverse
        some: list[One] = []
        while not some or self._peek() != "]":
            if not self._peek():
                raise PatternError("this [ has no ]", start, is_unfinished=True)
            some.append(self._member())
        self._at += 1
        return One(
            lambda one: any(member.fits(one) for member in some) != is_inverse,
            spans=tuple(span for member in some for span in member.spans),
            classes="".join(member.classes for member in some),
            is_inverse=is_inverse,
        )

    def _member(self) -> One:
        start = self._at
        first = self._take()
        if first == "\\":
            if (known := _class(self._peek())) is not None:
                self._at += 1
                return known
            if not self._peek():
                raise PatternError("a character belongs behind \\", start, is_unfinished=True)
            first = _sign(self._take(), start)
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("", "]"):
            return _letter(first)
        self._at += 1
        last = self._take()
        if last == "\\":
            last = _sign(self._take() or "\\", start)
        if last < first:
            raise PatternError(f"{last} comes before {first}", start)
        return One(
            lambda one: first <= one <= last or first <= one.upper() <= last,
            spans=((first, last),),
        )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _letter(character: str) -> One:
    low = folded(character)
    return One(lambda one: one == low, low, spans=((character, character),))


def _class(character: str) -> One | None:
    fits = _CLASSES.get(character.lower())
    if fits is None:
        return None
    if character.islower():
        return One(fits, classes=character)
    return One(lambda one: not fits(one), classes=character)


def _sign(character: str, start: int) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isalnum():
        raise PatternError(f"\\{character} is not known here", start)
    return character
