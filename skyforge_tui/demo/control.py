"""The door behind the scenes: lets a running estate be changed and broken over HTTP.

Its address ends in a word that nobody guesses, because every page in a browser can reach the
loopback interface too.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from typing import Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from skyforge_tui.demo.chaos import Chaos, Kind, Trouble
from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import shown, turn
from skyforge_tui.demo.servers import PretendServer
from skyforge_tui.demo.serving import Listener

Speed = Annotated[float, msgspec.Meta(gt=0)]
Work = Callable[[PretendServer, dict[str, Any]], Awaitable[Any]]


class Control:
    """Serves the controls of an estate."""

    def __init__(self, estate: Estate, servers: Mapping[str, PretendServer]) -> None:
        self._estate = estate
        self._servers = servers
        self._word = secrets.token_hex(8)
        routes = [
            Route("/", self._status),
            Route("/clock", self._clock, methods=["PATCH"]),
            Route("/{server}/habits", self._does(_set_habits), methods=["PATCH"]),
            Route("/{server}/troubles", self._does(_add_trouble), methods=["POST"]),
            Route("/{server}/troubles", self._does(_calm), methods=["DELETE"]),
            Route("/{server}/cut", self._does(_cut), methods=["POST"]),
            Route("/{server}/expire", self._does(_expire), methods=["POST"]),
            Route("/{server}/restart", self._does(_restart), methods=["POST"]),
        ]
        bare = Route(f"/{self._word}", self._status)  # the address as it is told, without a slash
        app = Starlette(routes=[bare, Mount(f"/{self._word}", routes=routes)])
        self._listener = Listener(app, Chaos(), estate.clock)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"{self._listener.url}/{self._word}"

    async def open(self) -> None:
        """Begin to serve."""
        await self._listener.open()

    async def close(self) -> None:
        """Serve no more."""
        await self._listener.close()

    async def _status(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                name: {
                    "url": server.url,
                    "habits": shown(server.habits),
                    "troubles": [_told(one) for one in server.chaos.troubles],
                    **server.status(),
                }
                for name, server in self._servers.items()
            }
        )

    async def _clock(self, request: Request) -> JSONResponse:
        clock = self._estate.clock
        try:
            speed = msgspec.convert((await _body(request)).get("speed"), Speed)
        except (ValueError, msgspec.ValidationError) as error:
            return JSONResponse({"error": f"speed: {error}"}, 400)
        if not isinstance(clock, LiveClock):
            return JSONResponse({"error": "speed: this clock is moved by hand"}, 400)
        clock.speed = speed
        return JSONResponse({"speed": speed})

    def _does(self, work: Work) -> Callable[[Request], Awaitable[JSONResponse]]:
        async def serve(request: Request) -> JSONResponse:
            server = self._servers.get(request.path_params["server"])
            if server is None:
                return JSONResponse({"error": f"one of {', '.join(self._servers)}"}, 404)
            try:
                return JSONResponse(await work(server, await _body(request)))
            except (ValueError, msgspec.ValidationError) as error:
                return JSONResponse({"error": str(error)}, 400)

        return serve


async def _body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request; nothing is an empty one."""
    data = json.loads(await request.body() or b"{}")
    if not isinstance(data, dict):
        raise ValueError("a JSON object is wanted")  # noqa: TRY004 - as every mistake in it
    return data


async def _set_habits(server: PretendServer, wanted: dict[str, Any]) -> dict[str, Any]:
    turn(wanted, server.habits)
    return shown(server.habits)


async def _add_trouble(server: PretendServer, wanted: dict[str, Any]) -> dict[str, Any]:
    known = {one.name for one in fields(Trouble)} - {"seen", "hits", "over"}
    if unknown := wanted.keys() - known:
        raise ValueError(f"{', '.join(sorted(unknown))}: none of {', '.join(sorted(known))}")
    try:
        trouble = Trouble(Kind(wanted.get("kind", "")))
    except ValueError:
        raise ValueError(f"kind is one of {', '.join(Kind)}") from None
    turn({name: value for name, value in wanted.items() if name != "kind"}, trouble)
    return _told(server.chaos.add(trouble))


async def _calm(server: PretendServer, _: dict[str, Any]) -> dict[str, Any]:
    server.chaos.calm()
    return {}


async def _cut(server: PretendServer, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"connections": server.cut(websockets_only=wanted.get("websockets_only") is True)}


async def _expire(server: PretendServer, _: dict[str, Any]) -> dict[str, Any]:
    return {"sessions": server.expire()}


async def _restart(server: PretendServer, wanted: dict[str, Any]) -> dict[str, Any]:
    await server.restart(msgspec.convert(wanted.get("down_s", 0.0), float))
    return {"url": server.url}


def _told(trouble: Trouble) -> dict[str, Any]:
    data = shown(trouble)
    del data["over"]
    return data
