"""The application of a Semaphore server: its API below `/api`, and one page for all other paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from skyforge_tui.demo.servers.semaphore.answers import Refusal, empty, missing, refused
from skyforge_tui.demo.servers.semaphore.calling import caller_of
from skyforge_tui.demo.servers.semaphore.endpoints import (
    admin,
    identity,
    members,
    output,
    projects,
    resources,
    results,
    schedules,
    signing_in,
    tasks,
    templates,
)
from skyforge_tui.demo.servers.web import Below

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer

NOUNS: Final = (
    signing_in, identity, projects, members, resources, templates, schedules, tasks, output,
    results, admin,
)  # fmt: skip
"""The modules that hold the routes."""
_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Semaphore</title></head><body><noscript>We're sorry but "
    "Semaphore doesn't work properly without JavaScript enabled.</noscript><div id=app></div>"
    "</body></html>"
)


def make_app(server: SemaphoreServer) -> ASGIApp:
    """Return the application."""
    api: list[BaseRoute] = [route for noun in NOUNS for route in noun.routes.routes]
    api += [WebSocketRoute("/ws", _listen), Route("/{rest:path}", _unknown, methods=None)]
    app = Starlette(
        routes=[Mount("/api", routes=api), Route("/{rest:path}", _page)],
        exception_handlers={HTTPException: _failed},
    )
    app.router.redirect_slashes = False
    app.state.server = server
    return Below(app, lambda: server.habits.sub_path)


async def _listen(websocket: WebSocket) -> None:
    server = cast("SemaphoreServer", websocket.app.state.server)
    try:
        account = caller_of(server, websocket)
    except Refusal as refusal:
        await websocket.send_denial_response(refused(refusal))
        return
    await server.feed.serve(websocket, account.id)


async def _unknown(request: Request) -> Response:
    return missing()


async def _page(request: Request) -> Response:
    return HTMLResponse(_PAGE)


async def _failed(request: Request, error: Exception) -> Response:
    return empty(error.status_code if isinstance(error, HTTPException) else 500)
