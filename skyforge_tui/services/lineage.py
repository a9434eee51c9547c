"""Where artifacts come from: the run that made them, known here, or only by what its manifest says.

Manifests lie beside what runs left, so that the way back outlives every cache, and the run itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.artifact import (
    MANIFEST,
    ROOT,
    Artifact,
    ArtifactRef,
    folder_of_run,
    home_of,
)
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.identity import Principal, ProjectId, RunId
from skyforge_tui.domain.manifest import LARGEST, detail_in, is_of, manifest_key, read, run_id_in
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.services.artifact_views import FolderSize
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import YES, Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.store_pages import PAGE, pages_below
from skyforge_tui.services.store_shelf import StoreShelf


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that made something; `is_known` says whether it can still be looked at itself."""

    detail: RunDetail
    is_known: bool

    @property
    def run(self) -> Run:
        """The run."""
        return self.detail.run


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was learned from manifests."""

    runs: int
    unreadable: tuple[str, ...]
    """Keys of manifests that cannot be read."""
    foreign: int = 0
    """Runs of other machines that go by the number of one of ours; left as they are."""


class LineageService:
    """What one may ask about where artifacts come from."""

    def __init__(
        self,
        artifacts: ArtifactService,
        shelf: StoreShelf,
        collections: CollectionCache,
        index: RunIndex,
        access: Access,
        bus: Bus,
    ) -> None:
        self._artifacts = artifacts
        self._shelf = shelf
        self._collections = collections
        self._index = index
        self.access = access
        self._bus = bus

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference or of a run id."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def origin(self, principal: Principal, ref: ArtifactRef) -> Origin | None:
        """Return the run that made what is at a key or below a prefix; None where none did.

        What the manifest there says counts before numbers: in a store that several machines share,
        a run of another one may go by a number of ours.
        """
        if home_of(ref.key).number is None:
            return None
        data = await self._manifest(ref)
        told = None if data is None else detail_in(data)
        if data is None or told is None:
            run = await self._artifacts.maker(principal, ref)
            known = None if run is None else await self._index.cache.get(run.id)
            return None if known is None else Origin(known, is_known=True)
        known = await self._index.cache.get(told.run.id)
        if known is not None and is_of(data, known.run) and self._may_look(principal, known.run):
            return Origin(known, is_known=True)
        return Origin(told, is_known=False)

    @requires(Permission.ARTIFACT_READ, of="run_id")
    async def left_of(self, principal: Principal, run_id: RunId) -> FolderSize | None:
        """Return how much lies where a run's artifacts were put, its manifest not counted.

        None as long as nothing was put there.
        """
        made = await self._collections.get(run_id)
        if made is None or not made.count:
            return None
        manifest = manifest_key(made.prefix)
        page = await self._shelf.of(ArtifactRef(made.store, made.prefix)).page(
            made.prefix, deep=True, limit=PAGE
        )
        there = [one for one in page.artifacts if one.key != manifest]
        newest = max((one.modified_at for one in there), default=None)
        return FolderSize(len(there), sum(one.size for one in there), newest, page.is_more)

    @requires(Permission.ARTIFACT_LIST)
    async def index(self, principal: Principal, store: str) -> Indexed:
        """Learn from the manifests of a store what its runs left, as after a loss of the cache.

        Only what one may read is learned.
        """
        root = ArtifactRef(store, ROOT)
        found: list[bool | None] = []
        unreadable = list[str]()
        held = self._shelf.of(root)
        async for page in pages_below(held, ROOT):
            for one in page:
                if one.name != MANIFEST or one.key.count("/") != 3:
                    continue
                project_id = await self.project_of(one.ref)
                if self.access.decide(principal, Permission.ARTIFACT_READ, project_id) != YES:
                    continue
                found.append(await self._learn(held, one))
                if found[-1] is None:
                    unreadable.append(one.key)
        self._bus.publish(ArtifactsChanged(store, frozenset({ROOT})))
        return Indexed(found.count(True), tuple(unreadable), found.count(False))

    def _may_look(self, principal: Principal, run: Run) -> bool:
        """Say whether a person may look at a run: what bears its manifest may lie anywhere."""
        return self.access.decide(principal, Permission.RUN_READ, run.project_id) == YES

    async def _manifest(self, ref: ArtifactRef) -> bytes | None:
        where = manifest_key(folder_of_run(ref.key))
        try:
            return await self._shelf.of(ref).read(where, 0, LARGEST)
        except NotFound:
            return None

    async def _learn(self, store: ArtifactStore, manifest: Artifact) -> bool | None:
        """Note what a manifest tells; return whether it is of a run of ours, None if unreadable."""
        data = await store.read(manifest.key, 0, LARGEST)
        prefix = manifest.key.rpartition("/")[0]
        run_id = run_id_in(data)
        told = None if run_id is None else read(data, run_id, store.name, prefix)
        if run_id is None or told is None:
            return None
        known = await self._index.cache.get(run_id)
        if known is not None and not is_of(data, known.run):
            return False
        await self._collections.write(told)
        return True
