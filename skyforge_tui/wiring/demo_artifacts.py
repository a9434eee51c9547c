"""Leaves among the artifacts what runs of the pretend estate would have left there by now."""

from __future__ import annotations

import hashlib
from pathlib import Path

from skyforge_tui.demo.company.leftovers import RECIPES, left_by
from skyforge_tui.domain.artifact import run_prefix
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.manifest import Kept, manifest_key, written
from skyforge_tui.domain.run import RunDetail, RunState
from skyforge_tui.integrations.object_store.directory import DirectoryClient
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.wiring import current_principal, open_services

_LOOKED_AT = 240
_RUNS = 15
"""Runs that left something; older ones' artifacts are gone by now."""


async def leave_artifacts(config: Path, upstream: str) -> int:
    """Leave what the newest runs of a server would have left; return of how many.

    Only of runs that whoever is signed in may see: to others they are nobody's.

    Raises:
        SkyforgeError: the server does not answer, or nothing can be written.
    """
    frame = read_frame(config, None)
    store = ObjectArtifactStore(LOCAL, DirectoryClient(frame.state_dir / "artifacts"))
    principal = current_principal()
    async with open_services(frame) as services:
        await services.projects.sync(principal)
        await services.runs.refresh(principal, upstream)
        newest = await services.runs.newest(principal, _LOOKED_AT)
        ended = [one for one in newest if one.state in (RunState.SUCCESS, RunState.ERROR)]
        leaving = [one for one in ended if one.template in RECIPES][:_RUNS]
        for run in leaving:
            await _leave(store, await services.runs.get(principal, run.id))
        await services.lineage.index(principal, LOCAL)
    return len(leaving)


async def _leave(store: ObjectArtifactStore, detail: RunDetail) -> None:
    run, prefix = detail.run, run_prefix(detail.run)
    kept: list[Kept] = []
    try:
        for path, data in left_by(run.template, run.number).items():
            await store.put(f"{prefix}/{path}", data)
            sha256 = hashlib.sha256(data).hexdigest()
            kept.append(Kept(f"{prefix}/{path}", path, len(data), sha256))
        made = Collection(run.id, LOCAL, prefix, len(kept), sum(one.size for one in kept))
        manifest = written(detail, made, kept, run.ended_at or run.created_at)
        await store.put(manifest_key(prefix), manifest)
    except Conflict:
        return  # it is there already
