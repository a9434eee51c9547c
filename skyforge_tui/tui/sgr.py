"""SGR, the one kind of escape sequence that a log may use on us: colour and weight.

Blinking, italics, concealment and fonts are ignored: the first two by taste, the third because a
log must not hide its own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from skyforge_tui.tui.presenters.cells import Tone

Colour = int | tuple[int, int, int] | None
"""0-15 the terminal's own, 16-255 the fixed palette, three bytes a colour, None the default."""

MOST_SEQUENCES = 8192
LOOK_BACK_BYTES = 16 * 1024
"""In a line with more sequences than that, colours set further back than this are forgotten."""

_SEQUENCE = re.compile(rb"\x1b\[([0-9;:]*+)m")
_LONGEST = 256


class Sgr(NamedTuple):
    """How characters are to look."""

    fg: Colour = None
    bg: Colour = None
    bold: bool = False
    dim: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False
    tone: Tone | None = None
    """Ours, not the log's: overrides its colours."""
    lit: int = 0
    """Ours too: 1 where it is what is looked for, 2 where one stands at it."""


PLAIN = Sgr()


def sgr_after(data: bytes, sgr: Sgr) -> Sgr:
    """Return the state at the end of `data` which began in state `sgr`."""
    if b"\x1b[" not in data:
        return sgr
    is_dense = len(data) > LOOK_BACK_BYTES and data.count(b"\x1b[") > MOST_SEQUENCES
    for match in _SEQUENCE.finditer(data, len(data) - LOOK_BACK_BYTES if is_dense else 0):
        sgr = applied(sgr, match[1].decode("ascii"))
    return sgr


@lru_cache(maxsize=4096)
def applied(sgr: Sgr, parameters: str) -> Sgr:
    """Return `sgr` changed by the parameters of one sequence, such as `1;38;5;208`.

    What cannot be understood changes nothing.
    """
    codes = iter(parameters[:_LONGEST].split(";"))
    for code in codes:
        main, _, rest = code.partition(":")
        number = _number(main)
        if number in (38, 48, 58):
            colour = _colon_colour(rest) if rest else _semicolon_colour(codes)
            if colour is not None and number != 58:
                sgr = sgr._replace(fg=colour) if number == 38 else sgr._replace(bg=colour)
        elif number == 4:
            sgr = sgr._replace(underline=rest != "0")
        elif number is not None:
            sgr = _simple(sgr, number)
    return sgr


_SWITCHES: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
}


def _simple(sgr: Sgr, number: int) -> Sgr:
    if number == 0:
        return PLAIN
    switches = _SWITCHES.get(number)
    if switches is not None:
        return sgr._replace(**switches)
    if 30 <= number <= 37:
        return sgr._replace(fg=number - 30)
    if 90 <= number <= 97:
        return sgr._replace(fg=number - 82)
    if number == 39:
        return sgr._replace(fg=None)
    if 40 <= number <= 47:
        return sgr._replace(bg=number - 40)
    if 100 <= number <= 107:
        return sgr._replace(bg=number - 92)
    if number == 49:
        return sgr._replace(bg=None)
    return sgr


def _number(text: str) -> int | None:
    if not text:
        return 0
    return int(text) if len(text) <= 3 and text.isdecimal() else None


def _byte(text: str | None) -> int | None:
    number = None if text is None else _number(text)
    return number if number is not None and number <= 255 else None


def _semicolon_colour(codes: Iterator[str]) -> Colour:
    kind = next(codes, None)
    if kind == "5":
        return _byte(next(codes, None))
    if kind == "2":
        return _three([next(codes, None) for _ in range(3)])
    return None


def _colon_colour(rest: str) -> Colour:
    kind, *values = rest.split(":")
    if kind == "5" and values:
        return _byte(values[0])
    if kind == "2" and len(values) >= 3:
        # With four and more values the first one names a colour space.
        return _three(values[1:4] if len(values) >= 4 else values[:3])
    return None


def _three(values: list[str | None] | list[str]) -> Colour:
    red, green, blue = (_byte(value) for value in values)
    if red is None or green is None or blue is None:
        return None
    return red, green, blue
