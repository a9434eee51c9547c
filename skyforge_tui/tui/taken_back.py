"""What a line took back by backspaces, dropped before the line is parsed character by character.

A spinner that turned for hours is one line of a million characters of which one is left.
"""

from __future__ import annotations

import re

MANY = 1024
"""Backspaces in a line from which on it is worth it; of fewer, what they strike over matters."""
_PASSES = 8
"""How many characters in a row may be taken back at once."""

_COLOUR = re.compile(rb"\x1b\[[0-9;:]*+m")
_COLOURS = rb"(?:\x1b\[[0-9;:]*+m){0,4}+"
_CHARACTER = (
    rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
)
_ONE = _CHARACTER + _COLOURS + rb"\x08"
_SEQUENCE = rb"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|[ -/]++[0-~]|[0-~])"
_SEVERAL = re.compile(_SEQUENCE + rb"|" + _ONE + rb"(?:" + _COLOURS + _ONE + rb")*+")
_RESETS = (b"\x1b[0m", b"\x1b[m")


def without_taken_back(data: bytes) -> bytes:
    """Return a line without the characters that were taken back, in the colours it ends in."""
    if data.count(b"\x08") < MANY:
        return data
    for _ in range(_PASSES):
        shorter = _SEVERAL.sub(_colours_of, data)
        if len(shorter) == len(data):
            break
        data = shorter
    return data


def _colours_of(found: re.Match[bytes]) -> bytes:
    """Return a sequence as it is; of what was taken back, the colours switched since a reset."""
    text = found[0]
    if b"\x1b" not in text:
        return b""
    if text[0] == 0x1B:
        return text
    colours = b"".join(_COLOUR.findall(text))
    return colours[max(0, *map(colours.rfind, _RESETS)) :]
