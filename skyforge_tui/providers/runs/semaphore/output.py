"""The output of one run, brought here: live where that goes, and at the end as it is on record."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from skyforge_tui.domain.errors import NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Frame
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLog, KeptLogs, Line
from skyforge_tui.providers.runs.semaphore.bell import Bell
from skyforge_tui.providers.runs.semaphore.joining import Change, Joining, Row
from skyforge_tui.providers.runs.semaphore.looking import Looks
from skyforge_tui.providers.runs.semaphore.rows import state_of
from skyforge_tui.providers.runs.semaphore.trouble import translate
from skyforge_tui.providers.runs.to_its_end import to_its_end

log = logging.getLogger(__name__)

GAP: Final = "fetched when it answers"
OTHERS_PAUSE_S: Final = 0.5
"""Between two looks at an output that another program writes."""


class Output:
    """Brings one run's output for as long as its `run` goes on."""

    def __init__(
        self,
        run_id: RunId,
        task: tuple[int, int],
        client: SemaphoreClient,
        kept: KeptLogs,
        clock: Clock,
        grew: Callable[[RunId, int], None],
        whole: Callable[[RunId], None],
    ) -> None:
        """Tell `grew` how long the output is, and `whole` when all of it is here."""
        self._whole = whole
        self.run_id = run_id
        self.task = task
        self._client = client
        self._kept = kept
        self._clock = clock
        self._grew = grew
        self._joining = Joining()
        self._looks = Looks(clock)
        self._pending: list[Line] = []
        self._is_first = True
        self._others_size = 0
        self._cut_at: datetime | None = None
        self._news = Bell(clock)
        self._waiting: list[asyncio.Future[None]] = []

    # What is heard; every call is quick.

    def opened(self, *, is_live: bool) -> None:
        """Take lines as they are told from now on, or ask for them again and again."""
        self._looks.opened(is_live=is_live)
        self._news.ring()

    def told(self, told: Frame) -> None:
        """Take a line."""
        if told.time is None:
            return
        row = _row(told.time, told.output)
        if self._joining.live(row):
            self._pending.append(_line(row))
        elif self._joining.held == 1:
            self._looks.holds()
        self._looks.loose(self._joining.loose, self._joining.count)
        self._news.ring()

    def cut(self) -> None:
        """Take note that lines are missed from now on."""
        self._joining.cut()
        self._looks.cut()
        self._cut_at = self._cut_at or self._clock.now()
        self._news.ring()

    def ended(self) -> None:
        """Take note that the run has ended: its last lines are on their way to the record."""
        self._looks.ended()
        self._news.ring()

    # What is done.

    async def run(self) -> None:
        """Bring the output until all of it is here, or until cancelled."""
        opened: list[KeptLog] = []
        try:
            while not await to_its_end(lambda: self._open(opened)):
                await self._watch_other()
            await self._bring(opened[0])
        except Unavailable as error:
            log.warning("%s: %s", self.run_id, error)
            self._answer(error)
        finally:
            for kept in opened:
                kept.close()
            self._answer(NotFound(f"{self.run_id} is not followed any more"))
            await self._news.aclose()

    def _open(self, opened: list[KeptLog]) -> bool:
        """Open the place to write to; say whether nobody else writes there."""
        kept = self._kept.open(self._native)
        if kept is not None:
            opened.append(kept)
        return kept is not None

    async def _bring(self, kept: KeptLog) -> None:
        if kept.is_complete:
            self._answer(None)
            return
        await self._ask_state()
        while not self._looks.is_done:
            await self._write(kept, self._taken(), None)
            if self._looks.should_release(self._joining.held):
                await self._write(kept, self._taken(), self._joining.release())
            if self._looks.is_due(self._joining.count):
                await self._look(kept)
            else:
                await self._news.wait(self._looks.due_in_s(self._joining.held))

    async def brought(self) -> None:
        """Wait until what is there now is here; of an ended run, everything.

        Raises:
            SkyforgeError: it does not come.
        """
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._looks.ask()
        self._news.ring()
        await waiting

    @property
    def _native(self) -> str:
        return native_of(self.run_id)

    async def _ask_state(self) -> None:
        """Ask how the run stands: one that ended long ago is asked for its output once."""
        try:
            task = await self._client.tasks.get(*self.task)
        except TransportError as error:
            await self._failed(error)
            return
        if state_of(task.status).is_final:
            self._looks.ended(task.end)

    async def _look(self, kept: KeptLog) -> None:
        """Ask for the record and write what it adds."""
        self._looks.begin()
        try:
            told = await self._client.tasks.output(*self.task)
        except TransportError as error:
            await self._failed(error)
            return
        rows = [_row(one.time, one.output) for one in told]
        is_last = self._looks.answered(len(rows), self._joining.loose)
        before = self._taken()
        if is_last:
            change = self._joining.last(rows)
        else:
            change = self._joining.record(rows, is_settled=self._looks.is_settled)
        await self._write(kept, before, change)
        if is_last:
            await to_its_end(kept.finish)
            self._looks.is_done = True
            self._whole(self.run_id)
        if self._joining.is_joined:
            self._cut_at = None
        self._looks.joined(
            is_joined=self._joining.is_joined,
            has_grown=bool(change),
            loose=self._joining.loose,
            count=self._joining.count,
        )
        if is_last or not self._looks.is_over:
            self._answer(None)

    async def _write(self, kept: KeptLog, before: Sequence[Line], change: Change | None) -> None:
        """Write live lines that come before, then a change; tell how long the output is."""
        if not before and not change:
            return
        try:
            await to_its_end(lambda: self._write_now(kept, before, change))
        except Unavailable as error:
            # What is in memory is ahead of what is on the disk: it begins again from the record.
            log.warning("%s: %s", self.run_id, error)
            self._joining, self._pending, self._is_first = Joining(), [], True
            self._looks.failed()
            self._answer(error)
            return
        self._grew(self.run_id, kept.size)

    def _write_now(self, kept: KeptLog, before: Sequence[Line], change: Change | None) -> None:
        if before:
            kept.append(before)
        if not change:
            return
        lines = [_line(row) for row in change.rows]
        if change.gaps and not change.is_anew:
            for start, end in pairwise((*change.gaps, len(lines))):
                kept.note_gap(None, GAP)
                kept.append(lines[start:end])
            return
        if change.is_anew or (self._is_first and lines):
            kept.replace(lines, change.gaps, GAP)
            self._is_first = False
        else:
            if resumed := self._resumed(change):
                kept.note_resumed(resumed)
            kept.append(lines)
        if change.unrecorded:
            kept.note_gap(change.unrecorded, "came live, not in the server's record")

    def _resumed(self, change: Change) -> str:
        """Return what to say where output goes on after a cut; empty if there was none."""
        if self._cut_at is None or not change.fetched:
            return ""
        away, self._cut_at = self._clock.now() - self._cut_at, None
        minutes, seconds = divmod(max(1, round(away.total_seconds())), 60)
        after = f"{minutes}m{seconds:02d}s" if minutes else f"{seconds}s"
        lines = "1 line" if change.fetched == 1 else f"{change.fetched:,} lines"
        return f"resumed after {after}, {lines} fetched"

    def _taken(self) -> list[Line]:
        taken, self._pending = self._pending, []
        return taken

    async def _failed(self, error: TransportError) -> None:
        log.info("output of %s: %s", self.run_id, error.message)
        if error.kind == "missing" and await self._is_well():
            self._looks.is_done = True
        self._looks.failed()
        self._answer(translate(error, self.run_id.partition(":")[0], "run.log"))

    async def _is_well(self) -> bool:
        """Say whether the server answers for the project: a proxy that errs says 404 as well."""
        try:
            await self._client.role(self.task[0])
        except TransportError:
            return False
        return True

    def _answer(self, error: SkyforgeError | None) -> None:
        """Tell everybody who waits for the output how that went."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if one.done():
                continue
            if error is None:
                one.set_result(None)
            else:
                one.set_exception(error)

    async def _watch_other(self) -> None:
        """Follow what another program writes, for a moment."""
        if await asyncio.to_thread(self._kept.is_complete, self._native):
            self._answer(None)
        size = await asyncio.to_thread(self._kept.size, self._native)
        if size != self._others_size:
            self._others_size = size
            self._grew(self.run_id, size)
        await self._clock.sleep(OTHERS_PAUSE_S)


def _row(at: datetime, text: str) -> Row:
    return Row(round(at.timestamp() * 1e6), text)


def _line(row: Row) -> Line:
    """Return a row as a line: one line feed at its end is the server's, not the program's."""
    return Line(row.at_us // 1000, row.text.removesuffix("\n").encode("utf-8", "replace"))
