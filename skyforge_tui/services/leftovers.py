"""What uploads that were broken off have left in stores: found, and let go of.

Not a service: nobody outside `services` calls it, so it checks nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.transfer import Transfer, ref_of
from skyforge_tui.domain.unfinished import Unfinished
from skyforge_tui.ports.artifact_store import Sweeping
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.transfer_book import TransferBook
from skyforge_tui.services.store_shelf import StoreShelf

NOBODYS = timedelta(hours=1)
"""After which nobody goes on with what no transfer knows of, on whatever machine."""
GIVEN_UP = timedelta(days=7)
"""After which nobody tries again what failed."""


class Leftovers:
    """Knows which uploads nobody will go on with by himself."""

    def __init__(self, shelf: StoreShelf, book: TransferBook, clock: Clock) -> None:
        self._shelf = shelf
        self._book = book
        self._clock = clock

    async def of(self, store: str) -> list[Unfinished]:
        """Return what was broken off on its way into a store, the oldest first.

        What a transfer waits to go on with is not among it; what failed is, as long as nobody
        tries it again.
        """
        kept = self._shelf.of(ArtifactRef(store, ""))
        if not isinstance(kept, Sweeping):
            return []
        known = {one.id: one for one in await self._book.read()}
        found = [
            _placed(one, known.get(one.ticket))
            for one in await kept.left()
            if one.ticket not in known or known[one.ticket].state.is_final
        ]
        return sorted(found, key=lambda one: one.begun_at)

    async def drop(self, left: Iterable[Unfinished]) -> None:
        """Let go of what was broken off, unless somebody has begun to go on with it."""
        known = {one.id for one in await self._book.read()}
        for one in left:
            if one.ticket not in known:
                await self._drop(one)
                continue
            async with self._book.hold(one.ticket) as is_ours:
                if is_ours:
                    await self._drop(one)
                    await self._book.remove(one.ticket)

    async def _drop(self, left: Unfinished) -> None:
        store = self._shelf.writable(ArtifactRef(left.store, left.key))
        if isinstance(store, Sweeping):
            await store.drop(left.ticket)

    async def sweep(self) -> int:
        """Let go of what has lain for long, in every store that can be reached; say how much."""
        count = 0
        for store in self._shelf.names:
            with contextlib.suppress(SkyforgeError):
                old = [one for one in await self.of(store) if await self._is_old(one)]
                await self.drop(old)
                count += len(old)
        for one in await self._book.read():
            ended = one.ended_at
            if ended is None or self._clock.now() - ended <= GIVEN_UP:
                continue
            async with self._book.hold(one.id) as is_ours:
                if is_ours:
                    await self._book.remove(one.id)  # it failed before it left anything
        return count

    async def _is_old(self, left: Unfinished) -> bool:
        ended = {one.id: one.ended_at for one in await self._book.read()}
        since = ended.get(left.ticket)
        limit, moment = (NOBODYS, left.begun_at) if since is None else (GIVEN_UP, since)
        return self._clock.now() - moment > limit


def _placed(left: Unfinished, transfer: Transfer | None) -> Unfinished:
    """Return what was left with the key that its transfer knows."""
    if left.key or transfer is None:
        return left
    return replace(left, key=ref_of(transfer.target).key)
