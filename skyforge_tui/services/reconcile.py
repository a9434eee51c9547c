"""Compare what an upstream holds with what is remembered: a pure function."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Difference(Generic[Key, Value]):
    """What to write: new and different things, and the keys of things that are gone."""

    added: dict[Key, Value]
    changed: dict[Key, Value]
    gone: frozenset[Key]

    @property
    def keys(self) -> frozenset[Key]:
        """Every key that something happened to."""
        return frozenset(self.added) | frozenset(self.changed) | self.gone

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def reconcile(
    upstream: Mapping[Key, Value],
    cached: Mapping[Key, Value],
    unreadable: Collection[Key] = (),
) -> Difference[Key, Value]:
    """Return the difference; a key that is there but `unreadable` is neither changed nor gone."""
    return Difference(
        added={key: value for key, value in upstream.items() if key not in cached},
        changed={
            key: value for key, value in upstream.items() if key in cached and cached[key] != value
        },
        gone=frozenset(cached.keys() - upstream.keys() - frozenset(unreadable)),
    )
