"""Signs in at Gitea: by token, or by password with a one-time code where one is set up.

Source: Gitea 1.15 to 1.27, `/user`, `/users/U/tokens`; the code goes into `X-Gitea-OTP`.
"""

from __future__ import annotations

import base64
import re
import secrets
import socket
from collections.abc import Mapping
from typing import Final

from skyforge_tui.integrations.asking import Asker
from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import lacks_scope, segments
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import read
from skyforge_tui.integrations.secrets import Secret

ATTEMPTS: Final = 3
"""How often a person may mistype."""
SCOPES: Final = ("write:repository", "write:organization", "write:user")
"""What a token is made for; repositories of one's own are made below `/user`."""
_TOKEN = re.compile(r"[0-9a-f]{40}")
_OTP: Final = "x-gitea-otp"
NAMELESS: Final = "a token that may not say whose it is"


def looks_like_token(text: str) -> bool:
    """Say whether this is how Gitea's tokens look: 40 hexadecimal digits."""
    return _TOKEN.fullmatch(text.strip().lower()) is not None


def by_token(token: Secret) -> dict[str, str]:
    """Return the header of a token."""
    return {"authorization": f"token {Secret(token.reveal().strip()).reveal()}"}


async def by_password(
    http: HttpClient, username: str, password: Secret, ask: Asker
) -> dict[str, str]:
    """Return headers that are good now; asks for a one-time code if need be.

    With a code among them they are good for a minute at most.

    Raises:
        HttpError: unauthorized, if name, password or code are not right or nobody gives a code.
    """
    pair = base64.b64encode(f"{username}:{password.reveal()}".encode()).decode()
    headers = {"authorization": f"Basic {Secret(pair).reveal()}"}
    failure = await _failure(http, headers)
    if failure is None:
        return headers
    if not _wants_code(failure):
        raise _wrong(failure, username)
    why = f"the server wants the six digits of the authenticator app of {username}"
    for _ in range(ATTEMPTS):
        code = (await ask("totp", why, username=username)).reveal().replace(" ", "")
        signed = {**headers, _OTP: code}
        failure = await _failure(http, signed)
        if failure is None:
            return signed
        if not _wants_code(failure):
            raise failure
        why = "that code is not right; the server wants the six digits of the authenticator app"
    raise HttpError("unauthorized", f"the code was wrong {ATTEMPTS} times")


async def whoami(http: HttpClient, headers: Mapping[str, str]) -> wire.User:
    """Return who one is with these headers; nameless, with a token that may not say so.

    Raises:
        HttpError: unauthorized, if nobody.
    """
    try:
        reply = await http.call("GET", "/user", headers=headers, is_signed=False)
    except HttpError as error:
        if lacks_scope(error):
            return wire.User(id=0)
        raise
    return read(reply, wire.User)


async def make_token(http: HttpClient, headers: Mapping[str, str], username: str) -> Secret:
    """Make a token, which stays valid until it is taken away; tokens themselves may not.

    Raises:
        HttpError: this server makes none.
    """
    path = f"/users/{segments(username)}/tokens"
    name = f"skyforge-{socket.gethostname().partition('.')[0]}-{secrets.token_hex(3)}"
    body = {"name": name, "scopes": list(SCOPES)}
    try:
        reply = await http.call("POST", path, body, headers=headers, is_signed=False)
    except HttpError as error:
        if error.status not in (400, 422) or b"scope" not in error.body:
            raise
        # 1.19 had scopes of other names, and made tokens without any.
        reply = await http.call("POST", path, {"name": name}, headers=headers, is_signed=False)
    return Secret(read(reply, wire.Token).sha1)


async def _failure(http: HttpClient, headers: Mapping[str, str]) -> HttpError | None:
    try:
        await whoami(http, headers)
    except HttpError as error:
        if error.kind != "unauthorized":
            raise
        return error
    return None


def _wants_code(error: HttpError) -> bool:
    """Say whether only the code is missing: old releases say nothing but that."""
    said = error.body.lower()
    return b"otp" in said or b"unauthorized" in said


def _wrong(error: HttpError, username: str) -> HttpError:
    if b"webauthn" in error.body.lower():
        message = f"{username} signs in with a security key: only a token can be used here"
    else:
        message = f"the server does not accept this password of {username}"
    return HttpError("unauthorized", message, status=error.status, body=error.body)
