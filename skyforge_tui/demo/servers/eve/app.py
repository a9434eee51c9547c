"""The application of a pretend EVE-NG: its API, downloads, and the page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from skyforge_tui.demo.servers.eve.calling import COOKIE, routes
from skyforge_tui.demo.servers.eve.endpoints import (
    folders,
    labs,
    networks,
    nodes,
    signing_in,
    system,
)

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.eve.server import EveServer

NOUNS: Final = (signing_in, system, folders, labs, nodes, networks)
"""The modules that hold the routes."""
_METHODS: Final = ["GET", "POST", "PUT", "DELETE"]
_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>EVE-NG | Login</title></head><body>"
    "<div ng-app='unlMainApp'></div></body></html>"
)


def make_app(server: EveServer) -> Starlette:
    """Return the application."""

    async def api(request: Request) -> Response:
        return await routes.serve(server, request)

    async def download(request: Request) -> Response:
        content = server.exports.get(request.url.path)
        if content is None or server.state.account_of(request.cookies.get(COOKIE, "")) is None:
            return HTMLResponse("<html><title>404 Not Found</title></html>", 404)
        return Response(content, 200, {"content-type": "application/zip"})

    async def page(request: Request) -> Response:
        return HTMLResponse(_PAGE)

    app = Starlette(
        routes=[
            Route("/api/{rest:path}", api, methods=_METHODS),
            Route("/Exports/{rest:path}", download),
            Route("/{rest:path}", page),
        ]
    )
    app.router.redirect_slashes = False
    return app
