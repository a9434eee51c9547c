"""Writes down who did what to which project: the one place where it is done, for every service.

`@recorded` stands above `@requires`, so that what was refused is written down as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from skyforge_tui.domain.audit import AuditEntry, Deed
from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.events import NoticeRaised
from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.audit_book import AuditBook
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus

RECORDED = frozenset(
    {
        Permission.DEPLOYMENT_DESTROY,
        Permission.DEPLOYMENT_START,
        Permission.DEPLOYMENT_STOP,
        Permission.PROJECT_CREATE,
        Permission.PROJECT_DELETE,
        Permission.PROJECT_RECONCILE,
        Permission.PROJECT_SHARE,
        Permission.REPOSITORY_WRITE,
        Permission.SCHEDULE_WRITE,
    }
)
"""What changes a project: every method that needs one of these is recorded."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a call does to one project."""

    deed: Deed
    words: str = ""
    """What exactly; no secrets."""
    project_id: ProjectId = ProjectId("")
    project: str = ""
    """What it is called; empty: as it is known."""
    upstream: str = ""
    """Where it is kept, of a project that has no id yet."""
    failure: str = ""
    """Why it did not go well, of a call that says so by its result."""


class Record:
    """Turns doings into entries of the book."""

    def __init__(self, book: AuditBook, access: Access, bus: Bus, clock: Clock) -> None:
        self._book = book
        self._access = access
        self._bus = bus
        self._clock = clock

    async def write(
        self, principal: Principal, doings: Iterable[Doing], outcome: Outcome, why: str = ""
    ) -> None:
        """Add what somebody did, and how it went.

        What failed just as it did the last time is not said again, or what tries every minute would
        displace all the rest; of what is about no project in particular, the last of all counts.
        What was done was done: a book that fails is told, never raised.
        """
        entries = [self._entry(principal, one, outcome, why) for one in doings]
        try:
            news = [one for one in entries if await self._is_news(one)]
            if news:
                await self._book.append(news)
        except SkyforgeError as error:
            notice = Notice(Severity.WARNING, "Not recorded", error.message, advice=error.advice)
            self._bus.publish(NoticeRaised(notice))

    async def _is_news(self, entry: AuditEntry) -> bool:
        if entry.outcome is not Outcome.FAILED:
            return True
        last = await self._book.newest(1, entry.project_id)
        return not last or replace(last[0], at=entry.at) != entry

    def _entry(self, principal: Principal, one: Doing, outcome: Outcome, why: str) -> AuditEntry:
        known = self._access.project(one.project_id)
        slug = one.project or (known.slug if known is not None else one.project_id)
        login = self._access.me(principal).at(one.upstream or upstream_of(one.project_id))
        if one.failure and outcome is Outcome.OK:
            outcome, why = Outcome.FAILED, one.failure
        return AuditEntry(
            self._clock.now(), principal.username, login, one.project_id, slug, one.deed,
            one.words, outcome, why,
        )  # fmt: skip


class Recorded(Protocol):
    """A service that has what it does written down."""

    access: Access
    record: Record


S = TypeVar("S", bound=Recorded)
P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[S, Principal, P], Coroutine[Any, Any, T]]
Describe = Callable[[Any, Mapping[str, Any], Any], Iterable[Doing]]
"""Says what a call did: the service, the arguments by name, and the result; None if it failed."""


def recorded(describe: Describe) -> Callable[[Method[S, P, T]], Method[S, P, T]]:
    """Have every call of a service coroutine `(self, principal, …)` written down, as told."""

    def keep(method: Method[S, P, T]) -> Method[S, P, T]:
        signature = inspect.signature(method)

        @wraps(method)
        async def writing(self: S, principal: Principal, *args: P.args, **kwargs: P.kwargs) -> T:
            bound = signature.bind(self, principal, *args, **kwargs)
            bound.apply_defaults()
            result: T | None = None
            outcome, why = Outcome.UNKNOWN, "it was broken off"
            try:
                result = await method(self, principal, *args, **kwargs)
                outcome, why = Outcome.OK, ""
            except SkyforgeError as error:
                is_failure = isinstance(error, Unavailable)
                outcome = Outcome.FAILED if is_failure else Outcome.REFUSED
                why = error.message
                raise
            finally:
                doings = describe(self, bound.arguments, result)
                await self.record.write(principal, doings, outcome, why)
            return result

        writing.__recorded__ = True  # type: ignore[attr-defined]
        return cast("Method[S, P, T]", writing)

    return keep
