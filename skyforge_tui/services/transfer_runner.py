"""Carries transfers on beside everything else, whoever looks, and knows how far each has come.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from uuid import uuid4

from skyforge_tui.domain.errors import (
    Conflict,
    Invalid,
    Lost,
    NotFound,
    SkyforgeError,
)
from skyforge_tui.domain.events import NoticeRaised, TransfersChanged
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.transfer import (
    Meter,
    StoppedError,
    Transfer,
    TransferKind,
    TransferState,
)
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.transfer_book import TransferBook
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.carrier import Carrier
from skyforge_tui.services.mover import Export, Mover
from skyforge_tui.services.store_shelf import StoreShelf

_AT_ONCE = 3
_TOLD_S = 0.1
"""Seconds between two tellings of how far one has come."""
_KEPT = 50
"""Ended transfers that are still known."""


class TransferRunner:
    """Runs transfers; `aclose` ends those that are under way here."""

    def __init__(
        self,
        shelf: StoreShelf,
        carrier: Carrier,
        book: TransferBook,
        bus: Bus,
        clock: Clock,
        export: Export,
    ) -> None:
        self._mover = Mover(shelf, carrier, bus, export)
        self._book = book
        self._bus = bus
        self._clock = clock
        self._known: dict[str, Transfer] = {}
        self._failures: dict[str, SkyforgeError] = {}
        self._awaited: set[str] = set()
        """Transfers whose failure somebody hears anyway."""
        self._again: set[str] = set()
        """Transfers that were tried before, here."""
        self._meters: dict[str, Meter] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def aclose(self) -> None:
        """End what is under way; it stays in the book and is gone on with by the next program."""
        tasks = list(self._tasks.values())
        for meter in self._meters.values():
            meter.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def all(self) -> tuple[Transfer, ...]:
        """Return what is under way or has ended here, the newest first.

        Safe to call from another thread.
        """
        return tuple(self._seen(one) for one in [*self._known.values()][::-1])

    def one(self, transfer_id: str) -> Transfer:
        """Return a transfer with how far it has come.

        Raises:
            NotFound: there is none of this id.
        """
        if transfer_id not in self._known:
            raise NotFound(f"no transfer {transfer_id}", operation="transfer.find")
        return self._seen(self._known[transfer_id])

    async def wait(self, transfer_id: str) -> Transfer:
        """Return a transfer when it has ended.

        Raises:
            NotFound: there is none of this id.
            SkyforgeError: whatever it failed of.
            Exception: it broke of what nobody has foreseen.
        """
        task = self._tasks.get(transfer_id)
        self._awaited.add(transfer_id)
        if task is not None:
            await asyncio.wait([task])
            if not task.cancelled() and (defect := task.exception()) is not None:
                raise defect
        if (failure := self._failures.get(transfer_id)) is not None:
            raise failure
        return self.one(transfer_id)

    def stop(self, transfer_id: str) -> None:
        """Stop a transfer with its next piece."""
        self.one(transfer_id)
        if (meter := self._meters.get(transfer_id)) is not None:
            meter.stop()

    async def abandon(self, transfer_id: str) -> None:
        """Stop a transfer, and see that nobody goes on with it."""
        self.stop(transfer_id)
        if (task := self._tasks.get(transfer_id)) is not None:
            task.cancel()
            await asyncio.wait([task])
        await self._let_go(self._known[transfer_id])
        await self._book.remove(transfer_id)

    async def take_over(self) -> int:
        """Go on with transfers whose program has ended; return how many there were."""
        taken = 0
        for one in await self._book.read():
            if one.id in self._known or one.state.is_final:
                continue
            if await self._is_free(one):
                await self.go(replace(one, state=TransferState.WAITING, is_resumed=True))
                taken += 1
        return taken

    async def begin(
        self, kind: TransferKind, source: str, target: str, overwrite: bool
    ) -> Transfer:
        """Begin a transfer, or go on with the same one that nobody carries any more.

        `source` and `target` are as in `Transfer`.
        """
        asked = (kind, source, target, overwrite)
        for one in await self._book.read():
            is_same = (one.kind, one.source, one.target, one.overwrite) == asked
            if is_same and one.id not in self._tasks and await self._is_free(one):
                again = replace(one, state=TransferState.WAITING, is_resumed=True, ended_at=None)
                return await self.go(replace(again, error="", advice=""))
        begun_at = self._clock.now()
        return await self.go(
            Transfer(
                uuid4().hex[:12], kind, source, target, TransferState.WAITING, begun_at,
                overwrite=overwrite,
            )
        )  # fmt: skip

    async def _is_free(self, transfer: Transfer) -> bool:
        """Say whether no program carries a transfer: whoever does holds it until it ends."""
        async with self._book.hold(transfer.id) as is_ours:
            return is_ours

    async def go(self, transfer: Transfer) -> Transfer:
        """Begin a transfer, or go on with it."""
        if transfer.id in self._known:
            self._again.add(transfer.id)
        self._known[transfer.id] = transfer
        self._failures.pop(transfer.id, None)
        self._forget_old()
        await self._book.write(transfer)
        self._meters[transfer.id] = Meter(self._teller())
        task = asyncio.get_running_loop().create_task(self._carry(transfer.id))
        self._tasks[transfer.id] = task
        task.add_done_callback(partial(self._carried, transfer.id))
        self._tell()
        return transfer

    async def _carry(self, transfer_id: str) -> None:
        """Carry a transfer to its end, and note how it ended."""
        transfer = self._known[transfer_id]
        async with self._slots, AsyncExitStack() as stack:
            if not await stack.enter_async_context(self._book.hold(transfer_id)):
                self._end(transfer_id, TransferState.STOPPED, "another program goes on with it")
                return
            begun = replace(
                transfer, state=TransferState.RUNNING, begun_at=self._clock.now(), ended_at=None
            )
            self._known[transfer_id] = begun
            self._tell()
            is_left = False
            try:
                await self._moved(begun)
            except StoppedError:
                self._end(transfer_id, TransferState.STOPPED)
            except SkyforgeError as error:
                is_left = _may_go_on(begun, error)
                self._failures[transfer_id] = error
                self._end(transfer_id, TransferState.FAILED, error.message, error.advice)
                self._raise_notice(self._known[transfer_id], error)
            else:
                self._end(transfer_id, TransferState.DONE)
            if is_left:
                await self._book.write(self._known[transfer_id])
                return
            if self._known[transfer_id].state is not TransferState.DONE:
                await self._let_go(begun)
            await self._book.remove(transfer_id)

    def _carried(self, transfer_id: str, task: asyncio.Task[None]) -> None:
        """Let go of a task that has ended; what broke of a defect is no longer under way either."""
        self._tasks.pop(transfer_id, None)
        if not task.cancelled() and (defect := task.exception()) is not None:
            self._end(transfer_id, TransferState.FAILED, f"it broke: {defect!r}")
            about = {"message": f"transfer {transfer_id} broke", "exception": defect, "task": task}
            task.get_loop().call_exception_handler(about)

    async def _moved(self, transfer: Transfer) -> None:
        """Move the bytes of a transfer, unless an earlier try has and only could not say so."""
        meter = self._meters[transfer.id]
        try:
            try:
                await self._mover.move(transfer, meter)
            except Lost:
                await self._mover.move(transfer, meter)  # anew, from the first byte
        except (Conflict, NotFound):
            is_again = transfer.is_resumed or transfer.id in self._again
            found = await self._mover.moved(transfer) if is_again else None
            if found is None:
                raise
            meter.begin(found.size, found.size)

    async def _let_go(self, transfer: Transfer) -> None:
        """Let go of what a transfer that ended before its time has stored, as far as can be."""
        with contextlib.suppress(SkyforgeError):
            await self._mover.drop(transfer)

    def _end(
        self, transfer_id: str, state: TransferState, error: str = "", advice: str = ""
    ) -> None:
        seen = self._seen(self._known[transfer_id])
        self._known[transfer_id] = replace(
            seen, state=state, error=error, advice=advice, ended_at=self._clock.now()
        )
        self._meters.pop(transfer_id, None)
        self._tell()

    def _raise_notice(self, transfer: Transfer, error: SkyforgeError) -> None:
        if transfer.id in self._awaited:
            return
        words = f"{transfer.kind} {transfer.name} failed"
        notice = Notice(Severity.ERROR, words, str(error), advice=error.advice)
        self._bus.publish(NoticeRaised(notice))

    def _seen(self, transfer: Transfer) -> Transfer:
        """Return a transfer with how far it has come."""
        meter = self._meters.get(transfer.id)
        if meter is None:
            return transfer
        return replace(transfer, done=meter.there, total=meter.total, kept=meter.kept)

    def _forget_old(self) -> None:
        ended = [one.id for one in self._known.values() if one.state.is_final]
        for transfer_id in ended[: max(0, len(ended) - _KEPT)]:
            del self._known[transfer_id]
            self._again.discard(transfer_id)
            self._failures.pop(transfer_id, None)
            self._awaited.discard(transfer_id)

    def _tell(self) -> None:
        self._bus.publish(TransfersChanged())

    def _teller(self) -> Callable[[], None]:
        """Return what tells how far one has come, from any thread, not more often than is seen."""
        loop = asyncio.get_running_loop()
        told = [0.0]

        def tell() -> None:
            now = loop.time()
            if now - told[0] >= _TOLD_S:
                told[0] = now
                loop.call_soon_threadsafe(self._tell)

        return tell


def _may_go_on(transfer: Transfer, error: SkyforgeError) -> bool:
    """Say whether what a failed transfer has stored so far may be of use to another try."""
    is_stored = transfer.kind is not TransferKind.GET  # a file that comes waits beside its place
    return is_stored and not isinstance(error, Conflict | Invalid | NotFound)
