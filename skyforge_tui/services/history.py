"""What this person did and typed before: lines to bring back, commands sent, pins.

Everybody may use it: it holds nothing but one's own doing.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.events import NoticeRaised
from skyforge_tui.domain.history import PIN_DIGITS, LineKind, Outcome, SentCommand
from skyforge_tui.domain.identity import Principal, ProjectId, TemplateId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.history import HistoryStore
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus

MOST_SHOWN = 1_000


class HistoryService:
    """What one may do with one's own history."""

    def __init__(self, store: HistoryStore, access: Access, bus: Bus, clock: Clock) -> None:
        self._store = store
        self.access = access
        self._bus = bus
        self._clock = clock

    async def project_of(self, target: object) -> ProjectId:
        """Raise NotFound: history belongs to a person, not to a project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.HISTORY_READ)
    async def lines(
        self, principal: Principal, kind: LineKind, limit: int = MOST_SHOWN
    ) -> list[str]:
        """Return the lines of a kind, newest first, each once."""
        return await self._store.lines(kind, limit)

    @requires(Permission.HISTORY_WRITE)
    async def remember(self, principal: Principal, kind: LineKind, line: str) -> None:
        """Keep a line as the newest of its kind; a store that fails is told, never raised."""
        await self._told(self._store.remember(kind, line, self._clock.now()))

    @requires(Permission.HISTORY_READ)
    async def sent(self, principal: Principal, limit: int = MOST_SHOWN) -> list[SentCommand]:
        """Return the newest commands, oldest of them first."""
        return await self._store.sent(limit)

    @requires(Permission.HISTORY_WRITE)
    async def log(
        self,
        principal: Principal,
        line: str,
        directory: str,
        failure: SkyforgeError | None = None,
    ) -> None:
        """Keep a command that was sent, with why it did not go well.

        What was sent was sent: a store that fails is told, never raised.
        """
        outcome = Outcome.OK
        if failure is not None:
            outcome = Outcome.FAILED if isinstance(failure, Unavailable) else Outcome.REFUSED
        note = "" if failure is None else failure.message
        command = SentCommand(self._clock.now(), principal.username, line, directory, outcome, note)
        await self._told(self._store.log(command))

    @requires(Permission.HISTORY_READ)
    async def pins(self, principal: Principal) -> dict[int, TemplateId]:
        """Return what is pinned, by digit."""
        return await self._store.pins()

    @requires(Permission.HISTORY_WRITE)
    async def toggle_pin(self, principal: Principal, template_id: TemplateId) -> int | None:
        """Pin to the first free digit and return it; unpin what is pinned and return None.

        Raises:
            Conflict: all digits are taken.
        """
        pins = await self._store.pins()
        if template_id in pins.values():
            kept = {digit: one for digit, one in pins.items() if one != template_id}
            await self._store.set_pins(kept)
            return None
        free = next((digit for digit in PIN_DIGITS if digit not in pins), None)
        if free is None:
            raise Conflict("all nine digits are taken", advice="unpin one of them first: ctrl+o")
        await self._store.set_pins({**pins, free: template_id})
        return free

    async def _told(self, keeping: Coroutine[Any, Any, None]) -> None:
        try:
            await keeping
        except SkyforgeError as error:
            notice = Notice(Severity.WARNING, "Not remembered", error.message, advice=error.advice)
            self._bus.publish(NoticeRaised(notice))
