"""Projects: `/projects` and `/project/{id}`."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import UPDATE, Call, Routes

routes = Routes()


class NewProject(msgspec.Struct):
    """What a project is made or changed with."""

    id: int = 0
    name: str = ""
    alert: bool = False
    alert_chat: str | None = None
    max_parallel_tasks: int = 0
    type: str = ""


@routes("GET", "/projects")
async def projects(call: Call) -> Response:
    """List the projects that one sees."""
    rooms = sorted(call.state.rooms_of(call.account), key=lambda one: one.project.name)
    return answer([shapes.project(room, call.state) for room in rooms])


@routes("POST", "/projects")
async def make_project(call: Call) -> Response:
    """Make a project; who makes it owns it."""
    if not call.account.person.is_admin:
        raise Refusal(401)
    given = await call.body(NewProject)
    project = shapes.new_project(given.name, call.state.estate.clock.now())
    project.alert = given.alert
    project.alert_chat = given.alert_chat
    project.max_parallel_tasks = given.max_parallel_tasks
    project.type = given.type
    room = call.state.add_project(project, call.account)
    call.state.tell("project", project.id, f"Project {project.name} created",
                    room=room, account=call.account)  # fmt: skip
    return answer(shapes.project(room, call.state), 201)


@routes("GET", "/project/{project_id}")
async def project(call: Call) -> Response:
    """Tell about a project."""
    return answer(shapes.project(call.room, call.state))


@routes("PUT", "/project/{project_id}", needs=UPDATE)
async def change_project(call: Call) -> Response:
    """Replace everything of a project; what is not given is gone."""
    given = await call.body(NewProject)
    if given.id != call.room.project.id:
        raise Refusal(400, "Project ID in body and URL must be the same")
    for name in ("name", "alert", "alert_chat", "max_parallel_tasks", "type"):
        setattr(call.room.project, name, getattr(given, name))
    return empty()


@routes("DELETE", "/project/{project_id}", needs=UPDATE)
async def drop_project(call: Call) -> Response:
    """Delete a project with everything in it."""
    call.server.drop_project(call.room)
    return empty()


@routes("GET", "/project/{project_id}/role")
async def role(call: Call) -> Response:
    """Tell what one may do in a project."""
    held = call.room.members.get(call.account.id)
    name = "owner" if held is None else held.value
    return answer({"role": name, "permissions": call.permissions})


@routes("GET", "/project/{project_id}/events")
@routes("GET", "/project/{project_id}/events/last")
async def events(call: Call) -> Response:
    """Tell what happened in a project, the newest first."""
    most = 200 if call.request.url.path.endswith("/last") else None
    found = [one for one in reversed(call.state.events) if one.project_id == call.room.project.id]
    return answer([shapes.event(one, call.state) for one in found[:most]])


@routes("GET", "/events")
@routes("GET", "/events/last")
async def all_events(call: Call) -> Response:
    """Tell what happened in all projects that one sees, the newest first."""
    most = 200 if call.request.url.path.endswith("/last") else None
    seen = {room.project.id for room in call.state.rooms_of(call.account)}
    found = [one for one in reversed(call.state.events) if one.project_id in seen]
    return answer([shapes.event(one, call.state) for one in found[:most]])
