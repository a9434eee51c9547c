"""Who calls: by token, or by name and password with a one-time code where one is set up."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from skyforge_tui.demo.servers.gitea.answers import Refusal
from skyforge_tui.demo.servers.gitea.state import Account, Token
from skyforge_tui.demo.totp import is_right

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, or nobody; and whether by password, which alone may make tokens."""

    account: Account | None = None
    scopes: tuple[str, ...] = ("all",)
    is_by_password: bool = False


NOBODY = Caller()


async def caller_of(server: GiteaServer, connection: HTTPConnection) -> Caller:
    """Return who calls.

    Raises:
        Refusal: 401, what was shown is no good.
    """
    kind, _, value = connection.headers.get("authorization", "").partition(" ")
    match kind.lower():
        case "token" | "bearer":
            return _by_token(server, value.strip())
        case "basic":
            return _by_basic(server, connection, value.strip())
        case _:
            return NOBODY


def _by_token(server: GiteaServer, text: str) -> Caller:
    token = _token(server, text)
    if token is None:
        raise Refusal(401, _invalid(server))
    return Caller(token.account, token.scopes)


def _by_basic(server: GiteaServer, connection: HTTPConnection, value: str) -> Caller:
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refusal(401, _invalid(server)) from None
    shown = name if password in ("", "x-oauth-basic") else password
    if (token := _token(server, shown)) is not None:
        return Caller(token.account, token.scopes)
    account = server.state.account(name)
    if account is None or account.person is None:
        raise Refusal(401, _invalid(server))
    if not hmac.compare_digest(account.person.password.encode(), password.encode()):
        raise Refusal(401, _invalid(server))
    secret = account.person.totp_secret
    code = connection.headers.get("x-gitea-otp", "")
    if secret and not is_right(secret, code, server.estate.clock.now()):
        says = server.habits.version.speaks_of_otp
        raise Refusal(401, "invalid provided OTP" if says else "Unauthorized")
    return Caller(account, is_by_password=True)


def _token(server: GiteaServer, text: str) -> Token | None:
    return next((one for one in server.state.tokens if one.sha1 == text), None)


def _invalid(server: GiteaServer) -> str:
    minor = server.habits.version.minor
    if minor <= 16:
        return "token is required"
    if minor <= 21:
        return "user does not exist [uid: 0, name: ]"
    return "invalid username, password or token"
