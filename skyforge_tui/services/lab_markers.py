"""Labs that only runs know of: what their output declared, as the run that printed it tells it.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LabId, ProjectId, upstream_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabState, LabStep
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import Run
from skyforge_tui.ports.collection_cache import CollectionCache

KIND = "run"
_LOOKED_AT = 500
"""Markers of the newest runs among which labs are looked for."""


class MarkedLabs:
    """Tells labs by the markers of runs; the newest run that names a lab has the last word."""

    def __init__(self, collections: CollectionCache) -> None:
        self._collections = collections

    async def beside(self, labs: Iterable[Lab]) -> list[Lab]:
        """Return the labs that runs name and that are not among `labs` of the same project."""
        seen = {(one.project_id, one.name) for one in labs}
        return [
            _lab(run, marker)
            for run, marker in await self._newest()
            if (run.project_id, marker.name) not in seen
        ]

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return all there is to such a lab: who says so, and what was said.

        Raises:
            NotFound: no run names it any more.
        """
        for run, marker in await self._newest():
            lab = _lab(run, marker)
            if lab.id == lab_id:
                said = LabStep(f"run {run.number} says {marker.name}={marker.value}", run.ended_at)
                return LabDetail(lab, steps=(said,))
        raise NotFound(f"no run names the lab {lab_id}")

    async def _newest(self) -> Sequence[tuple[Run, Marker]]:
        """Return each lab that is named once, with the newest run that names it.

        What a newer run of the same kind leaves out is not named any more.
        """
        found = await self._collections.marked(MarkerKind.OUTPUT, _LOOKED_AT)
        last_word: dict[object, Run] = {}
        named: dict[tuple[ProjectId, str], tuple[Run, Marker]] = {}
        for run, marker in found:  # the newest run first
            if last_word.setdefault(run.doing, run).id == run.id:
                named.setdefault((run.project_id, marker.name), (run, marker))
        return list(named.values())


def _lab(run: Run, marker: Marker) -> Lab:
    return Lab(
        id=LabId(f"{run.id}:{marker.name}"),
        name=marker.name,
        state=LabState.MARKER,
        provider=upstream_of(run.id),
        kind=KIND,
        owner=run.started_by,
        project_id=run.project_id,
        project=run.project,
        updated_at=run.ended_at,
        note=f"known by run {run.number} only: {marker.value}",
        run_id=run.id,
    )
