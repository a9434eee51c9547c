"""Clone and push over HTTP, answered by `git http-backend` below `/OWNER/NAME.git`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea.answers import Refusal
from skyforge_tui.demo.servers.gitea.bare import serve_git
from skyforge_tui.demo.servers.gitea.signing import Caller, caller_of
from skyforge_tui.demo.servers.gitea.state import RIGHTS, Repo

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer

_CHALLENGE = {"www-authenticate": 'Basic realm="Gitea"'}


async def speak_git(request: Request) -> Response:
    """Serve one request of a git client."""
    server = cast("GiteaServer", request.app.state.server)
    try:
        caller = await caller_of(server, request)
    except Refusal:
        return Response("Unauthorized\n", 401, _CHALLENGE)
    owner, name = request.path_params["owner"], request.path_params["repo"]
    repo = server.state.repo(f"{owner}/{name}")
    right = "none" if repo is None else server.state.right(caller.account, repo)
    rest = request.path_params["rest"]
    pushes = "git-receive-pack" in (rest, request.query_params.get("service", ""))
    if repo is None or right == "none" or (pushes and caller.account is None):
        is_known = caller.account is not None
        return Response("Not found.\n", 404) if is_known else Response("", 401, _CHALLENGE)
    if pushes and (RIGHTS.index(right) < RIGHTS.index("write") or repo.is_archived):
        return Response("Forbidden\n", 403)
    return await _answered(server, request, repo, caller)


async def _answered(server: GiteaServer, request: Request, repo: Repo, caller: Caller) -> Response:
    await server.ready(repo)
    await repo.bare.made()
    body = await request.body()
    who = caller.account.login if caller.account else ""
    asked = {
        "PATH_INFO": f"/{repo.id}.git/{request.path_params['rest']}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "REMOTE_USER": who,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        "PROTECTED": " ".join(sorted(repo.protected)),
    }
    told = await serve_git(server.state.folder, body, asked)
    head, _, data = told.partition(b"\r\n\r\n")
    headers = dict(
        line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line
    )
    status = int(headers.pop("Status", "200 OK").split()[0])
    if request.method == "POST" and request.path_params["rest"] == "git-receive-pack":
        await server.pushed(repo)
    return Response(data, status, headers)
