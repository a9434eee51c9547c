"""Labs that only the runs of one engine know of: what their output declared, nobody having looked.

Source: lines `SKYFORGE_OUTPUT name=value` in the output of runs, as they were collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, ProjectId, upstream_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource, LabState, LabStep
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import Run
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata

KIND: Final = "run"
_LOOKED_AT: Final = 500
"""Markers of the newest runs, of whatever engine, among which labs are looked for."""
_TRANSPORT: Final = "output of runs"


class MarkedLabs:
    """Tells labs by the markers of an engine's runs; the newest run has the last word on each."""

    kind = KIND

    def __init__(self, collections: CollectionCache, clock: Clock, upstream: str) -> None:
        self.upstream = upstream
        self._collections = collections
        self._clock = clock

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return no lab: that one runs is told by whoever has seen it, not by a run."""
        return replace(await self.list_for_user(query), labs=())

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab that a run names."""
        source = LabSource(
            self.upstream, KIND, UpstreamState.LIVE, _TRANSPORT, as_of=self._clock.now()
        )
        labs = (_lab(run, marker) for run, marker in await self._newest())
        wanted = tuple(one for one in labs if query.owner in ("", one.owner))
        return LabListing(wanted, (source,), is_brief=query.is_brief)

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what runs said of every lab."""
        newest = await self._newest()
        return tuple(
            _metadata(run, marker) for run, marker in newest if query.owner in ("", run.started_by)
        )

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what a run said of one lab."""
        return _metadata(*await self._one(lab_id))

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return all there is to a lab: who says so, and what was said."""
        run, marker = await self._one(lab_id)
        said = LabStep(f"run {run.number} says {marker.name}={marker.value}", run.ended_at)
        return LabDetail(_lab(run, marker), steps=(said,))

    async def _one(self, lab_id: LabId) -> tuple[Run, Marker]:
        for run, marker in await self._newest():
            if _id(run, marker) == lab_id:
                return run, marker
        raise NotFound(f"no run names the lab {lab_id}", upstream=self.upstream)

    async def _newest(self) -> Sequence[tuple[Run, Marker]]:
        """Return each lab that is named once, with the newest run that names it.

        What a newer run of the same kind leaves out is not named any more.
        """
        found = await self._collections.marked(MarkerKind.OUTPUT, _LOOKED_AT)
        last_word: dict[object, Run] = {}
        named: dict[tuple[ProjectId, str], tuple[Run, Marker]] = {}
        for run, marker in found:  # the newest run first
            if upstream_of(run.id) != self.upstream:
                continue
            if last_word.setdefault(run.doing, run).id == run.id:
                named.setdefault((run.project_id, marker.name), (run, marker))
        return list(named.values())


def _id(run: Run, marker: Marker) -> LabId:
    return LabId(f"{run.id}:{marker.name}")


def _metadata(run: Run, marker: Marker) -> Metadata:
    return {
        "lab_id": _id(run, marker), "name": marker.name, "owner": run.started_by,
        "value": marker.value, "run": run.id, "project": run.project,
    }  # fmt: skip


def _lab(run: Run, marker: Marker) -> Lab:
    return Lab(
        id=_id(run, marker),
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
