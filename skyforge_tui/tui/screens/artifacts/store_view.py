"""What the Artifacts place asks for: a store's tree along one way, and one thing's content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from skyforge_tui.domain.artifact import Artifact, ArtifactRef, home_of
from skyforge_tui.domain.comparison import Comparison
from skyforge_tui.domain.identity import Principal, RunId
from skyforge_tui.domain.run import Run
from skyforge_tui.services.artifact_views import FolderSize, Held, Level, Preview
from skyforge_tui.services.contract import Services
from skyforge_tui.services.lineage import Origin

MOST_ROWS = 5000
"""Rows of one level; of a fuller one the first are shown."""
FIRST_ROWS = 200
"""Rows of the first page: more than a screen holds, and there before a usual page could be."""
_PAGE = 1000
_LOOKED_UP = 100
"""Run folders of one level whose runs are looked up."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for below a prefix, and what was found so far among how many."""

    text: str
    found: tuple[tuple[Artifact, Held], ...] = ()
    among: int = 0
    goes_on: bool = True
    is_cut: bool = False
    """Whether there is more, and as much as is shown was found."""


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store along the way to one prefix."""

    store: str = ""
    stores: tuple[str, ...] = ()
    """All there are, the usual one first."""
    here: str | None = None
    """The end of the way; None before anything was asked."""
    levels: Mapping[str, Level] = field(default_factory=dict)
    """What lies below each prefix on the way, as far as it was read."""
    level: Level = Level((), ())
    """What lies at the end of the way."""
    runs: Mapping[str, Run] = field(default_factory=dict)
    """Of folders on the way and at its end, the run whose folder each is, newest ones only."""
    comparison: Comparison | None = None
    """What lies there beside what another run left."""
    search: Search | None = None
    """What stands in place of the level."""

    @property
    def tree(self) -> Mapping[str, Sequence[str]]:
        """The folders below each prefix on the way."""
        return {at: [one.ref.key for one in level.folders] for at, level in self.levels.items()}

    @property
    def unread(self) -> list[str]:
        """The prefixes on the way below which more lies than was read, and is wanted."""
        return [at for at, level in self.levels.items() if level.next and _rows(level) < MOST_ROWS]

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
    origin: Origin | None

    @property
    def run(self) -> Run | None:
        """The run that made it."""
        return None if self.origin is None else self.origin.run


@dataclass(frozen=True, slots=True)
class Against:
    """What one wants to compare with: the last good run, unless a run is named; or nothing."""

    run_id: RunId | None = None
    is_wanted: bool = True


async def look_into(
    services: Services,
    principal: Principal,
    here: str | None,
    against: Against,
    store: str | None,
    before: StoreView,
) -> StoreView:
    """Return what lies on the way to `here`, of every level the first page.

    None goes down as long as there is only one way. Without `store` it is the usual one. Coming
    from elsewhere, what was seen there of the way is not asked for again, unless it lacks the way.
    """
    stores = await services.artifacts.stores(principal)
    store = store if store in stores else stores[0]
    is_elsewhere = before.store == store and before.here != here
    known = before.levels if is_elsewhere else {}

    async def page(prefix: str) -> Level:
        ref = ArtifactRef(store, prefix)
        level = await services.artifacts.level(principal, ref, limit=FIRST_ROWS)
        return replace(level, folders=_in_order(level.folders))

    levels: dict[str, Level] = {}
    if here is None:
        here, levels[""] = "", await page("")
        while len(levels[here].folders) == 1 and not levels[here].artifacts:
            here = levels[here].folders[0].ref.key
            levels[here] = await page(here)
    else:
        parts = here.split("/") if here else []
        for depth in range(len(parts)):
            prefix, ahead = "/".join(parts[:depth]), "/".join(parts[: depth + 1])
            seen = known.get(prefix)
            levels[prefix] = seen if seen and _may_lead(seen, ahead) else await page(prefix)
        levels[here] = await page(here)
    comparison = None
    if against.is_wanted and home_of(here).number is not None:
        ref = ArtifactRef(store, here)
        comparison = await services.comparisons.compare(principal, ref, against.run_id)
    view = StoreView(store, stores, here, levels, levels[here], {}, comparison)
    return replace(view, runs=await _runs_of(services, principal, store, view.tree))


def _may_lead(level: Level, ahead: str) -> bool:
    """Say whether a folder is in a level as it was read; what came since is in none."""
    return bool(level.next) or any(one.ref.key == ahead for one in level.folders)


async def look_further(services: Services, principal: Principal, view: StoreView) -> StoreView:
    """Return a view with the next page of every level on its way that has more."""
    levels = dict(view.levels)
    for prefix in view.unread:
        level, ref = levels[prefix], ArtifactRef(view.store, prefix)
        more = await services.artifacts.level(
            principal, ref, after=level.next, limit=min(_PAGE, MOST_ROWS - _rows(level))
        )
        folders = _in_order((*level.folders, *more.folders))
        artifacts = (*level.artifacts, *more.artifacts)
        levels[prefix] = replace(more, folders=folders, artifacts=artifacts)
    view = replace(view, levels=levels, level=levels[view.here or ""])
    if view.unread:
        return view
    return replace(view, runs=await _runs_of(services, principal, view.store, view.tree))


async def _runs_of(
    services: Services, principal: Principal, store: str, tree: Mapping[str, Sequence[str]]
) -> dict[str, Run]:
    """Return the runs whose folders are among these, of each level the first ones."""
    found: dict[str, Run] = {}
    for folders in tree.values():
        of_runs = [one for one in folders if _is_of_run(one)][:_LOOKED_UP]
        for key in of_runs:
            run = await services.artifacts.maker(principal, ArtifactRef(store, key))
            if run is not None:
                found[key] = run
    return found


def _is_of_run(key: str) -> bool:
    return home_of(key).number is not None and key.count("/") == 2


def _in_order(folders: Sequence[Held]) -> tuple[Held, ...]:
    """Return folders by name, but those of runs newest first."""

    def place(held: Held) -> tuple[int, str]:
        number = home_of(held.ref.key).number
        return (0 if number is None or not _is_of_run(held.ref.key) else -number, held.ref.key)

    return tuple(sorted(folders, key=place))


def _rows(level: Level) -> int:
    return len(level.folders) + len(level.artifacts)


async def look_at(services: Services, principal: Principal, held: Held) -> Glance:
    """Return what a folder holds, or how an object begins, and the run that made it."""
    origin = await services.lineage.origin(principal, held.ref)
    if held.is_folder:
        return Glance(held, await services.artifacts.measure(principal, held.ref), origin)
    return Glance(held, await services.artifacts.preview(principal, held.ref), origin)
