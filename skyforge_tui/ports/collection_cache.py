"""What was collected of runs, as last seen. Disposable: manifests and output tell it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import Run


class CollectionCache(Protocol):
    """Remembers collections by run; those of forgotten runs are forgotten too."""

    async def due(self, upstreams: Iterable[str], limit: int) -> list[RunId]:
        """Return ended runs of these that were never collected, newest first, at most `limit`."""
        ...

    async def get(self, run_id: RunId) -> Collection | None:
        """Return what was collected of a run, or None when it never was."""
        ...

    async def marked(self, kind: MarkerKind, limit: int) -> Sequence[tuple[Run, Marker]]:
        """Return markers of one kind, each with the run that printed it, newest run first."""
        ...

    async def write(self, collection: Collection) -> None:
        """Remember a collection in place of the one before."""
        ...
