"""Lines that were on record before they were told live: what is told of them is nothing new.

The record mostly lags behind the socket, but nothing promises that: a busy socket, or a runner that
reports in bursts, tells lines that were asked for a moment ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Final

WITHIN_US: Final = 30_000_000
"""What is older than the newest line on record by so much is not told any more."""

IsAlike = Callable[[int, int], bool]


class Early:
    """The newest lines of the record that nobody told yet, their times by digest of the text."""

    def __init__(self, is_alike: IsAlike) -> None:
        """`is_alike` says whether a recorded and a told time may be the same, in µs."""
        self._is_alike = is_alike
        self._times: dict[int, list[int]] = {}
        self._newest_us = -WITHIN_US
        self._newest: Counter[int] = Counter()
        """Digests of the lines of that very time."""

    def take(
        self, times: Sequence[int], digests: Sequence[int], told: Iterable[tuple[int, int]]
    ) -> None:
        """Take the record, in the order of its times, and which of its lines were `told`."""
        if not times:
            return
        after_us, self._newest_us = self._newest_us, max(self._newest_us, times[-1])
        oldest_us = self._newest_us - WITHIN_US
        kept = {one: [at for at in of if at > oldest_us] for one, of in self._times.items()}
        self._times = {one: of for one, of in kept.items() if of}
        since_us = max(after_us, oldest_us)
        known, self._newest = self._newest, Counter()
        for at_us, digest in takewhile(
            lambda one: one[0] >= since_us, zip(reversed(times), reversed(digests), strict=True)
        ):
            if at_us == self._newest_us:
                self._newest[digest] += 1
            if at_us == after_us and known[digest]:
                known[digest] -= 1  # it was there the last time
            else:
                self._times.setdefault(digest, []).append(at_us)
        for digest, at_us in told:
            self.tell(digest, at_us)

    def tell(self, digest: int, at_us: int) -> bool:
        """Say whether a line that is told now is one of them; then it is none any more."""
        found = self._times.get(digest, [])
        for at, other_us in enumerate(found):
            if self._is_alike(other_us, at_us):
                del found[at]
                return True
        return False

    def forget(self) -> None:
        """Know of none: times that are too coarse tell no line from the next like it."""
        self._times.clear()
