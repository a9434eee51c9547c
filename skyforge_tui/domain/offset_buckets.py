"""The worst of many lines, coarsely: what the ticks on a scrollbar are made of.

Only the worst of each bucket of bytes is kept, so that a log of any size takes the same memory.
"""

from __future__ import annotations

from skyforge_tui.domain.log_severity import Severity

BUCKETS = 1024

_RANKS: dict[Severity, int] = {"": 0, "warn": 1, "bad": 2}
_BY_RANK: tuple[Severity, ...] = ("", "warn", "bad")


class OffsetBuckets:
    """The worst severity per bucket of bytes."""

    def __init__(self) -> None:
        self._bytes_each = 1
        self._ranks = bytearray(BUCKETS)
        self._drawn: tuple[tuple[int, int], list[Severity]] | None = None

    def mark(self, offset: int, severity: Severity) -> None:
        """Take note of a line; a bucket takes the worst of its lines."""
        while offset // self._bytes_each >= BUCKETS:
            pairs = zip(self._ranks[::2], self._ranks[1::2], strict=True)
            self._ranks = bytearray(map(max, pairs)) + bytearray(BUCKETS // 2)
            self._bytes_each *= 2
        bucket = offset // self._bytes_each
        rank = _RANKS[severity]
        if rank > self._ranks[bucket]:
            self._ranks[bucket] = rank
            self._drawn = None

    def rows(self, height: int, size: int) -> list[Severity]:
        """Return the worst severity for each of `height` rows that stand for `size` bytes."""
        key = (height, size)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._reduced(height, size))
        return self._drawn[1]

    def _reduced(self, height: int, size: int) -> list[Severity]:
        worst = bytearray(height)
        if not worst:  # a view that has no room yet
            return []
        for bucket, rank in enumerate(self._ranks):
            if rank:
                row = min(height - 1, bucket * self._bytes_each * height // max(size, 1))
                worst[row] = max(worst[row], rank)
        return [_BY_RANK[rank] for rank in worst]
