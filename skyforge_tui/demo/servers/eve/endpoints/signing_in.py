"""Sign in and out: `/api/auth`."""

from __future__ import annotations

from starlette.responses import Response

from skyforge_tui.demo.servers.eve.answers import Refusal
from skyforge_tui.demo.servers.eve.calling import COOKIE, SIGNED_OUT, Call, routes


@routes("POST", "/auth/login", is_open=True)
async def sign_in(call: Call) -> Response:
    """Begin a session; the cookie names the path and the host."""
    given = await call.body()
    for name, number in (("username", 90011), ("password", 90012)):
        if not given.get(name):
            raise Refusal(400, f"Missing field {name} ({number}).")
    is_html5 = str(given.get("html5", "1")) == "1"
    cookie = call.state.sign_in(str(given["username"]), str(given["password"]), int(is_html5))
    response = call.done("User logged in (90013).")
    host = call.state.habits.cookie_domain or call.request.url.hostname
    response.headers["set-cookie"] = (
        f"{COOKIE}={cookie}; expires=Tue, 01-Jan-2030 00:00:00 GMT; path=/api/; domain={host}"
    )
    return response


@routes("GET", "/auth", is_open=True)
async def oneself(call: Call) -> Response:
    """Tell who calls; only here nobody is a 401."""
    account = call.state.account_of(call.request.cookies.get(COOKIE, ""))
    if account is None:
        raise Refusal(401, SIGNED_OUT)
    tenant: int | str = account.tenant
    told = {
        "email": f"{account.username}@localhost", "folder": account.folder, "lab": account.lab,
        "lang": "en", "name": account.name, "role": account.role, "tenant": tenant,
        "username": account.username,
    }  # fmt: skip
    if call.state.habits.edition != "unetlab":
        told |= {"tenant": str(tenant), "html5": account.html5, "folder": account.folder or "/"}
    return call.done("User has been loaded (90002).", told)


@routes("GET", "/auth/logout", is_open=True)
async def sign_out(call: Call) -> Response:
    """End a session."""
    call.state.sessions.pop(call.request.cookies.get(COOKIE, ""), None)
    return call.done("User logged out (90019).")
