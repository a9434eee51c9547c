"""One request: which route is meant, who calls, and what is in it.

The router of the original takes everything up to `.unl` for the path of a lab, and only letters,
digits, blanks and a few signs in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from skyforge_tui.demo.servers.eve.answers import Refusal, answer, refused
from skyforge_tui.demo.servers.eve.state import State
from skyforge_tui.demo.servers.eve.things import Account, Lab, Node

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.eve.server import EveServer

COOKIE: Final = "unetlab_session"
SIGNED_OUT: Final = "User is not authenticated or session timed out (90001)."
_LAB_PATH: Final = re.compile(r"[A-Za-z0-9_+/\s-]+\.unl")
_LAB: Final = re.compile(r"/labs/(?P<lab>.*?\.unl)(?P<rest>/.*)?")


@dataclass(slots=True)
class Call:
    """A request, and what its route found in the path."""

    server: EveServer
    request: Request
    found: dict[str, str] = field(default_factory=dict)
    caller: Account | None = None

    @property
    def state(self) -> State:
        """What the server keeps."""
        return self.server.state

    @property
    def account(self) -> Account:
        """Who calls."""
        if self.caller is None:
            raise Refusal(412, SIGNED_OUT)
        return self.caller

    @property
    def lab(self) -> Lab:
        """The lab that the path names."""
        path = "/" + self.found["lab"].lstrip("/")
        if not _LAB_PATH.fullmatch(path):
            raise Refusal(400, "Request not valid (60027).")
        lab = self.state.labs.get(path)
        if lab is None:
            raise Refusal(404, "Lab does not exist (60000).")
        return lab

    @property
    def node(self) -> Node:
        """The node that the path names."""
        node = self.lab.nodes.get(int(self.found["node"]))
        if node is None:
            raise Refusal(404, "Node does not exist (20024).")
        return node

    def may_edit(self) -> None:
        """Make sure that the caller may change labs."""
        if self.account.role not in ("admin", "editor"):
            raise Refusal(401, "User is not allowed to do that (90032).", "forbidden")

    def done(self, message: str | None, *data: Any, code: int | str = 200) -> Response:
        """Return a good answer."""
        warns = self.state.habits.php_warnings
        return answer(message, *data, code=code, warns=warns)

    async def body(self) -> dict[str, Any]:
        """Return what was sent; what is no JSON is nothing."""
        try:
            data = json.loads(await self.request.body() or b"{}")
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    pattern: re.Pattern[str]
    handler: Handler
    is_open: bool
    is_of_lab: bool
    editions: tuple[str, ...]
    name: str


class Routes:
    """Collects routes, and finds the one that is meant."""

    def __init__(self) -> None:
        self.routes: list[_Route] = []

    def __call__(
        self, method: str, path: str, *, is_open: bool = False, only: tuple[str, ...] = ()
    ) -> Callable[[Handler], Handler]:
        """Serve a method on a path; one that begins with `…` follows a lab.

        `is_open` asks for no sign-in. Editions that are not named know no route that names `only`.
        """
        is_of_lab = path.startswith("…")
        shape = re.sub(r"\{node\}", r"(?P<node>\\d+)", path.removeprefix("…"))
        shape = re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", shape)

        def register(handler: Handler) -> Handler:
            pattern = re.compile(shape + "/?")
            name = f"{method} {path}"
            self.routes.append(_Route(method, pattern, handler, is_open, is_of_lab, only, name))
            return handler

        return register

    async def serve(self, server: EveServer, request: Request) -> Response:
        """Answer a request."""
        state = server.state
        path = unquote(request.scope["raw_path"].decode().partition("?")[0]).removeprefix("/api")
        try:
            route, found = self._route(state, request.method, path)
            state.asked[route.name] += 1
            call = Call(server, request, found)
            if not route.is_open:
                call.caller = state.account_of(request.cookies.get(COOKIE, ""))
                _ = call.account
            return await route.handler(call)
        except Refusal as refusal:
            return refused(refusal, warns=state.habits.php_warnings)

    def _route(self, state: State, method: str, path: str) -> tuple[_Route, dict[str, str]]:
        of_lab = _LAB.fullmatch(path)
        for route in self.routes:
            if route.editions and state.habits.edition not in route.editions:
                continue
            if route.method != method or route.is_of_lab is not (of_lab is not None):
                continue
            rest = path if of_lab is None else of_lab["rest"] or ""
            hit = route.pattern.fullmatch(rest)
            if hit is not None:
                lab = {} if of_lab is None else {"lab": of_lab["lab"]}
                return route, {**lab, **hit.groupdict()}
        raise Refusal(404, "Resource not found (60038).")


routes: Final = Routes()
"""Every route of the server; importing `endpoints` fills it."""
