"""One request: who calls, which repository is meant, what is in its body, and whether it may."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, refused, unknown
from skyforge_tui.demo.servers.gitea.bare import GitError
from skyforge_tui.demo.servers.gitea.scopes import allows, complaint
from skyforge_tui.demo.servers.gitea.signing import Caller, caller_of
from skyforge_tui.demo.servers.gitea.state import RIGHTS, Account, Repo, Right, State

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer

B = TypeVar("B")
API = "/api/v1"
ARCHIVED = "This repo is archived. You cannot view or modify it."


class _Any(Convertor[str]):
    """A path of files: slashes and line ends are part of it."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", _Any())


@dataclass(slots=True)
class Call:
    """A request; `chosen` is the repository that its path names."""

    server: GiteaServer
    request: Request
    caller: Caller
    chosen: Repo | None = None

    @property
    def state(self) -> State:
        """What the server keeps."""
        return self.server.state

    @property
    def account(self) -> Account:
        """Who calls.

        Raises:
            Refusal: 401, nobody does.
        """
        if self.caller.account is None:
            raise Refusal(401, "token is required")
        return self.caller.account

    @property
    def repo(self) -> Repo:
        """The repository that the path names."""
        if self.chosen is None:
            raise Refusal(404)
        return self.chosen

    @property
    def right(self) -> Right:
        """What the caller may in the repository."""
        return self.state.right(self.caller.account, self.repo)

    def text(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """Return a number of the path; what is none is missing."""
        text = self.text(name)
        if not (text.isascii() and text.isdecimal()):
            raise Refusal(404)
        return int(text)

    def query(self, name: str) -> str:
        """Return a value of the query; empty when it is not there."""
        return self.request.query_params.get(name, "")

    def person(self, login: str) -> Account:
        """Return an account, or refuse as of somebody unknown."""
        found = self.state.account(login)
        if found is None:
            raise Refusal(404, "GetUserByName" if self.server.habits.version.minor <= 16 else "",
                          [f"user redirect does not exist [name: {login}]"])  # fmt: skip
        return found

    async def body(self, shape: type[B]) -> B:
        """Read the body; what is no such JSON is a 422."""
        try:
            data = json.loads(await self.request.body() or b"{}")
            return msgspec.convert(_without_nulls(data), shape)
        except (ValueError, RecursionError) as error:
            raise Refusal(422, str(error)) from None


Handler = Callable[[Call], Awaitable[Response]]


class Routes:
    """Collects the routes of one noun."""

    def __init__(self, category: str) -> None:
        """Take the scope that tokens need for these routes; empty needs none."""
        self.category = category
        self.routes: list[Route] = []

    def __call__(
        self, method: str, path: str, *, right: Right = "read", since: int = 0,
        is_open: bool = False,
    ) -> Callable[[Handler], Handler]:  # fmt: skip
        """Serve a method on a path; releases before 1.`since` do not know the route.

        `right` is needed in the repository of the path. `is_open` asks for no sign-in; paths with
        a repository never do by themselves: public ones are shown to anybody.
        """

        def register(handler: Handler) -> Handler:
            async def serve(request: Request) -> Response:
                server = cast("GiteaServer", request.app.state.server)
                server.habits.requests += 1
                if server.habits.version.minor < since:
                    return unknown()
                try:
                    return await self._served(server, request, handler, right, is_open)
                except Refusal as refusal:
                    minor = server.habits.version.minor
                    return refused(refusal, f"{server.root_url}/api/swagger", minor)

            # A mount would not do: its own pattern ends a path at a line end.
            self.routes.append(Route(f"{API}{path}", serve, methods=[method]))
            return handler

        return register

    async def _served(
        self, server: GiteaServer, request: Request, handler: Handler, right: Right, is_open: bool
    ) -> Response:
        call = Call(server, request, await caller_of(server, request))
        writes = request.method not in ("GET", "HEAD")
        if server.habits.needs_sign_in and call.caller.account is None:
            raise Refusal(403, "Only signed in user is allowed to call APIs.")
        if "repo" in request.path_params:
            old = _choose(call)
            if old is not None:
                return old
            _check_right(call, right, writes=writes)
        elif not is_open:
            _ = call.account
        scopes = call.caller.scopes
        if server.habits.version.has_scopes and not allows(scopes, self.category, writes=writes):
            raise Refusal(403, complaint(scopes, self.category, writes=writes))
        try:
            return await handler(call)
        except GitError as error:
            message = str(error) if call.caller.account and call.caller.account.is_admin else ""
            raise Refusal(500, message) from error


def _choose(call: Call) -> Response | None:
    """Choose the repository of the path; return the way to its new name where it has one."""
    owner, name = call.text("owner"), call.text("repo")
    repo = call.state.repo(f"{owner}/{name}")
    if repo is None:
        number = call.state.redirects.get(f"{owner}/{name}".lower())
        moved = call.state.repos.get(number) if number else None
        if moved is not None and call.state.right(call.caller.account, moved) != "none":
            return _moved(call, moved, f"/repos/{owner}/{name}")
        call.person(owner)
        raise Refusal(404)
    if call.state.right(call.caller.account, repo) == "none":
        raise Refusal(404)
    call.chosen = repo
    return None


def _moved(call: Call, repo: Repo, old: str) -> Response:
    server = call.server
    path = call.request.scope["raw_path"].decode("ascii")
    rest = path.partition(old)[2]
    query = call.request.url.query
    target = f"{server.root_url}/api/v1/repos/{repo.full_name}{rest}"
    status = 307 if server.habits.version.redirects_by_307 else 301
    return RedirectResponse(target + (f"?{query}" if query else ""), status)


def _check_right(call: Call, right: Right, *, writes: bool) -> None:
    if writes and right != "read":
        account = call.account
        if call.repo.is_archived and call.request.method != "DELETE" and right == "write":
            if call.server.habits.version.refuses_archived:
                raise Refusal(423, ARCHIVED)
            who = f"[user_id: {account.id}, repo_name: {call.repo.name}]"
            raise Refusal(500, f"user doesn't have access to repo {who}")
    if RIGHTS.index(call.right) < RIGHTS.index(right):
        raise Refusal(403, f"user should have a permission to {right} to a repo")


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without_nulls(one) for name, one in data.items() if one is not None}
    if isinstance(data, list):
        return [_without_nulls(one) for one in data]
    return data


__all__ = ["Call", "Handler", "Refusal", "Routes", "answer"]
