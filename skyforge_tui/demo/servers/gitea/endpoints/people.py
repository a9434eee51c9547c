"""Who is let into a repository: collaborators and what they may."""

from __future__ import annotations

from typing import Final

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import paged, sliced
from skyforge_tui.demo.servers.gitea.state import Account, Right

routes = Routes("repository")
_GIVEN: Final[dict[str, Right]] = {"read": "read", "write": "write", "admin": "admin", "": "write"}


class _Permission(msgspec.Struct):
    permission: str = ""


@routes("GET", "/repos/{owner}/{repo}/collaborators")
async def collaborators(call: Call) -> Response:
    """List who was let in by name."""
    _ = call.account
    found = [call.state.accounts[number] for number in call.repo.collaborators]
    shown = [shapes.user(call.server, one) for one in sliced(call, found)]
    return paged(call, shown, len(found))


@routes("GET", "/repos/{owner}/{repo}/collaborators/{login}")
async def is_collaborator(call: Call) -> Response:
    """Say whether somebody was let in: 204, or 404."""
    if call.person(call.text("login")).id not in call.repo.collaborators:
        raise Refusal(404)
    return empty()


@routes("PUT", "/repos/{owner}/{repo}/collaborators/{login}", right="admin")
async def let_in(call: Call) -> Response:
    """Let somebody in, or change what they may."""
    given, account = await call.body(_Permission), _known(call)
    if account is call.repo.owner:
        raise Refusal(403, "cannot add the owner as a collaborator")
    if given.permission not in _GIVEN:
        raise Refusal(422, f"invalid permission: {given.permission}")
    call.repo.collaborators[account.id] = _GIVEN[given.permission]
    return empty()


@routes("DELETE", "/repos/{owner}/{repo}/collaborators/{login}", right="admin")
async def put_out(call: Call) -> Response:
    """Let somebody in no more; also of somebody who was not."""
    call.repo.collaborators.pop(_known(call).id, None)
    return empty()


@routes("GET", "/repos/{owner}/{repo}/collaborators/{login}/permission")
async def permission(call: Call) -> Response:
    """Tell what somebody may; only to those who rule here, and to oneself."""
    account = call.person(call.text("login"))
    if account is not call.account and call.right not in ("admin", "owner"):
        raise Refusal(403, "Only admins can query all permissions, repo admins can query all "
                           "repo permissions, collaborators can query only their own")  # fmt: skip
    right = call.state.right(account, call.repo)
    user = shapes.user(call.server, account)
    return answer({"permission": right, "role_name": right, "user": user})


def _known(call: Call) -> Account:
    found = call.state.account(call.text("login"))
    if found is None or found.person is None:
        raise Refusal(422, f"user does not exist [uid: 0, name: {call.text('login')}]")
    return found
