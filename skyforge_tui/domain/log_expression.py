"""What is looked for in a log, as a regular expression over the raw bytes of its lines.

A person sees text; the bytes hold escape sequences within it. Between any two characters of the
expression such sequences may stand, and none of its characters matches the escape that begins one.
Nothing in it matches a line feed, so that a match lies within one line.
"""

from __future__ import annotations

from collections.abc import Iterable

from skyforge_tui.domain.pattern_syntax import Either, One, Part, Place, Row, Stand, Times
from skyforge_tui.domain.utf8_sets import LAST, Range, merged, without, written

ESCAPE = (
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]"
    rb"|\][^\x07\x1b\n]*(?:\x07|\x1b\x5c)"
    rb"|[PX^_][^\x1b\n]*\x1b\x5c"
    rb"|[ -/]+[0-~]"
    rb"|[0-OQ-WYZ\x5c`-~])"
)
"""A sequence for the terminal: colours and the like, titles, links."""

_ESCAPES = b"(?:" + ESCAPE + b")*"
_PLACES = {
    Place.START: rb"^",
    Place.END: rb"(?:" + ESCAPE + rb"|\r)*$",
    Place.EDGE: rb"(?:\b|" + ESCAPE + rb")",
    Place.INSIDE: rb"\B",
}
_NEVER: tuple[Range, ...] = ((0x0A, 0x0A), (0x1B, 0x1B))
_DIGITS: tuple[Range, ...] = ((0x30, 0x39),)
_BLANKS: tuple[Range, ...] = (
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
_WORDS: tuple[Range, ...] = (
    *_DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xAA, 0xAA), (0xB5, 0xB5), (0xBA, 0xBA),
    (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x250, 0x2AF), (0x370, 0x1FFF), (0x2C00, 0x2DFF),
    (0x3040, 0xD7FF), (0xF900, 0xFDFF), (0xFE70, 0xFFDC), (0x10000, 0x1EFFF), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Letters, digits and the underscore; beyond Europe whole scripts rather than single letters."""
_CLASSES: dict[str, tuple[Range, ...]] = {"d": _DIGITS, "s": _BLANKS, "w": _WORDS}


def of_text(text: str, *, is_blind: bool) -> bytes:
    """Return the expression for a text as it stands there."""
    return _ESCAPES.join(_character(one, is_blind=is_blind) for one in text)


def of_pattern(part: Part, *, is_blind: bool) -> bytes:
    """Return the expression for what a pattern is made of."""
    return _Writer(is_blind=is_blind).write(part, is_first=True)


class _Writer:
    """Writes the parts of a pattern; what comes first is not preceded by escape sequences."""

    def __init__(self, *, is_blind: bool) -> None:
        self._is_blind = is_blind

    def write(self, part: Part, *, is_first: bool) -> bytes:
        match part:
            case One():
                return (b"" if is_first else _ESCAPES) + self._one(part)
            case Stand(place):
                return _PLACES[place]
            case Row(parts):
                return self._row(parts, is_first=is_first)
            case Either(ways):
                return b"(?:" + b"|".join(self.write(one, is_first=is_first) for one in ways) + b")"
            case Times(again, least, most, is_lazy):
                once = b"(?:" + self.write(again, is_first=False) + b")"
                return once + _count(least, most) + (b"?" if is_lazy else b"")

    def _row(self, parts: Iterable[Part], *, is_first: bool) -> bytes:
        found = []
        for part in parts:
            found.append(self.write(part, is_first=is_first))
            is_first = False
        return b"".join(found)

    def _one(self, one: One) -> bytes:
        said = [
            span for low, high in one.spans for span in _span(low, high, is_blind=self._is_blind)
        ]
        for name in one.classes:
            kept = _CLASSES[name.lower()]
            said.extend(kept if name.islower() else without([(0, LAST)], kept))
        takes_stray = one.is_inverse or any(name.isupper() for name in one.classes)
        ranges = without([(0, LAST)], said) if one.is_inverse else merged(said)
        return written(without(ranges, _NEVER), takes_stray=takes_stray)


def _count(least: int, most: int | None) -> bytes:
    match (least, most):
        case (0, None):
            return b"*"
        case (1, None):
            return b"+"
        case (0, 1):
            return b"?"
        case (_, None):
            return b"{%d,}" % least
        case _:
            return b"{%d,%d}" % (least, most)


def _character(character: str, *, is_blind: bool) -> bytes:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no text, as a command line hands it on
        return rb"\x%02x" % (code - 0xDC00)
    return written(without(_span(character, character, is_blind=is_blind), _NEVER))


def _span(low: str, high: str, *, is_blind: bool) -> list[Range]:
    """Return a span of characters, with their other cases where case makes no difference."""
    found = [(ord(low), ord(high))]
    if not is_blind:
        return found
    if low == high:
        others = {low.lower(), low.upper()}
        return found + [(ord(one), ord(one)) for one in others if len(one) == 1]
    for first, last, step in ((0x41, 0x5A, 32), (0x61, 0x7A, -32)):
        start, end = max(ord(low), first), min(ord(high), last)
        if start <= end:
            found.append((start + step, end + step))
    return found
