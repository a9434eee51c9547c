"""Who one is on a Semaphore server, and where one belongs: asked for once, however many want it.

At the start everybody wants to know at the same time. Source: Semaphore UI 2.8 to 2.18,
`/api/user`, `/api/projects`, `/api/project/P/role`, `/api/project/P/users`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Generic, TypeVar

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore import wire
from skyforge_tui.integrations.semaphore.asking import Listed
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.clock import Clock

T = TypeVar("T")

FRESH_S: Final = 5.0
"""For so long an answer serves others too: long enough for all that begins at the same time."""


class AskedOnce(Generic[T]):
    """A question whose answer, or failure, serves everybody who asks at about the same time."""

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._turn = asyncio.Lock()
        self._answer: tuple[datetime, T] | None = None
        self._failure: tuple[datetime, TransportError] | None = None

    async def answer(self) -> T:
        """Return the answer, as it was at most a moment ago.

        Raises:
            TransportError: it did not come.
        """
        wanted_at = self._clock.now()
        async with self._turn:
            if self._failure is not None and self._failure[0] >= wanted_at:
                raise self._failure[1]  # it failed while one waited for it
            if self._answer is not None:
                answered_at, known = self._answer
                if wanted_at - answered_at < timedelta(seconds=FRESH_S):
                    return known
            try:
                found = await self._ask()
            except TransportError as error:
                self._failure = (self._clock.now(), error)
                raise
            self._answer = (self._clock.now(), found)
            return found


class Standing:
    """What one server says of whoever asks."""

    def __init__(self, client: SemaphoreClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._user = AskedOnce(client.user, clock)
        self._projects = AskedOnce(client.projects, clock)
        self._members: dict[int, AskedOnce[Listed[wire.Member]]] = {}
        self._roles: dict[int, AskedOnce[wire.Granted]] = {}

    async def user(self) -> wire.User:
        """Return who one is."""
        return await self._user.answer()

    async def projects(self) -> Listed[wire.Project]:
        """Return the projects one belongs to."""
        return await self._projects.answer()

    async def members(self, project: int) -> Listed[wire.Member]:
        """Return who belongs to a project.

        Raises:
            TransportError: missing, if it is not there or one does not belong to it.
        """
        if project not in self._members:
            ask = partial(self._client.members, project)
            self._members[project] = AskedOnce(ask, self._clock)
        return await self._members[project].answer()

    async def role(self, project: int) -> wire.Granted:
        """Return what one may do in a project.

        Raises:
            TransportError: missing, if it is not there or one does not belong to it.
        """
        if project not in self._roles:
            ask = partial(self._client.role, project)
            self._roles[project] = AskedOnce(ask, self._clock)
        return await self._roles[project].answer()
