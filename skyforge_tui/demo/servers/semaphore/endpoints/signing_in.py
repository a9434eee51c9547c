"""Sign in and out: `/auth`."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes
from skyforge_tui.demo.servers.semaphore.sessions import Session

routes = Routes()


class SignIn(msgspec.Struct):
    """Name (or e-mail address) and password."""

    auth: str = ""
    password: str = ""


class Passcode(msgspec.Struct):
    """A one-time code."""

    passcode: str = ""


@routes("GET", "/auth/login", is_open=True)
async def ways_in(call: Call) -> Response:
    """Tell how one can sign in."""
    data: dict[str, Any] = {
        "oidc_providers": [],
        "login_with_password": call.state.habits.password_login,
    }
    if call.state.habits.version.has_second_factor:
        data["auth_methods"] = {"totp": {"allow_recovery": True}, "email": {}}
    return answer(data)


@routes("POST", "/auth/login", is_open=True)
async def sign_in(call: Call) -> Response:
    """Begin a session; the cookie lasts as long as the browser."""
    given = await call.body(SignIn)
    cookie = call.server.sessions.sign_in(given.auth, given.password)
    if cookie is None:
        raise Refusal(401)
    response = empty()
    is_new = call.state.habits.version.has_second_factor
    response.headers["set-cookie"] = f"semaphore={cookie}; Path=/{'; HttpOnly' if is_new else ''}"
    return response


@routes("POST", "/auth/verify", is_open=True, since=12)
async def verify(call: Call) -> Response:
    """Take the one-time code that a session waits for (2.12)."""
    session = _session(call)
    if not session.waits_for:
        return empty()
    if not call.server.sessions.verify(session, (await call.body(Passcode)).passcode):
        raise Refusal(401, "INVALID_PASSCODE")
    return empty(200)


@routes("POST", "/auth/logout", is_open=True)
async def sign_out(call: Call) -> Response:
    """End a session."""
    call.server.sessions.by_cookie.pop(call.request.cookies.get("semaphore", ""), None)
    return empty()


def _session(call: Call) -> Session:
    session = call.server.sessions.session(call.request.cookies.get("semaphore", ""))
    if session is None:
        raise Refusal(401)
    return session
