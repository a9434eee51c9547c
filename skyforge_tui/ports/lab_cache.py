"""Labs as last seen, remembered between starts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabSource


class LabCache(Protocol):
    """Labs and their providers as last seen. Disposable: it can be rebuilt from the providers."""

    async def labs(self) -> list[Lab]:
        """Return all remembered labs, by id."""
        ...

    async def sources(self) -> list[LabSource]:
        """Return how each provider answered last."""
        ...

    async def write(
        self, changed: Sequence[Lab], gone: Collection[LabId], sources: Sequence[LabSource]
    ) -> None:
        """Store the difference in one transaction; `sources` replace those of the same name."""
        ...
