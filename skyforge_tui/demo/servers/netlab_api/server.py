"""A pretend `netlab api`, from its labs to its port."""

from __future__ import annotations

import base64
import json
import ssl
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import turn
from skyforge_tui.demo.servers.netlab_api.habits import Habits
from skyforge_tui.demo.servers.netlab_api.jobs import Works
from skyforge_tui.demo.servers.web import WebServer, end

USER: Final = "netlab"
_CLOSES: Final = {"connection": "close"}
"""It speaks HTTP/1.0: every answer is the last one of its connection."""


class NetlabApiServer(WebServer):
    """A server: what it keeps, how it behaves, and what goes wrong with it."""

    kind = "netlab_api"

    def __init__(
        self,
        estate: Estate,
        habits: Habits | None = None,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(estate)
        self.habits = habits or Habits()
        self.works = Works(estate, self.habits)
        self.asked: list[str] = []
        """Method and path of every request, in their order."""
        password = estate.dice("netlab_api", "password").getrandbits(64)
        self.password = f"{password:016x}"
        routes = [Route("/{rest:path}", self._answer, methods=["GET", "POST", "DELETE"])]
        self.serve(Starlette(routes=routes), port=port, tls=tls)

    async def close(self) -> None:
        """Serve no more; what goes on ends."""
        await super().close()
        await end(self.works.tasks)

    async def crash(self) -> None:
        """Break off, with all that goes on; jobs are forgotten."""
        await self.close()
        self.works.jobs.clear()

    def expire(self) -> int:
        """End all sign-ins: there are none."""
        return 0

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in, the same for every role."""
        return {role: {"username": USER, "password": self.password} for role in BY_ROLE}

    def status(self) -> dict[str, Any]:
        """Return counts."""
        return {"labs": len(self.works.labs), "jobs": len(self.works.jobs),
                "requests": len(self.asked)}  # fmt: skip

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if self.habits.asks_who and not self._is_let_in(request):
            challenge = {**_CLOSES, "www-authenticate": 'Basic realm="netlab api"'}
            return JSONResponse({"error": "unauthorized"}, 401, challenge)
        if request.method == "DELETE":
            return HTMLResponse("<h1>Error response</h1>", 501, _CLOSES)
        parts = [one for one in path.split("/") if one]
        if request.method == "POST":
            return await self._post(request, parts)
        return self._get(request, parts)

    def _is_let_in(self, request: Request) -> bool:
        pair = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {pair}"

    async def _post(self, request: Request, parts: list[str]) -> Response:
        if parts != ["jobs"]:
            return _said({"error": "not found"}, 404)
        try:
            payload = json.loads(await request.body() or b"{}")
        except ValueError:
            return _said({"error": "invalid JSON body"}, 400)
        return _said(self.works.begin(payload).told(), 202)

    def _get(self, request: Request, parts: list[str]) -> Response:
        works = self.works
        match parts:
            case ["healthz"]:
                return _said({"status": "ok"})
            case ["templates"]:
                name = "topology.yml"
                is_one = request.query_params.get("dir", "") in works.topologies
                return _said({"templates": [{"name": name, "path": name}] if is_one else []})
            case ["status"] if not works.labs:
                return _said({"warning": "No netlab-managed labs"}, 404)
            case ["status"]:
                return _said(works.labs)
            case ["status", instance]:
                return _said(works.instance(instance))
            case ["jobs"]:
                return _said({"jobs": [one.told() for one in works.jobs.values()]})
            case ["jobs", job_id, *rest]:
                job = works.jobs.get(job_id)
                if job is None:
                    return _said({"error": f"Job {job_id} not found"}, 404)
                if rest == ["log"]:
                    return _said({"log": job.log})
                bad = {"error": f"Invalid parameter {rest}"}
                return _said(bad, 501) if rest else _said(job.told())
            case _:
                return _said({"error": "not found"}, 404)


def _said(document: Any, status: int = 200) -> Response:
    return JSONResponse(document, status, _CLOSES)


def make_netlab_api(
    estate: Estate, *, port: int = 0, tls: ssl.SSLContext | None = None, **habits: Any
) -> NetlabApiServer:
    """Return a server with these habits.

    Raises:
        ValueError: a habit is none.
    """
    chosen = Habits()
    turn(habits, chosen)
    return NetlabApiServer(estate, chosen, port=port, tls=tls)
