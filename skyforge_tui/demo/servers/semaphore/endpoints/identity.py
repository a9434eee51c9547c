"""Who one is, one's tokens, and what the server is: `/user`, `/info`, `/ping`."""

from __future__ import annotations

from typing import Any

from starlette.responses import PlainTextResponse, Response

from skyforge_tui.demo.clock import written
from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes
from skyforge_tui.demo.servers.semaphore.sessions import Token

routes = Routes()
_NEVER = "0001-01-01T00:00:00Z"


@routes("GET", "/ping", is_open=True)
async def ping(call: Call) -> Response:
    """Say that the server lives."""
    return PlainTextResponse("pong")


@routes("GET", "/info")
async def info(call: Call) -> Response:
    """Tell the release and what it can do."""
    version = call.state.habits.version
    data: dict[str, Any] = {
        "version": str(version),
        "ansible": "ansible [core 2.16.14]",
        "web_host": call.server.url,
        "use_remote_runner": False,
    }
    if version.has_second_factor:
        data |= {
            "auth_methods": {"totp": {"allow_recovery": True}, "email": {}},
            "premium_features": {"project_runners": False, "terraform_backend": False},
            "git_client": "go_git",
            "schedule_timezone": "UTC",
        }
    if version.minor >= 17:
        data |= {"teams": {}, "roles": []}
    return answer(data)


@routes("GET", "/user")
@routes("GET", "/user/")
async def oneself(call: Call) -> Response:
    """Tell who calls."""
    return answer(shapes.user(call.account))


@routes("GET", "/user/tokens")
async def tokens(call: Call) -> Response:
    """List one's own tokens; younger releases show the beginning of each only."""
    crops = call.state.habits.version.crops_tokens
    own = [one for one in call.server.sessions.tokens.values() if one.account is call.account]
    return answer([_shape(one, call, one.id[:8] if crops else one.id) for one in own])


@routes("POST", "/user/tokens")
async def make_token(call: Call) -> Response:
    """Make a token; its id is the secret."""
    token = call.server.sessions.make_token(call.account)
    return answer(_shape(token, call, token.id), 201)


@routes("DELETE", "/user/tokens/{token}")
async def drop_token(call: Call) -> Response:
    """Make a token worthless."""
    sessions = call.server.sessions
    text = call.request.path_params["token"]
    found = [
        one
        for one in sessions.tokens.values()
        if one.account is call.account and text in (one.id, one.id[:8])
    ]
    if not found:
        raise Refusal(404)
    if call.state.habits.version.crops_tokens:
        del sessions.tokens[found[0].id]
    else:
        found[0].is_expired = True
    return empty()


def _shape(token: Token, call: Call, shown: str) -> dict[str, Any]:
    is_old = call.state.habits.version.minor <= 10
    return {
        "id": shown,
        "created": _NEVER if is_old else written(token.created),
        "expired": token.is_expired,
        "user_id": token.account.id,
    }
