"""What the Artifacts place asks for: a store's tree along one way, and one thing's content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.run import Run
from skyforge_tui.services.artifact_views import FolderSize, Held, Level, Preview
from skyforge_tui.services.contract import Services

MOST_ROWS = 5000
"""Rows of one level; of a fuller one the first are shown."""


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store along the way to one prefix."""

    store: str = ""
    tree: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The folders below each prefix on the way."""
    level: Level = Level((), ())
    """What lies at the end of the way."""

    def held(self, key: str | None) -> Held | None:
        """Return the folder or object of that key at the end of the way."""
        rows = (*self.level.folders, *(held for _, held in self.level.artifacts))
        return next((one for one in rows if one.ref.key == key), None)

    def artifact(self, key: str | None) -> Artifact | None:
        """Return the object of that key at the end of the way; None if it is a folder's."""
        return next((one for one, _ in self.level.artifacts if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Glance:
    """What was found out about the thing under the cursor."""

    held: Held
    content: Preview | FolderSize
    run: Run | None


async def look_into(
    services: Services, principal: Principal, here: str | None
) -> tuple[str, StoreView]:
    """Return the way to `here`; None goes down as long as there is only one way."""
    store = (await services.artifacts.stores(principal))[0]
    tree: dict[str, Sequence[str]] = {}
    if here is None:
        here, level = "", await _level(services, principal, store, "")
        tree[""] = [one.ref.key for one in level.folders]
        while len(level.folders) == 1 and not level.artifacts:
            here = level.folders[0].ref.key
            level = await _level(services, principal, store, here)
            tree[here] = [one.ref.key for one in level.folders]
        return here, StoreView(store, tree, level)
    parts = here.split("/") if here else []
    for depth in range(len(parts) + 1):
        prefix = "/".join(parts[:depth])
        level = await _level(services, principal, store, prefix)
        tree[prefix] = [one.ref.key for one in level.folders]
    return here, StoreView(store, tree, level)


async def _level(services: Services, principal: Principal, store: str, prefix: str) -> Level:
    ref = ArtifactRef(store, prefix)
    level = await services.artifacts.level(principal, ref)
    while level.next and len(level.folders) + len(level.artifacts) < MOST_ROWS:
        more = await services.artifacts.level(principal, ref, after=level.next)
        level = replace(
            more,
            folders=(*level.folders, *more.folders),
            artifacts=(*level.artifacts, *more.artifacts),
        )
    return level


async def look_at(
    services: Services, principal: Principal, held: Held, *, is_folder: bool
) -> Glance:
    """Return what a folder holds, or how an object begins, and the run that made it."""
    if is_folder:
        size = await services.artifacts.measure(principal, held.ref)
        return Glance(held, size, await services.artifacts.maker(principal, held.ref))
    preview = await services.artifacts.preview(principal, held.ref)
    return Glance(held, preview, preview.run)
