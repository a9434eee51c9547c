"""One request: who calls, which project is meant, what is in its body, and whether it may."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from skyforge_tui.demo.people import Role
from skyforge_tui.demo.servers.semaphore.answers import Refusal, missing, refused
from skyforge_tui.demo.servers.semaphore.state import Account, Room, State, T

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

RUN, UPDATE, MANAGE, USERS = 1, 2, 4, 8
PERMISSIONS: Final = {Role.OWNER: 15, Role.MANAGER: 5, Role.TASK_RUNNER: 1, Role.GUEST: 0}
_BEARER: Final = "bearer "

B = TypeVar("B")


@dataclass(slots=True)
class Call:
    """A request of somebody who is signed in; `room` only below `/project`."""

    server: SemaphoreServer
    request: Request
    caller: Account | None = None
    chosen: Room | None = None

    @property
    def state(self) -> State:
        """What the server keeps."""
        return self.server.state

    @property
    def account(self) -> Account:
        """Who calls."""
        if self.caller is None:
            raise Refusal(401)
        return self.caller

    @property
    def room(self) -> Room:
        """The project that the path names."""
        if self.chosen is None:
            raise Refusal(404)
        return self.chosen

    @property
    def permissions(self) -> int:
        """What the caller may do in the project, as bits."""
        if self.account.person.is_admin:
            return 15
        return PERMISSIONS[self.room.members[self.account.id]]

    def number(self, name: str) -> int:
        """Return a number of the path; what is none is a bad request."""
        text = self.request.path_params[name]
        if not (text.isascii() and text.isdecimal()):
            raise Refusal(400)
        return int(text)

    def thing(self, things: dict[int, T], name: str = "id") -> T:
        """Return the thing that the path names."""
        found = things.get(self.number(name))
        if found is None:
            raise Refusal(404)
        return found

    async def document(self) -> Any:
        """Return the JSON of the body; nothing, or no JSON, is a bad request."""
        try:
            return json.loads(await self.request.body())
        except (ValueError, RecursionError):
            raise Refusal(400) from None

    async def body(self, shape: type[B]) -> B:
        """Read the body as Go does: null leaves the zero value, wrong types are a bad request."""
        try:
            return msgspec.convert(without_nulls(await self.document()), shape)
        except msgspec.ValidationError:
            raise Refusal(400) from None


Handler = Callable[[Call], Awaitable[Response]]


def without_nulls(data: Any) -> Any:
    """Return the data without keys that hold null."""
    if isinstance(data, dict):
        return {name: without_nulls(one) for name, one in data.items() if one is not None}
    if isinstance(data, list):
        return [without_nulls(one) for one in data]
    return data


def caller_of(server: SemaphoreServer, connection: HTTPConnection) -> Account:
    """Return who calls, by token or by cookie.

    Raises:
        Refusal: 401; of a session that waits for a one-time code it says so.
    """
    header = connection.headers.get("authorization", "").lower()
    if _BEARER.strip() in header:
        account = server.sessions.by_token(header.removeprefix(_BEARER).strip())
        if account is None:
            raise Refusal(401)
        return account
    session = server.sessions.session(connection.cookies.get("semaphore", ""))
    if session is None:
        raise Refusal(401)
    if session.waits_for:
        raise Refusal(401, "TOTP_REQUIRED" if session.waits_for == "totp" else "EMAIL_OTP_REQUIRED")
    return session.account


class Routes:
    """Collects the routes of one noun."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def __call__(
        self, method: str, path: str, *, needs: int = 0, is_open: bool = False, since: int = 0
    ) -> Callable[[Handler], Handler]:
        """Serve a method on a path; `needs` are permissions in the project, 0 for any member.

        `is_open` asks for no sign-in; releases before 2.`since` do not know the route.
        """

        def register(handler: Handler) -> Handler:
            async def serve(request: Request) -> Response:
                server = cast("SemaphoreServer", request.app.state.server)
                if server.habits.version.minor < since:
                    return missing()
                try:
                    call = Call(server, request)
                    if not is_open:
                        call.caller = caller_of(server, request)
                    if "project_id" in request.path_params:
                        call.chosen = _room(call, needs)
                    return await handler(call)
                except Refusal as refusal:
                    return refused(refusal)

            self.routes.append(Route(path, serve, methods=[method]))
            return handler

        return register


def _room(call: Call, needs: int) -> Room:
    """Return the project of the path, if the caller may know of it and may do this in it."""
    room = call.state.rooms.get(call.number("project_id"))
    if room is None:
        raise Refusal(404)
    if call.account.id not in room.members and not call.account.person.is_admin:
        raise Refusal(404)
    call.chosen = room
    if needs & ~call.permissions:
        raise Refusal(403)
    return room
