"""Figures as people write them in a query: `9d`, `1h30m`, `10MB`, `812`."""

from __future__ import annotations

import re
from decimal import Decimal

from skyforge_tui.domain.searchable import FieldKind

_SECOND = 1_000_000
_UNITS = {
    "ms": 1000, "s": _SECOND, "m": 60 * _SECOND, "h": 3600 * _SECOND, "d": 86_400 * _SECOND,
    "w": 7 * 86_400 * _SECOND, "y": 365 * 86_400 * _SECOND,
}  # fmt: skip
_SIZES = {
    "": 1, "b": 1, "k": 1000, "kb": 1000, "m": 1000**2, "mb": 1000**2, "g": 1000**3, "gb": 1000**3,
    "t": 1000**4, "tb": 1000**4, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
}  # fmt: skip
_FIGURE = r"([0-9]{1,12}(?:\.[0-9]{1,6})?)"
_DURATION = re.compile(rf"(?:{_FIGURE}(ms|[smhdwy]))")
_SIZE = re.compile(rf"{_FIGURE}([a-z]{{0,3}})")
_MORE = ("0", "s", "b", "ib", "0s")
_COUNT = re.compile(r"[0-9]{1,15}")
_MOST = 1 << 62
"""What a database takes as a number."""

EXAMPLES = {
    FieldKind.COUNT: "a whole number, as in 3",
    FieldKind.AGE: "a time, as in 90s, 5m, 2h or 9d",
    FieldKind.DURATION: "a time, as in 90s, 5m or 1h30m",
    FieldKind.SIZE: "a size, as in 10MB or 512kB",
}


def number_of(kind: FieldKind, text: str) -> int | None:
    """Return what `text` means in a field of that kind: a count, microseconds or bytes; or None."""
    match kind:
        case FieldKind.COUNT:
            return int(text) if _COUNT.fullmatch(text) else None
        case FieldKind.AGE | FieldKind.DURATION:
            return _duration(text.lower())
        case FieldKind.SIZE:
            found = _SIZE.fullmatch(text.lower())
            if found is None or found[2] not in _SIZES:
                return None
            return min(_MOST, int(Decimal(found[1]) * _SIZES[found[2]]))
        case FieldKind.TEXT | FieldKind.WORD:
            return None


def could_become(kind: FieldKind, text: str) -> bool:
    """Say whether typing on could make `text` a figure of that kind."""
    return not text or any(number_of(kind, text + more) is not None for more in _MORE)


def _duration(text: str) -> int | None:
    at = total = 0
    while at < len(text):
        found = _DURATION.match(text, at)
        if found is None:
            return None
        total += int(Decimal(found[1]) * _UNITS[found[2]])
        at = found.end()
    return min(total, _MOST) if text else None
