"""Keeps one account signed in at EVE-NG, which lets each have one session only.

Whoever signs in ends the other session of that account, by a wrong password too: so it is done once
for all who wait, in whichever program of this person, and seldom. Where somebody else keeps signing
in as the same account, both would throw each other out for ever; then this side rests.

Source: EVE-NG Community 2.0.3 and 6.2, `POST /api/auth/login`; an ended session is answered 412.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from skyforge_tui.integrations.asking import Asker, NobodyToAsk
from skyforge_tui.integrations.errors import TransportErrorKind
from skyforge_tui.integrations.eve.envelope import (
    EXPIRED,
    WRONG_PASSWORD,
    read_envelope,
    reason_of,
    said_in,
)
from skyforge_tui.integrations.eve.joint_session import JointSession
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace, Retry
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess, revealed, way_of

COOKIE: Final = "unetlab_session"
HTML5: Final = "-1"
"""Native consoles, whose addresses programs can use; anything but 1 is that. There is no neutral
value: the account's browser gets what was said last."""
SIGNED_OUT_STATUS: Final = frozenset({412})
FIGHT_S: Final = 10.0
"""A session that lived shorter than this was ended by somebody."""
RESTS_S: Final = (30.0, 120.0, 600.0)
"""How long this side rests after each such end."""
WRONG_REST_S: Final = 600.0
"""How long a password that was refused is not tried again: every try ends the other session."""
_ATTEMPTS: Final = 3
_AT_ONCE: Final = 6
_PER_SECOND: Final = 60.0
_BURST: Final = 160
_NO_ANSWER: Final = ("unreachable", "timeout", "untrusted")
NOBODY: Final = NobodyToAsk()


class EveSession:
    """Signs requests by the cookie of one sign-in; see `Session`."""

    def __init__(
        self,
        http: HttpClient,
        access: WebAccess,
        ask: Asker,
        now: Callable[[], float] = time.monotonic,
        shared: JointSession | None = None,
    ) -> None:
        self._http = http
        self._access = access
        self._ask = ask
        self._now = now
        self._shared = shared
        self._headers: dict[str, str] | None = None
        self._ended: Mapping[str, str] = {}
        """What signs no longer: nobody joins that again."""
        self._signed_in_at = 0.0
        self._fights = 0
        self._rests_until = 0.0
        self._is_refused = False
        """Whether it rests because the password was not right: a person may know a better one."""
        self._why: tuple[TransportErrorKind, str] = ("unauthorized", "")
        self._signing_in = asyncio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """Return what signs a request; signs in first where that is needed.

        Raises:
            HttpError: unauthorized, if nobody can be signed in; limited, while this side rests.
        """
        async with self._signing_in:
            if self._headers is None and not await self._has_joined():
                if self._now() >= self._rests_until:
                    await self._sign_in()
                elif self._is_refused:
                    await self._begin(await self._from_person(self._resting()))
                else:
                    raise self._resting()
            return self._headers or {}

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Sign in again, unless somebody has meanwhile; see `Session`.

        Raises:
            HttpError: forbidden, if the account may not; limited, if somebody else signs in too.
        """
        said = said_in(error)
        if said is not None and said.status == "forbidden":
            raise HttpError("forbidden", reason_of(error), status=error.status, body=error.body)
        async with self._signing_in:
            if self._headers != refused:
                return
            self._headers, self._ended = None, refused
            if await self._has_joined():
                return
            if self._now() - self._signed_in_at < FIGHT_S:
                raise self._rest_from_fight()
            self._fights = 0  # that one lived well
            await self._sign_in()

    def _rest_from_fight(self) -> HttpError:
        rest_s = RESTS_S[min(self._fights, len(RESTS_S) - 1)]
        self._fights += 1
        self._is_refused = False
        message = (
            f"somebody else signs in as {self._access.username} there, and each sign-in ends the "
            f"other: resting for {rest_s:.0f} s. Give skyforge an account of its own"
        )
        return self._rest(HttpError("limited", message), rest_s)

    def _rest(self, why: HttpError, seconds: float) -> HttpError:
        self._why, self._rests_until = (why.kind, why.message), self._now() + seconds
        return why

    def _resting(self) -> HttpError:
        """Return why this side rests, made anew.

        One that is raised again while its consequences are dealt with becomes its own cause, and
        whoever follows the causes never comes to an end.
        """
        kind, message = self._why
        return HttpError(kind, message, was_sent=False)

    async def _sign_in(self) -> None:
        try:
            headers = await self._from_configuration()
        except HttpError as error:
            failure = error
        else:
            await self._begin(headers)
            return
        if failure.kind != "unauthorized":
            raise failure
        try:
            headers = await self._from_person(failure)
        except HttpError as error:
            failure = error
        else:
            await self._begin(headers)
            return
        self._is_refused = True
        raise self._rest(failure, WRONG_REST_S)

    async def _from_configuration(self) -> dict[str, str]:
        access = self._access
        if not access.username or access.password is None:
            message = "no name and password are configured"
            raise HttpError("unauthorized", message, was_sent=False)
        return await sign_in(self._http, access.username, await revealed(access.password))

    async def _begin(self, headers: dict[str, str]) -> None:
        self._headers, self._signed_in_at = headers, self._now()
        self._is_refused = False
        if self._shared is not None:
            await self._shared.write(headers)

    async def _has_joined(self) -> bool:
        """Use the session that another program of this person has begun, if there is a living one.

        Nobody knows how long it has lived: that it ends tells of no fight.
        """
        kept = None if self._shared is None else await self._shared.read()
        if kept is None or kept == self._ended:
            return False
        try:
            read_envelope(await self._http.call("GET", "/api/auth", headers=kept, is_signed=False))
        except HttpError as error:
            if error.kind in _NO_ANSWER:
                raise
            self._ended = kept
            return False
        self._headers, self._signed_in_at = kept, self._now() - FIGHT_S
        return True

    async def _from_person(self, failure: HttpError) -> dict[str, str]:
        """Ask for the password until it is right."""
        username = self._access.username
        for _ in range(_ATTEMPTS):
            given = await self._ask("password", failure.message, username=username)
            try:
                return await sign_in(self._http, username, given)
            except HttpError as error:
                failure = error
            if failure.kind != "unauthorized":
                break
        raise failure


async def sign_in(http: HttpClient, username: str, password: Secret) -> dict[str, str]:
    """Sign in and return the header of the new session; the account's other one has ended.

    The cookie is read by name and value alone: its domain and path fit no client that is reached
    by another name, nor the downloads.

    Raises:
        HttpError: unauthorized, if name or password are not right, or the account has expired.
    """
    body = {"username": username, "password": password.reveal(), "html5": HTML5}
    failure: HttpError
    try:
        reply = await http.call("POST", "/api/auth/login", body, is_signed=False)
        read_envelope(reply)
    except HttpError as error:
        failure = _wrong(error, username)
    else:
        if not reply.cookies.get(COOKIE):
            raise reply.unreadable("a sign-in without its cookie")
        pairs = (f"{name}={Secret(value).reveal()}" for name, value in reply.cookies.items())
        return {"cookie": "; ".join(pairs)}
    raise failure


def _wrong(error: HttpError, username: str) -> HttpError:
    said = said_in(error)
    if said is None or said.number not in (WRONG_PASSWORD, EXPIRED):
        return error
    reason = "the account has expired" if said.number == EXPIRED else "a wrong name or password"
    message = f"the server does not let {username} in: {reason}"
    return HttpError("unauthorized", message, status=error.status)


def open_http(
    access: WebAccess,
    ask: Asker = NOBODY,
    now: Callable[[], float] = time.monotonic,
    shared: JointSession | None = None,
) -> HttpClient:
    """Return what speaks with the EVE-NG at `access` as its account; connects when used.

    A `shared` session is used with the other programs of this person.

    Raises:
        TransportError: invalid, if its way cannot be one.
    """
    http = HttpClient(
        base_url(access.url), way_of(access), retry=Retry(attempts=2),
        pace=Pace(at_once=_AT_ONCE, per_second=_PER_SECOND, burst=_BURST),
        signs_out=SIGNED_OUT_STATUS,
    )  # fmt: skip
    http.session = EveSession(http, access, ask, now, shared)
    return http


def base_url(url: str) -> str:
    """Return the address of a server without `/api`; either may be given."""
    return url.rstrip("/").removesuffix("/api")
