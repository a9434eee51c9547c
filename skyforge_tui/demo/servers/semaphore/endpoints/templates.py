"""Templates: `/project/{id}/templates`."""

from __future__ import annotations

from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import answer
from skyforge_tui.demo.servers.semaphore.calling import Call, Routes

routes = Routes()


@routes("GET", "/project/{project_id}/templates")
async def templates(call: Call) -> Response:
    """List templates by name, each with its last run."""
    found = sorted(call.room.templates.values(), key=lambda one: one.name)
    return answer([shapes.template(one, call.room, call.state, in_list=True) for one in found])


@routes("GET", "/project/{project_id}/templates/{id}")
async def template(call: Call) -> Response:
    """Tell about a template."""
    found = call.thing(call.room.templates)
    return answer(shapes.template(found, call.room, call.state, in_list=False))
