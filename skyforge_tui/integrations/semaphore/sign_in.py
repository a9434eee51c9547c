"""Signs in at Semaphore: by password with whatever second factor it wants, or by token.

Source: Semaphore UI 2.8 to 2.18, `/api/auth/login`, `/api/auth/verify` (2.12 and newer, with a
second factor), `/api/user/tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from skyforge_tui.integrations.asking import Asker, Wanted
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secrets import Secret

COOKIE: Final = "semaphore"
ATTEMPTS: Final = 3
"""How often a person may mistype."""
_TOKEN = re.compile(r"[a-z0-9_-]{43}=")
_FACTORS: Final[Mapping[str, tuple[Wanted, str]]] = {
    "TOTP_REQUIRED": ("totp", "the six digits of the authenticator app of {username}"),
    "EMAIL_OTP_REQUIRED": ("email code", "the code that was sent to {username} by e-mail"),
    "SESSION_NOT_VERIFIED": ("totp", "the one-time code of {username}"),
}
_WRONG_CODE: Final = "INVALID_PASSCODE"


class Person(msgspec.Struct):
    """`GET /user`: who one is."""

    id: int
    username: str = ""
    name: str = ""
    admin: bool = False


class _Said(msgspec.Struct):
    error: str = ""


class _Token(msgspec.Struct):
    id: str


def looks_like_token(text: str) -> bool:
    """Say whether this is how Semaphore's tokens look: 44 characters in lower case."""
    return _TOKEN.fullmatch(text.strip().lower()) is not None


def by_token(token: Secret) -> dict[str, str]:
    """Return the header of a token; the server compares it in lower case."""
    return {"authorization": f"Bearer {Secret(token.reveal().strip().lower()).reveal()}"}


async def by_password(
    http: HttpClient, username: str, password: Secret, ask: Asker
) -> dict[str, str]:
    """Sign in and return the header of the new session; asks for a second factor if need be.

    Raises:
        HttpError: unauthorized, if name, password or code are not right or nobody gives a code.
    """
    body = {"auth": username, "password": password.reveal()}
    failure: HttpError
    try:
        reply = await http.call("POST", "/auth/login", body, is_signed=False)
    except HttpError as error:
        failure = _wrong(error, username)
    else:
        cookie = reply.cookies.get(COOKIE, "")
        if not cookie:
            raise reply.unreadable("a sign-in without its cookie")
        headers = {"cookie": f"{COOKIE}={Secret(cookie).reveal()}"}
        while (factor := await _missing_factor(http, headers)) is not None:
            await _verify(http, headers, factor, username, ask)
        return headers
    raise failure


async def whoami(http: HttpClient, headers: Mapping[str, str]) -> Person:
    """Return who one is with these headers.

    Raises:
        HttpError: unauthorized, if nobody.
    """
    reply = await http.call("GET", "/user", headers=headers, is_signed=False)
    return reply.read(Person)


async def make_token(http: HttpClient, headers: Mapping[str, str]) -> Secret:
    """Make a token, which stays valid until it is taken away.

    Raises:
        HttpError: this server makes none.
    """
    reply = await http.call("POST", "/user/tokens", headers=headers, is_signed=False)
    return Secret(reply.read(_Token).id)


def said_in(error: HttpError) -> str:
    """Return what Semaphore calls a refusal; empty where it says nothing."""
    try:
        return msgspec.json.decode(error.body, type=_Said).error
    except msgspec.DecodeError:
        return ""


def _wrong(error: HttpError, username: str) -> HttpError:
    """Say what a refused sign-in means: with LDAP, a wrong password is answered 500."""
    if error.kind == "unauthorized":
        message = f"the server does not accept this password of {username}"
    elif error.status == 500:
        message = (
            f"the server failed while signing {username} in; where it asks a directory (LDAP),"
            " that may be a wrong password"
        )
    else:
        return error
    return HttpError("unauthorized", message, status=error.status)


async def _missing_factor(
    http: HttpClient, headers: Mapping[str, str]
) -> tuple[Wanted, str] | None:
    """Return what else the server wants to know of a session that has a password; None if none."""
    try:
        await whoami(http, headers)
    except HttpError as error:
        factor = _FACTORS.get(said_in(error)) if error.kind == "unauthorized" else None
        failure = error
    else:
        return None
    if factor is None:
        raise failure
    return factor


async def _verify(
    http: HttpClient,
    headers: Mapping[str, str],
    factor: tuple[Wanted, str],
    username: str,
    ask: Asker,
) -> None:
    wanted, words = factor
    wants = f"the server wants {words.format(username=username)}"
    why = wants
    left = ATTEMPTS
    while True:
        left -= 1
        code = await ask(wanted, why, username=username)
        body = {"passcode": code.reveal().replace(" ", "")}
        try:
            await http.call("POST", "/auth/verify", body, headers=headers, is_signed=False)
        except HttpError as error:
            failure = error
        else:
            return
        if said_in(failure) != _WRONG_CODE:
            raise failure
        if not left:
            raise HttpError("unauthorized", f"the code was wrong {ATTEMPTS} times")
        why = f"that code is not right; {wants}"
