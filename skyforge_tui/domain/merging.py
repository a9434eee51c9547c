"""Two changes to one text, put together: what only one side changed is taken as it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

OURS: Final = "<<<<<<< yours\n"
MIDDLE: Final = "=======\n"
THEIRS: Final = ">>>>>>> theirs\n"
_MOST_LINES: Final = 20_000
"""Longer texts are not compared line by line: it would take too long."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A text with both changes; where they meet, both stand between marks."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Return a text with what changed from `base` to `mine` and to `theirs`."""
    lines = [one.splitlines(keepends=True) for one in (base, mine, theirs)]
    if max(map(len, lines)) > _MOST_LINES:
        return Merged(_both(lines[1], lines[2]), 1)
    return _merged(*lines)


def has_marks(text: str) -> bool:
    """Say whether marks of a conflict are left in a text."""
    rows = text.splitlines()
    return OURS.strip() in rows or THEIRS.strip() in rows


def _merged(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Merged:
    """Walk along what all three share; between two such lines somebody changed something."""
    out: list[str] = []
    conflicts = at_base = at_mine = at_theirs = 0
    for start, in_mine, in_theirs, size in [
        *_shared(base, mine, theirs),
        (len(base), len(mine), len(theirs), 0),
    ]:
        parts = base[at_base:start], mine[at_mine:in_mine], theirs[at_theirs:in_theirs]
        chosen = _chosen(*parts)
        if chosen is None:
            conflicts += 1
            out.append(_both(parts[1], parts[2]))
        else:
            out += chosen
        out += base[start : start + size]
        at_base, at_mine, at_theirs = start + size, in_mine + size, in_theirs + size
    return Merged("".join(out), conflicts)


def _chosen(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Sequence[str] | None:
    """Return what stands here after both changes; None where they differ."""
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _shared(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    """Return runs of lines that all three have: where each begins, and how long it is."""
    found = []
    to_theirs = _blocks(base, theirs)
    for start, in_mine, size in _blocks(base, mine):
        for other, in_theirs, length in to_theirs:
            first, last = max(start, other), min(start + size, other + length)
            if first < last:
                place = in_mine + first - start, in_theirs + first - other
                found.append((first, *place, last - first))
    return sorted(found)


def _blocks(base: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(one.a, one.b, one.size) for one in matcher.get_matching_blocks() if one.size]


def _both(mine: Sequence[str], theirs: Sequence[str]) -> str:
    return "".join((OURS, _ended(mine), MIDDLE, _ended(theirs), THEIRS))


def _ended(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return text if not text or text.endswith("\n") else f"{text}\n"
