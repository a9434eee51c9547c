"""Who one is, who others are, and one's tokens: `/user`, `/users`."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import paged, sliced
from skyforge_tui.demo.servers.gitea.scopes import KNOWN
from skyforge_tui.demo.servers.gitea.state import Account, Token

routes = Routes("user")


class _NewToken(msgspec.Struct):
    name: str = ""
    scopes: list[str] = []


@routes("GET", "/user")
async def oneself(call: Call) -> Response:
    """Tell who calls."""
    return answer(shapes.user(call.server, call.account))


@routes("GET", "/users/search")
async def search(call: Call) -> Response:
    """List people whose names hold a text, in an envelope."""
    wanted = call.query("q").lower()
    found = [
        one
        for one in call.state.accounts.values()
        if one.person and (wanted in one.login.lower() or wanted in one.person.name.lower())
    ]
    shown = [shapes.user(call.server, one) for one in sliced(call, found)]
    return paged(call, None, len(found), envelope={"data": shown, "ok": True})


@routes("GET", "/users/{login}")
async def somebody(call: Call) -> Response:
    """Tell of somebody."""
    return answer(shapes.user(call.server, call.person(call.text("login"))))


@routes("GET", "/users/{login}/tokens")
async def tokens(call: Call) -> Response:
    """List one's tokens, without the secrets; by password only."""
    account = _own(call)
    found = [one for one in call.state.tokens if one.account is account]
    return paged(call, [_told(call, one) for one in sliced(call, found)], len(found))


@routes("POST", "/users/{login}/tokens")
async def make_token(call: Call) -> Response:
    """Make a token and show it, this once; by password only."""
    account, given = _own(call), await call.body(_NewToken)
    if any(one.name == given.name for one in call.state.tokens if one.account is account):
        raise Refusal(400, "access token name has been used already")
    if call.server.habits.version.has_scopes:
        if not given.scopes:
            raise Refusal(400, "access token must have a scope")
        if not KNOWN.issuperset(given.scopes):
            raise Refusal(400, f"invalid access token scope provided: {given.scopes}")
    scopes = tuple(given.scopes) or ("all",)
    token = Token(
        call.state.next_id(), given.name, secrets.token_hex(20), account, scopes,
        call.state.estate.clock.now(),
    )  # fmt: skip
    call.state.tokens.append(token)
    return answer(_told(call, token, token.sha1), 201)


@routes("DELETE", "/users/{login}/tokens/{token}")
async def drop_token(call: Call) -> Response:
    """Take a token away, by name or number."""
    account, wanted = _own(call), call.text("token")
    for one in call.state.tokens:
        if one.account is account and wanted in (one.name, str(one.id)):
            call.state.tokens.remove(one)
            return empty()
    raise Refusal(404)


def _own(call: Call) -> Account:
    """Return the account of the path, which must be one's own, shown by password."""
    account = call.account
    if not call.caller.is_by_password:
        raise Refusal(401, "auth required")
    if call.person(call.text("login")) is not account:
        raise Refusal(403, "should be the owner")
    return account


def _told(call: Call, token: Token, secret: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": token.id, "name": token.name, "sha1": secret, "token_last_eight": token.sha1[-8:],
    }  # fmt: skip
    if call.server.habits.version.has_scopes:
        told["scopes"] = list(token.scopes)
        told["created_at"] = told["last_used_at"] = shapes.moment(call.server, token.created)
    return told
