"""Finding by a few letters: every letter of the query in order, word starts count most."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.tui.presenters.cells import Line, Span, Tone

_START, _NEXT, _WORD, _GAP = 12, 8, 9, 1


@dataclass(frozen=True, slots=True)
class Match:
    """How well a text matches, and the positions of the letters that did."""

    score: int
    positions: tuple[int, ...] = ()


def match(query: str, text: str, also: str = "") -> Match | None:
    """Return how `text` matches `query`, or None.

    The words of the query are looked for one by one; each must be found in `text`, or literally in
    `also` (which counts less and marks nothing). Case is ignored.
    """
    score = 0
    positions: list[int] = []
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    for word in query.lower().split():
        found = _word(word, lowered, text)
        if found is not None:
            score += found.score
            positions.extend(found.positions)
        elif word in also.lower():
            score += len(word)
        else:
            return None
    return Match(score, tuple(sorted(set(positions))))


def _word(word: str, lowered: str, text: str) -> Match | None:
    at = lowered.find(word)
    if at >= 0:
        at = _better_start(word, lowered, text, at)
        bonus = _START * 3 if at == 0 else _WORD if _starts_word(text, at) else 0
        score = len(word) * (_NEXT + 2) + bonus - min(at, 8) - len(text) // 16
        return Match(score, tuple(range(at, at + len(word))))
    score, last, positions = 0, -1, list[int]()
    for letter in word:
        here = lowered.find(letter, last + 1)
        if here < 0:
            return None
        start = _next_start(letter, lowered, text, here)
        rest = word[len(positions) :]
        if here != last + 1 and start is not None and _follows(rest, lowered, start):
            here = start
        score += _NEXT if here == last + 1 else _WORD if _starts_word(text, here) else 1
        score -= min(here - last - 1, 6) * _GAP
        positions.append(here)
        last = here
    return Match(score, tuple(positions))


def _follows(letters: str, lowered: str, at: int) -> bool:
    """Return whether `letters` come in order from `at` on."""
    for letter in letters:
        at = lowered.find(letter, at) + 1
        if at == 0:
            return False
    return True


def _better_start(word: str, lowered: str, text: str, at: int) -> int:
    """Return the first occurrence that starts a word, or `at`."""
    here = at
    while here >= 0:
        if _starts_word(text, here):
            return here
        here = lowered.find(word, here + 1)
    return at


def _next_start(letter: str, lowered: str, text: str, at: int) -> int | None:
    here = at
    while here >= 0:
        if _starts_word(text, here):
            return here
        here = lowered.find(letter, here + 1)
    return None


def _starts_word(text: str, at: int) -> bool:
    if at == 0:
        return True
    before, here = text[at - 1], text[at]
    return not before.isalnum() or (before.islower() and here.isupper())


def marked_line(text: str, positions: tuple[int, ...], tone: Tone = "text") -> Line:
    """Return `text` with the letters at `positions` underlined."""
    if not positions:
        return (Span(text, tone),)
    spans: list[Span] = []
    chosen = frozenset(positions)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or (index in chosen) != (start in chosen):
            spans.append(Span(text[start:index], tone, underline=start in chosen))
            start = index
    return tuple(spans)
