"""Keeps what a run made, once, when it has ended: its artifacts, and what its output declares.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from skyforge_tui.domain.artifact import MANIFEST, run_prefix, why_bad
from skyforge_tui.domain.collection import MOST_BYTES, MOST_FILES, Collection, Refusal
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound
from skyforge_tui.domain.events import ArtifactsChanged, NoticeRaised
from skyforge_tui.domain.identity import RunId, upstream_of
from skyforge_tui.domain.manifest import LARGEST, Kept, is_of, manifest_key, read, written
from skyforge_tui.domain.markers import Marker, MarkerKind, MarkerScanner
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.ports.artifact_store import ArtifactStore
from skyforge_tui.ports.claims import Claims
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.ports.work_files import Finding, WorkFile, WorkFiles
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.run_index import RunIndex

CLAIM = "collect"
"""One program at a time collects; the others come back to it."""
_CHUNK = 1 << 20


class Collector:
    """Collects ended runs into the first store.

    Of runs elsewhere whose files nobody here can reach, what their output declares is noted there.
    """

    def __init__(
        self,
        store: ArtifactStore,
        files: Mapping[str, WorkFiles],
        claims: Claims,
        cache: CollectionCache,
        index: RunIndex,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self.cache = cache
        self._store = store
        self.files = files
        self._claims = claims
        self._index = index
        self._bus = bus
        self._clock = clock

    async def collect(self, run_id: RunId) -> Collection | None:
        """Return what was kept of a run, keeping it now if nobody has; None while somebody does.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended.
            Unavailable: the store does not take it; another try goes on from there.
        """
        known = await self.cache.get(run_id)
        if known is not None:
            return known
        detail = await self._index.detail(run_id)
        if not detail.run.state.is_final:
            raise Conflict(f"run {detail.run.number} has not ended", operation="artifact.collect")
        markers = await self._markers(run_id)
        paths = [one.value for one in markers if one.kind is MarkerKind.ARTIFACT]
        collection = Collection(run_id, markers=markers)
        # What a run elsewhere names lies on its own machine: something else of that name may lie
        # here. And what lies there when a run ended before it began is another's.
        files = self.files.get(upstream_of(run_id))
        is_any = bool(markers) if files is None else bool(detail.spec.artifacts or paths)
        if is_any and detail.run.started_at is not None:
            async with self._claims.claim(CLAIM) as is_claimed:
                if not is_claimed:
                    return None
                collection = await self._kept(detail, collection, paths)
        await self.cache.write(collection)
        self._tell(detail.run, collection)
        return collection

    async def _markers(self, run_id: RunId) -> tuple[Marker, ...]:
        try:
            reader = await self._index.open_log(run_id, is_whole=True)
        except NotFound:
            return ()
        try:
            return await asyncio.to_thread(_scanned, reader)
        finally:
            reader.close()

    async def _kept(self, detail: RunDetail, bare: Collection, paths: Sequence[str]) -> Collection:
        """Return what an earlier manifest tells, or keep everything and write one."""
        placed = replace(bare, store=self._store.name, prefix=run_prefix(detail.run))
        data = await self._manifest(placed.prefix)
        if data is not None and not is_of(data, detail.run):
            placed = replace(placed, prefix=run_prefix(detail.run, is_taken=True))
            data = await self._manifest(placed.prefix)
        if data is not None:
            told = read(data, detail.run.id, placed.store, placed.prefix)
            if told is not None:
                return told
        return await self._keep(detail, placed, paths)

    async def _manifest(self, prefix: str) -> bytes | None:
        try:
            return await self._store.read(manifest_key(prefix), 0, LARGEST)
        except NotFound:
            return None

    async def _keep(
        self, detail: RunDetail, placed: Collection, paths: Sequence[str]
    ) -> Collection:
        directory = detail.spec.directory
        files = self.files.get(upstream_of(detail.run.id))
        found = Finding()
        if files is not None:
            found = await files.find(directory, detail.spec.artifacts, paths)
        refusals = list(found.refusals)
        kept: list[Kept] = []
        taken, left_out = _within_limits(found.files)
        for file in taken:
            key = _key_of(placed.prefix, file.path)
            reason = why_bad(key)
            if files is not None and not reason:
                try:
                    source = files.read(directory, file)
                    stored = await self._store.put(key, source, overwrite=True)
                except Invalid as error:
                    reason = error.message
                else:
                    kept.append(Kept(key, file.path, stored.size, stored.checksum))
            if reason:
                refusals.append(Refusal(file.path, reason))
        if left_out is not None:
            refusals.append(left_out)
        refusals = [Refusal(_as_text(one.path), _as_text(one.reason)) for one in refusals]
        collection = replace(
            placed, count=len(kept), size=sum(one.size for one in kept), refusals=tuple(refusals)
        )
        # Last of all: where there is a manifest, everything is there.
        manifest = written(detail, collection, kept, self._clock.now())
        await self._store.put(manifest_key(placed.prefix), manifest, overwrite=True)
        return collection

    def _tell(self, run: Run, collection: Collection) -> None:
        if collection.store or collection.markers:
            self._bus.publish(ArtifactsChanged(collection.store, frozenset({collection.prefix})))
        if collection.refusals:
            first = collection.refusals[0]
            count = len(collection.refusals)
            more = f", and {count - 1} more" if count > 1 else ""
            notice = Notice(
                Severity.WARNING, f"run {run.number}: not everything was kept",
                f"{first.path}: {first.reason}{more}", run.id,
                f"{MANIFEST} in {collection.prefix} says all",
            )  # fmt: skip
            self._bus.publish(NoticeRaised(notice))


def _scanned(reader: LogReader) -> tuple[Marker, ...]:
    scanner, offset = MarkerScanner(), 0
    while chunk := reader.read(offset, _CHUNK):
        scanner.feed(chunk)
        offset += len(chunk)
    return scanner.finish()


def _within_limits(files: Sequence[WorkFile]) -> tuple[list[WorkFile], Refusal | None]:
    """Return the files that may be kept, and what has to be said of the rest."""
    taken: list[WorkFile] = []
    size = 0
    for file in files:
        if len(taken) < MOST_FILES and size + file.size <= MOST_BYTES:
            taken.append(file)
            size += file.size
    left = len(files) - len(taken)
    if not left:
        return taken, None
    left_size = sum(file.size for file in files) - size
    reason = (
        f"{left:,} of {len(files):,} files with {left_size:,} bytes were left out: "
        f"a run keeps {MOST_FILES:,} files and {MOST_BYTES:,} bytes"
    )
    return taken, Refusal("…", reason)


def _key_of(prefix: str, path: str) -> str:
    """Return the key of a file; one that is called like our manifest gets another name."""
    return f"{prefix}/{path}.1" if path == MANIFEST else f"{prefix}/{path}"


def _as_text(name: str) -> str:
    """Return a file's name as Unicode text: names are bytes, and some are no text."""
    return name.encode("utf-8", "replace").decode()
