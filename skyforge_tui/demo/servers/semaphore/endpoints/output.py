"""What a run wrote, and what became of its hosts: `/project/{id}/tasks/{id}/…`."""

from __future__ import annotations

import re

from starlette.responses import PlainTextResponse, Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import answer
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes
from skyforge_tui.demo.servers.semaphore.endpoints.tasks import run_of

routes = Routes()
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@routes("GET", "/project/{project_id}/tasks/{id}/output")
async def output(call: Call) -> Response:
    """Return the whole output at once."""
    return answer(shapes.rows(run_of(call), call.state))


@routes("GET", "/project/{project_id}/tasks/{id}/raw_output", since=14)
async def raw_output(call: Call) -> Response:
    """Return the output as plain text, without colours (2.14)."""
    rows = shapes.rows(run_of(call), call.state) or []
    return PlainTextResponse("".join(_COLOUR.sub("", row["output"]) + "\n" for row in rows))
