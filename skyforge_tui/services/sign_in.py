"""Signing in, in the middle of everything: servers ask, one person answers, all who wait go on."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.errors import NotFound, NotSignedIn
from skyforge_tui.domain.events import SignInChanged
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.sign_in import Question
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus


class Desk:
    """Holds the questions of servers until somebody answers; one for each server at a time.

    Whoever would rather not is not asked again by that server until they say so. Unattended, as in
    a script, every question is refused at once.
    """

    def __init__(self, bus: Bus, *, is_attended: bool) -> None:
        self._bus = bus
        self._is_attended = is_attended
        self._waiting: dict[str, tuple[Question, asyncio.Future[Hidden]]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._declined: set[str] = set()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked now, the oldest first."""
        return tuple(question for question, _ in self._waiting.values())

    async def ask(self, question: Question) -> Hidden:
        """Return the answer to a question; see `SignInDesk`.

        Raises:
            NotSignedIn: nobody is there, or they would rather not.
        """
        name = question.upstream
        async with self._turns.setdefault(name, asyncio.Lock()):
            if not self._is_attended or name in self._declined:
                raise self._refused(question)
            answer: asyncio.Future[Hidden] = asyncio.get_running_loop().create_future()
            self._waiting[name] = (question, answer)
            self._bus.publish(SignInChanged(name))
            try:
                return await answer
            finally:
                if self._waiting.pop(name, None) is not None:  # nobody waits for it any more
                    self._bus.publish(SignInChanged(name))

    def answer(self, upstream: str, value: Hidden) -> None:
        """Give the answer that a server waits for.

        Raises:
            NotFound: it asks nothing.
        """
        _, answer = self._found(upstream)
        del self._waiting[upstream]
        if not answer.done():
            answer.set_result(value)
        self._bus.publish(SignInChanged(upstream))

    def decline(self, upstream: str) -> None:
        """Refuse to answer, now and until `reconsider`.

        Raises:
            NotFound: it asks nothing.
        """
        question, answer = self._found(upstream)
        self._declined.add(upstream)
        del self._waiting[upstream]
        if not answer.done():
            answer.set_exception(self._refused(question))
        self._bus.publish(SignInChanged(upstream))

    def reconsider(self, upstream: str) -> None:
        """Let a server ask again."""
        self._declined.discard(upstream)

    @property
    def declined(self) -> frozenset[str]:
        """The servers that may not ask."""
        return frozenset(self._declined)

    def _found(self, upstream: str) -> tuple[Question, asyncio.Future[Hidden]]:
        found = self._waiting.get(upstream)
        if found is None:
            raise NotFound(f"{upstream} asks nothing", operation="sign_in.answer")
        return found

    def _refused(self, question: Question) -> NotSignedIn:
        return NotSignedIn(
            question.why,
            upstream=question.upstream,
            advice=f"run: skyforge connect {question.kind} --name {question.upstream}",
        )


class SignInService:
    """What one may say to servers that ask who one is."""

    def __init__(self, desk: Desk, access: Access) -> None:
        self._desk = desk
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Refuse: a server belongs to no project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.CONNECTION_SIGN_IN)
    async def questions(self, principal: Principal) -> tuple[Question, ...]:
        """Return what servers ask now, the oldest first."""
        return self._desk.questions

    @requires(Permission.CONNECTION_SIGN_IN)
    async def declined(self, principal: Principal) -> frozenset[str]:
        """Return the servers that one would rather not answer."""
        return self._desk.declined

    @requires(Permission.CONNECTION_SIGN_IN)
    async def answer(self, principal: Principal, upstream: str, value: Hidden) -> None:
        """Give a server the answer it waits for; the calls that wait go on.

        Raises:
            NotFound: it asks nothing.
        """
        self._desk.answer(upstream, value)

    @requires(Permission.CONNECTION_SIGN_IN)
    async def decline(self, principal: Principal, upstream: str) -> None:
        """Leave a server without an answer; it does not ask again until `reconsider`.

        Raises:
            NotFound: it asks nothing.
        """
        self._desk.decline(upstream)

    @requires(Permission.CONNECTION_SIGN_IN)
    async def reconsider(self, principal: Principal, upstream: str) -> None:
        """Let a server ask again when it next refuses us."""
        self._desk.reconsider(upstream)
