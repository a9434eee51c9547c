"""Moves the bytes of one transfer, from where it says to where it says.

Not a service: nobody outside `services` calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from pathlib import Path

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab_action import ExportedLab
from skyforge_tui.domain.transfer import Meter, Transfer, TransferKind, ref_of
from skyforge_tui.ports.artifact_store import Placed, Sweeping
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.store_shelf import StoreShelf

_PIECE = 1 << 18
"""Bytes of an exported lab that are stored at once."""

Export = Callable[[LabId], Awaitable[ExportedLab]]
"""Has whatever runs a lab hand it out."""


class Mover:
    """Knows what each kind of transfer means; its id is the ticket of what it stores."""

    def __init__(self, shelf: StoreShelf, carrier: Carrier, bus: Bus, export: Export) -> None:
        self._shelf = shelf
        self._carrier = carrier
        self._bus = bus
        self._export = export

    async def move(self, transfer: Transfer, meter: Meter) -> None:
        """Move the bytes of a transfer, and tell of it.

        Raises:
            StoppedError: the meter was stopped.
            SkyforgeError: one of both sides fails.
        """
        overwrite = transfer.overwrite
        if transfer.kind is TransferKind.GET:
            ref = ref_of(transfer.source)
            await self._carrier.get(
                self._shelf.of(ref), ref.key, Path(transfer.target), overwrite=overwrite,
                meter=meter,
            )  # fmt: skip
            return
        target = ref_of(transfer.target)
        store = self._shelf.writable(target)
        if transfer.kind is TransferKind.PUT:
            await self._carrier.put_file(
                store, target.key, Path(transfer.source), overwrite=overwrite, meter=meter,
                ticket=transfer.id,
            )  # fmt: skip
        elif transfer.kind is TransferKind.EXPORT:
            content = (await self._export(LabId(transfer.source))).content
            await self._carrier.put(
                store, target.key, _pieces(content), size=len(content), overwrite=overwrite,
                meter=meter, ticket=transfer.id,
            )  # fmt: skip
        elif transfer.kind in (TransferKind.COPY, TransferKind.MOVE):
            source = ref_of(transfer.source)
            copied = await self._carrier.copy(
                self._shelf.of(source), source.key, store, target.key, overwrite=overwrite,
                meter=meter, ticket=transfer.id,
            )  # fmt: skip
            if transfer.kind is TransferKind.MOVE:
                await self._remove(transfer, copied)
        else:
            raise Unavailable("this version does not know how to go on with it")
        self._bus.publish(ArtifactsChanged(target.store, frozenset({target.key})))

    async def moved(self, transfer: Transfer) -> Artifact | None:
        """Return the artifact if an earlier try has done it all and nobody was told; ends a move.

        That is proven by the bytes; where those of a move are gone, by what is there instead.
        """
        if transfer.kind is TransferKind.GET:
            ref, path = ref_of(transfer.source), Path(transfer.target)
            return await self._carrier.stored(self._shelf.of(ref), ref.key, path)
        target = ref_of(transfer.target)
        store = self._shelf.of(target)
        if transfer.kind is TransferKind.PUT:
            return await self._carrier.stored(store, target.key, Path(transfer.source))
        if transfer.kind not in (TransferKind.COPY, TransferKind.MOVE):
            return None  # no two exports of a lab have the same bytes
        source = ref_of(transfer.source)
        origin = self._shelf.of(source)
        before = await self._carrier.seen(origin, source.key)
        found = await self._carrier.copied(origin, source.key, store, target.key)
        if transfer.kind is TransferKind.COPY:
            return found
        if found is None or before is None:
            return None if transfer.overwrite else await self._emptied(transfer)
        await self._remove(transfer, before)
        return found

    async def drop(self, transfer: Transfer) -> None:
        """Let go of what a transfer has stored so far, out of sight."""
        if transfer.kind is not TransferKind.GET:
            store = self._shelf.of(ref_of(transfer.target))
            if isinstance(store, Sweeping):
                await store.drop(transfer.id)

    async def _remove(self, transfer: Transfer, moved: Artifact) -> None:
        """Remove what was moved from where it was, unless it is another one by now.

        Raises:
            Conflict: it is; or both names mean the same, as of two connections to one bucket.
        """
        source, target = ref_of(transfer.source), ref_of(transfer.target)
        now = await self._shelf.of(source).head(source.key)
        if await self._is_same(now, target):
            raise Conflict(
                f"{source} and {target} are the same artifact: it is kept",
                operation="artifact.move", advice="both connections lead to one bucket",
            )  # fmt: skip
        if (now.etag, now.modified_at) != (moved.etag, moved.modified_at):
            raise Conflict(
                f"{source} was changed while it was moved: both are kept",
                operation="artifact.move", advice="look at both",
            )  # fmt: skip
        await self._carrier.delete(self._shelf.writable(source), source.key)
        self._bus.publish(ArtifactsChanged(source.store, frozenset({source.key})))

    async def _is_same(self, source: Artifact, target: ArtifactRef) -> bool:
        """Say whether two names mean the same artifact, as far as their stores can tell."""
        one, other = self._shelf.of(source.ref), self._shelf.of(target)
        if not (isinstance(one, Placed) and isinstance(other, Placed)):
            return False
        if one.place_of(source.key) != other.place_of(target.key):
            return False
        there = await other.head(target.key)
        told = [(each.etag, each.modified_at, each.size) for each in (source, there)]
        return told[0] == told[1]

    async def _emptied(self, transfer: Transfer) -> Artifact | None:
        """Return what lies where a move goes, if its source is gone and a checksum is noted."""
        source, target = ref_of(transfer.source), ref_of(transfer.target)
        store = self._shelf.of(target)
        if await self._carrier.seen(self._shelf.of(source), source.key) is not None:
            return None
        artifact = await self._carrier.seen(store, target.key)
        is_noted = artifact is not None and await self._carrier.sums.of(store, artifact)
        return artifact if is_noted else None


def _pieces(content: bytes) -> Generator[bytes, None, None]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
