"""Who works in a project, and who has an account: `/project/{id}/users`, `/users`."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.people import Role
from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import USERS, Call, Routes

routes = Routes()


class Member(msgspec.Struct):
    """Somebody's role."""

    user_id: int = 0
    role: str = ""


@routes("GET", "/project/{project_id}/users")
async def members(call: Call) -> Response:
    """List the members of a project by name."""
    people = [(call.state.accounts[one], role) for one, role in call.room.members.items()]
    people.sort(
        key=lambda one: one[0].person.name, reverse=call.request.query_params.get("order") == "desc"
    )
    return answer(
        [
            {"id": one.id, "username": one.person.username, "name": one.person.name, "role": role}
            for one, role in people
        ]
    )


@routes("POST", "/project/{project_id}/users", needs=USERS)
async def add_member(call: Call) -> Response:
    """Take somebody into a project."""
    given = await call.body(Member)
    role = _role(given.role)
    if given.user_id not in call.state.accounts:
        raise Refusal(400)
    if given.user_id in call.room.members:
        raise Refusal(409)
    call.room.members[given.user_id] = role
    return empty()


@routes("PUT", "/project/{project_id}/users/{id}", needs=USERS)
async def change_member(call: Call) -> Response:
    """Change somebody's role."""
    role = _role((await call.body(Member)).role)
    call.room.members[_member(call)] = role
    return empty()


@routes("DELETE", "/project/{project_id}/users/{id}", needs=USERS)
async def drop_member(call: Call) -> Response:
    """Remove somebody from a project."""
    del call.room.members[_member(call)]
    return empty()


@routes("DELETE", "/project/{project_id}/me")
async def leave(call: Call) -> Response:
    """Leave a project."""
    call.room.members.pop(call.account.id, None)
    return empty()


@routes("GET", "/users")
async def users(call: Call) -> Response:
    """List all accounts; of others than admins only names are shown."""
    everybody = call.state.accounts.values()
    if call.account.person.is_admin:
        return answer([shapes.user(one) for one in everybody])
    return answer(
        [
            {"id": one.id, "username": one.person.username, "name": one.person.name}
            for one in everybody
        ]
    )


@routes("GET", "/users/{id}")
async def user(call: Call) -> Response:
    """Tell about an account: one's own, or to admins."""
    account = call.state.accounts.get(call.number("id"))
    if account is None:
        raise Refusal(404)
    if account is not call.account and not call.account.person.is_admin:
        raise Refusal(401)
    return answer(shapes.user(account))


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise Refusal(400) from None


def _member(call: Call) -> int:
    number = call.number("id")
    if number not in call.room.members:
        raise Refusal(404)
    return number
