"""What one run left, beside what another run left: by checksum, file by file. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.run import Run


class Likeness(StrEnum):
    """What an artifact is beside the one of the same name that the other run left."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    """The other run left none of that name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a run left, compared with what another one left."""

    other: Run
    by_key: Mapping[str, Likeness] = field(default_factory=dict)
    """Of each key whose checksum is known."""
    gone: tuple[str, ...] = ()
    """What only the other run left: names below its prefix, sorted."""

    def of(self, key: str) -> Likeness | None:
        """Return what an artifact is; None where its checksum is not known."""
        return self.by_key.get(key)

    def below(self, prefix: str) -> Mapping[Likeness, int]:
        """Return how many artifacts of a folder are what."""
        start = f"{prefix}/" if prefix else ""
        return Counter(like for key, like in self.by_key.items() if key.startswith(start))


def compared(
    other: Run, prefix: str, sums: Mapping[str, str], other_prefix: str, others: Mapping[str, str]
) -> Comparison:
    """Return the comparison of two runs: what lies below each one's prefix, with its checksums."""
    left = dict(_below(other_prefix, others))
    by_key: dict[str, Likeness] = {}
    for name, digest in _below(prefix, sums):
        theirs = left.pop(name, None)
        likeness = Likeness.SAME if theirs == digest else Likeness.CHANGED
        by_key[f"{prefix}/{name}"] = Likeness.NEW if theirs is None else likeness
    return Comparison(other, by_key, tuple(sorted(left)))


def _below(prefix: str, sums: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    start = f"{prefix}/"
    return ((key.removeprefix(start), one) for key, one in sums.items() if key.startswith(start))
