"""Sets of characters, written as regular expressions over the bytes of UTF-8.

Logs hold whatever a process wrote: a search goes over bytes, so that what is no text hides nothing.
The signs used mean the same to RE2, to Rust's engine without Unicode, and to Python's `re`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

Range = tuple[int, int]
"""From a code point to a code point, both included."""

LAST = 0x10FFFF
STRAY = rb"[\x80-\xff]"
"""A byte that is not ASCII and, as other ways come first, belongs to no character."""

_ENDS = (0x7F, 0x7FF, 0xFFFF, LAST)
"""The last code points that take one, two, three and four bytes."""
_SURROGATES = (0xD800, 0xDFFF)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the same code points as few ranges in order."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def without(ranges: Iterable[Range], others: Iterable[Range]) -> list[Range]:
    """Return what is in `ranges` and not in `others`."""
    found: list[Range] = []
    gone = merged(others)
    for low, high in merged(ranges):
        at = low
        for first, last in gone:
            if last < at or first > high:
                continue
            if first > at:
                found.append((at, first - 1))
            at = last + 1
        if at <= high:
            found.append((at, high))
    return found


def written(ranges: Iterable[Range], *, takes_stray: bool = False) -> bytes:
    """Return an expression for one of these characters; with `takes_stray` for a lone byte too."""
    return _written(tuple(without(ranges, [_SURROGATES])), takes_stray)


@lru_cache(maxsize=256)
def _written(ranges: tuple[Range, ...], takes_stray: bool) -> bytes:
    ascii_only = b"".join(
        _span(low, min(high, _ENDS[0])) for low, high in ranges if low <= _ENDS[0]
    )
    ways = [b"[" + ascii_only + b"]"] if ascii_only else []
    for low, high in ranges:
        ways.extend(
            b"".join(b"[" + _span(*pair) + b"]" for pair in sequence)
            for sequence in _sequences(max(low, _ENDS[0] + 1), high)
        )
    if takes_stray:
        ways.append(STRAY)
    if not ways:
        return rb"[^\x00-\xff]"
    return ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")"


def _span(low: int, high: int) -> bytes:
    return b"\\x%02x" % low if low == high else b"\\x%02x-\\x%02x" % (low, high)


def _sequences(low: int, high: int) -> Iterator[list[Range]]:
    """Split a range of code points into products of byte ranges."""
    if low > high:
        return
    for end in _ENDS:
        if low <= end < high:
            yield from _sequences(low, end)
            yield from _sequences(end + 1, high)
            return
    for count in range(1, 4):
        rest = (1 << 6 * count) - 1
        if low & ~rest == high & ~rest:
            continue
        if low & rest:
            yield from _sequences(low, low | rest)
            yield from _sequences((low | rest) + 1, high)
            return
        if high & rest != rest:
            yield from _sequences(low, (high & ~rest) - 1)
            yield from _sequences(high & ~rest, high)
            return
    yield list(zip(chr(low).encode(), chr(high).encode(), strict=True))
