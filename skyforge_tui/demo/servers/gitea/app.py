"""The application of a Gitea server: its API below `/api/v1`, git, and pages elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from skyforge_tui.demo.servers.gitea.answers import empty, unknown
from skyforge_tui.demo.servers.gitea.endpoints import (
    about,
    actions,
    commits,
    contents,
    identity,
    objects,
    organisations,
    people,
    repositories,
    writing,
)
from skyforge_tui.demo.servers.gitea.endpoints.transport import speak_git
from skyforge_tui.demo.servers.web import Below

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer

NOUNS: Final = (
    about, identity, organisations, repositories, contents, writing, objects, commits, people,
    actions,
)  # fmt: skip
"""The modules that hold the routes."""
_PAGE: Final = (
    "<!DOCTYPE html><html lang=en-US><head><title>Gitea: Git with a cup of tea</title></head>"
    "<body>Gitea</body></html>"
)


def make_app(server: GiteaServer) -> ASGIApp:
    """Return the application."""
    api: list[BaseRoute] = [route for noun in NOUNS for route in noun.routes.routes]
    api.append(Route("/api/v1/{rest:path}", _unknown, methods=None))
    git = Route("/{owner}/{repo}.git/{rest:path}", speak_git, methods=["GET", "POST"])
    app = Starlette(
        routes=[
            *api, Route("/api/healthz", _health), git,
            Route("/{rest:path}", _page),
        ],
        exception_handlers={HTTPException: _failed},
    )  # fmt: skip
    app.router.redirect_slashes = False
    app.state.server = server
    return Below(app, lambda: server.habits.sub_path)


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "pass", "description": "Gitea", "checks": {}})


async def _unknown(request: Request) -> Response:
    return unknown()


async def _page(request: Request) -> Response:
    return HTMLResponse(_PAGE)


async def _failed(request: Request, error: Exception) -> Response:
    return empty(error.status_code if isinstance(error, HTTPException) else 500)
