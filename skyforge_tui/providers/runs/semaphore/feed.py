"""The one live connection to a Semaphore server, kept up for as long as somebody watches.

What is told is told to everybody who listens; nothing is repeated after a cut. A way on which no
socket gets through, though the server answers, is noticed: then somebody has to ask again and
again. Source: Semaphore UI 2.8 to 2.18, `/api/ws`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Final, Protocol

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Frame, frame
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.ports.run_engine import WatchLost
from skyforge_tui.providers.runs.semaphore.trouble import translate

FIRST_PAUSE_S: Final = 0.5
GROWTH: Final = 1.5
"""After a short outage the next try is near: within half of the time it has lasted."""
LONGEST_PAUSE_S: Final = 30.0
REFUSED_PAUSE_S: Final = 60.0
"""Until the socket is tried again where it does not get through."""
IN_VAIN: Final = 3
"""So often a socket is tried that nobody answers, though the server does, before it is given up: a
server that comes back between the two is no proxy that cuts sockets."""
_LASTED_S: Final = 1.0
"""A connection that held for so long was a good one."""


class Mode(Enum):
    """How one hears of the server."""

    LOST = "lost"
    LIVE = "live"
    POLLED = "polled"
    """The server answers, but no socket gets through."""


class Hearing(Protocol):
    """Whoever listens; every call is quick, as a slow reader is cut off."""

    def opened(self) -> None:
        """Hear everything from now on, or, where no socket gets through, ask for it from now on."""
        ...

    def told(self, told: Frame) -> None:
        """Hear a line, or that a task stands otherwise."""
        ...

    def cut(self) -> None:
        """Hear nothing from now on."""
        ...

    def lost(self, lost: WatchLost) -> None:
        """Learn that the server does not answer."""
        ...


class Feed:
    """Opens the socket, and opens it again whenever it ends."""

    def __init__(
        self,
        client: SemaphoreClient,
        upstream: str,
        clock: Clock,
        chance: Callable[[], float],
        hearing: Hearing,
    ) -> None:
        """`chance` gives numbers from 0 to 1, so that not all come back at the same time."""
        self._client = client
        self._upstream = upstream
        self._clock = clock
        self._chance = chance
        self._hearing = hearing
        self._in_vain = 0
        self.mode = Mode.LOST
        self._hurried = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        attempt = 0
        try:
            while True:
                began = self._clock.now()
                error = await self._listened()
                if self._clock.now() - began >= timedelta(seconds=_LASTED_S) and error is None:
                    attempt = 0
                attempt += 1
                pause_s = await self._judged(attempt, error)
                self._hurried.clear()
                await rested(self._clock, pause_s, self._hurried)
        finally:
            self._end()

    def hurry(self) -> None:
        """Try at once, where it is waited to try again: somebody else was answered just now."""
        if self.mode is Mode.LOST:
            self._hurried.set()

    async def _listened(self) -> TransportError | None:
        """Listen until the connection ends; return why it could not be opened, if it was not."""
        try:
            async with self._client.tasks.socket() as socket:
                self._end()
                self._in_vain = 0
                self._begin(Mode.LIVE)
                while True:
                    told = frame(await socket.receive())
                    if told is not None:
                        self._hearing.told(told)
        except TransportError as error:
            if self.mode is Mode.LIVE:
                self._end()
                return None
            return error

    async def _judged(self, attempt: int, error: TransportError | None) -> float:
        """Find out whether the server answers at all; return the seconds until the next try."""
        pause_s = min(FIRST_PAUSE_S * GROWTH ** min(attempt - 1, 20), LONGEST_PAUSE_S)
        pause_s *= 0.5 + self._chance() / 2
        if error is None:
            return pause_s  # it worked until now: it is simply opened again
        try:
            await self._client.user()  # signed: where the sign-in has expired, it is renewed
        except TransportError as failure:
            self._end()
            retry_at = self._clock.now() + timedelta(seconds=pause_s)
            why = translate(failure, self._upstream)
            self._hearing.lost(WatchLost(why, attempt, retry_at))
            return pause_s
        if error.kind == "unauthorized" and attempt == 1:
            return 0.0
        self._in_vain += 1
        if not (isinstance(error, HttpError) and error.status) and self._in_vain < IN_VAIN:
            return FIRST_PAUSE_S * (0.5 + self._chance() / 2)
        self._begin(Mode.POLLED)
        return REFUSED_PAUSE_S * (0.5 + self._chance() / 2)

    def _begin(self, mode: Mode) -> None:
        if self.mode is not mode:
            self.mode = mode
            self._hearing.opened()

    def _end(self) -> None:
        if self.mode is not Mode.LOST:
            self.mode = Mode.LOST
            self._hearing.cut()
