"""Artifacts: what one may list, look at, take, keep, copy and remove, and what runs left."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from skyforge_tui.domain.artifact import (
    ROOT,
    Artifact,
    ArtifactRef,
    checked_key,
    checked_prefix,
    home_of,
)
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.identity import Principal, ProjectId, Role, RunId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run
from skyforge_tui.ports.artifact_store import Source
from skyforge_tui.ports.local_files import LocalFiles
from skyforge_tui.services.artifact_views import FolderSize, Held, Level, Preview
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.collector import Collector
from skyforge_tui.services.run_index import RunIndex
from skyforge_tui.services.store_shelf import StoreShelf

PREVIEW_BYTES = 64 * 1024
_FAR = 50
"""Newest ended runs elsewhere that are looked through for those that were to leave something."""
_COUNTED = 1000
"""Objects counted of a folder; of more it is said that there are more."""


class ArtifactService:
    """What one may do with artifacts."""

    def __init__(
        self,
        shelf: StoreShelf,
        carrier: Carrier,
        files: LocalFiles,
        collector: Collector,
        index: RunIndex,
        access: Access,
        bus: Bus,
        house: ProjectId,
    ) -> None:
        """Take the stores and what carries bytes to them and from them.

        `house` is the project that stands for the state directory itself: it rules over what
        belongs to no known project.
        """
        self._shelf = shelf
        self._carrier = carrier
        self._files = files
        self._collector = collector
        self._index = index
        self.access = access
        self._bus = bus
        self._house = house

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference or of a run id."""
        if isinstance(target, ArtifactRef):
            return await self._project_of_key(target.key)
        return (await self._index.detail(RunId(str(target)))).run.project_id

    # What one may ask.

    @requires(Permission.ARTIFACT_LIST)
    async def stores(self, principal: Principal) -> tuple[str, ...]:
        """Return the names of the stores, the usual one first."""
        return self._shelf.names

    @requires(Permission.ARTIFACT_LIST)
    async def level(
        self,
        principal: Principal,
        ref: ArtifactRef,
        *,
        deep: bool = False,
        after: str = "",
        limit: int = 1000,
    ) -> Level:
        """Return what lies below a prefix: one level of it, or with `deep` every artifact.

        Raises:
            Invalid: the prefix leads out of the store.
        """
        prefix = checked_prefix(ref.key)
        page = await self._shelf.of(ref).page(prefix, deep=deep, after=after, limit=limit)
        folders = [await self._held(ref.store, one, is_folder=True) for one in page.folders]
        artifacts = [(one, await self._held(ref.store, one.key)) for one in page.artifacts]
        return Level(
            tuple(one for one in folders if self._may_see(principal, one)),
            tuple(pair for pair in artifacts if self._may_see(principal, pair[1])),
            page.last if page.is_more else "",
        )

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def measure(self, principal: Principal, ref: ArtifactRef) -> FolderSize:
        """Return how much is in a folder."""
        page = await self._shelf.of(ref).page(checked_prefix(ref.key), deep=True, limit=_COUNTED)
        return FolderSize(
            len(page.artifacts),
            sum(one.size for one in page.artifacts),
            max((one.modified_at for one in page.artifacts), default=None),
            page.is_more,
        )

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def preview(self, principal: Principal, ref: ArtifactRef) -> Preview:
        """Return an artifact with its first 64 KiB."""
        artifact = await self.known(principal, ref)
        start = await self._shelf.of(ref).read(ref.key, 0, PREVIEW_BYTES)
        return Preview(artifact, start, await self._maker(ref.key))

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def head(self, principal: Principal, ref: ArtifactRef) -> Artifact:
        """Return what is known of an artifact without its bytes."""
        return await self._shelf.of(ref).head(checked_key(ref.key))

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def start(self, principal: Principal, ref: ArtifactRef, size: int) -> bytes:
        """Return the first bytes of an artifact."""
        return await self._shelf.of(ref).read(checked_key(ref.key), 0, size)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def known(self, principal: Principal, ref: ArtifactRef) -> Artifact:
        """Return what is known of an artifact, with its checksum where that was noted."""
        store = self._shelf.of(ref)
        artifact = await store.head(checked_key(ref.key))
        return replace(artifact, checksum=await self._carrier.sums.of(store, artifact))

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def checksums(self, principal: Principal, ref: ArtifactRef) -> dict[str, str]:
        """Return the SHA-256 of every key that the manifest of a key's run names."""
        return await self._carrier.sums.of_run(self._shelf.of(ref), ref.key)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def maker(self, principal: Principal, ref: ArtifactRef) -> Run | None:
        """Return the run that made what is at a key or below a prefix, if one did."""
        return await self._maker(ref.key)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def stream(self, principal: Principal, ref: ArtifactRef) -> AsyncGenerator[bytes, None]:
        """Return all bytes of an artifact, in pieces."""
        artifact = await self._shelf.of(ref).head(checked_key(ref.key))
        return self._shelf.of(ref).stream(ref.key, etag=artifact.etag)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def save(
        self, principal: Principal, ref: ArtifactRef, target: Path, *, overwrite: bool = False
    ) -> int:
        """Write an artifact to a file and return its size; goes on where an earlier try ended."""
        place = await self._files.inside(target.parent, ()) / target.name
        return await self._carrier.get(self._shelf.of(ref), ref.key, place, overwrite=overwrite)

    @requires(Permission.ARTIFACT_READ, of="run_id")
    async def made_by(self, principal: Principal, run_id: RunId) -> Collection | None:
        """Return what was kept of a run; None as long as nobody has looked."""
        return await self._collector.cache.get(run_id)

    # What one may change.

    @requires(Permission.ARTIFACT_WRITE, of="ref")
    async def put(
        self, principal: Principal, ref: ArtifactRef, source: Source, *, overwrite: bool = False
    ) -> Artifact:
        """Store an artifact, whole or not at all.

        Raises:
            Conflict: there is one already, and `overwrite` was not said.
            Invalid: the key leads out of the store.
        """
        store = self._shelf.writable(ref)
        artifact = await self._carrier.put(store, ref.key, source, overwrite=overwrite)
        self._changed(ref)
        return artifact

    @requires(Permission.ARTIFACT_WRITE, of="target")
    async def copy(
        self,
        principal: Principal,
        source: ArtifactRef,
        target: ArtifactRef,
        *,
        overwrite: bool = False,
    ) -> None:
        """Store an artifact a second time, in the same store or in another.

        Raises: as `put`; NotFound, if there is no such artifact.
        """
        # Asks whether it may be read, too.
        await self.head(principal, source)
        await self._carrier.copy(
            self._shelf.of(source), source.key, self._shelf.writable(target), target.key,
            overwrite=overwrite,
        )  # fmt: skip
        self._changed(target)

    @requires(Permission.ARTIFACT_DELETE, of="ref")
    async def delete(self, principal: Principal, ref: ArtifactRef) -> None:
        """Remove an artifact."""
        await self._carrier.delete(self._shelf.writable(ref), ref.key)
        self._changed(ref)

    @requires(Permission.ARTIFACT_DELETE, of="ref")
    async def check_removable(self, principal: Principal, ref: ArtifactRef) -> None:
        """Raise what would keep one from removing an artifact; removes nothing."""
        self._shelf.writable(ref)

    # Keeping what runs made: what jobs call.

    @requires(Permission.ARTIFACT_LIST)
    async def due(self, principal: Principal, limit: int) -> list[RunId]:
        """Return ended runs of which nobody has kept anything yet, newest first.

        Only runs whose output is here anyway, and those elsewhere that were to leave something
        which can be reached: nobody's server is asked for all it ever wrote.
        """
        cache, here = self._collector.cache, self._index.here
        due = await cache.due(here, limit)
        for run_id in await cache.due(self._collector.files.keys() - here, _FAR):
            detail = await self._index.cache.get(run_id)
            if len(due) < limit and detail is not None and detail.spec.artifacts:
                due.append(run_id)
        return due

    @requires(Permission.ARTIFACT_WRITE, of="run_id")
    async def collect(self, principal: Principal, run_id: RunId) -> Collection | None:
        """Keep what an ended run made, unless that was done; None while another program does.

        Raises:
            Conflict: it has not ended.
            Unavailable: the store does not take it; another try goes on from there.
        """
        return await self._collector.collect(run_id)

    def _may_see(self, principal: Principal, held: Held) -> bool:
        """Say whether a person sees that something is there; the way to the projects is free."""
        return held.ref.key == ROOT or self.access.role(principal, held.project_id) > Role.NONE

    async def _held(self, store: str, key: str, *, is_folder: bool = False) -> Held:
        return Held(ArtifactRef(store, key), await self._project_of_key(key), is_folder)

    async def _project_of_key(self, key: str) -> ProjectId:
        """Return whose a key is: by its slug, or where that is not enough, by its run."""
        home = home_of(key)
        alike = [one.id for one in self.access.projects() if one.slug == home.slug]
        if len(alike) == 1:
            return alike[0]
        run = await self._maker(key)
        return self._house if run is None else run.project_id

    def _changed(self, ref: ArtifactRef) -> None:
        self._bus.publish(ArtifactsChanged(ref.store, frozenset({ref.key})))

    async def _maker(self, key: str) -> Run | None:
        """Return the run that a key says it is of."""
        home = home_of(key)
        if home.number is None:
            return None
        for run_id in await self._index.cache.find(home.number):
            detail = await self._index.cache.get(run_id)
            if detail is None or upstream_of(run_id) != home.upstream:
                continue
            if detail.run.project == home.slug:
                return detail.run
        return None
