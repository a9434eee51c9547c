"""Runs, which are called tasks: `/project/{id}/tasks`."""

from __future__ import annotations

from itertools import islice

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import RUN, Call, Routes
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.starting import start
from skyforge_tui.demo.servers.semaphore.things import TaskRequest

routes = Routes()
_LAST = 200


class Stop(msgspec.Struct):
    """How to stop."""

    force: bool = False


@routes("GET", "/project/{project_id}/tasks")
async def tasks(call: Call) -> Response:
    """List runs, the newest first, up to a fixed number whatever `limit` says."""
    return _listed(call, call.state.habits.tasks_in_list)


@routes("GET", "/project/{project_id}/tasks/last")
async def last_tasks(call: Call) -> Response:
    """List the newest runs; 200, or fewer as asked for."""
    return _listed(call, _limit(call))


@routes("GET", "/project/{project_id}/templates/{template_id}/tasks")
async def tasks_of_template(call: Call) -> Response:
    """List the runs of a template."""
    return _listed(call, call.state.habits.tasks_in_list, call.number("template_id"))


@routes("GET", "/project/{project_id}/templates/{template_id}/tasks/last")
async def last_tasks_of_template(call: Call) -> Response:
    """List the newest runs of a template."""
    return _listed(call, _limit(call), call.number("template_id"))


@routes("POST", "/project/{project_id}/tasks", needs=RUN)
async def start_task(call: Call) -> Response:
    """Start a template."""
    given = await call.body(TaskRequest)
    run = start(call.state, call.room, call.account, given)
    shape = shapes.run(run, call.state)
    run.secret = ""  # told once as {}, stored as nothing
    call.server.life.begin(run)
    return answer(shape, 201)


@routes("GET", "/project/{project_id}/tasks/{id}")
async def task(call: Call) -> Response:
    """Tell about a run."""
    return answer(shapes.run(run_of(call), call.state))


@routes("DELETE", "/project/{project_id}/tasks/{id}")
async def drop_task(call: Call) -> Response:
    """Delete a run that is over; for the admin of all only."""
    run = run_of(call)
    if not call.account.person.is_admin:
        raise Refusal(401)
    if call.server.life.holds(run):
        raise Refusal(400)
    call.state.drop_run(run)
    return empty()


@routes("POST", "/project/{project_id}/tasks/{id}/stop", needs=RUN)
async def stop_task(call: Call) -> Response:
    """Ask a run to end, or make it."""
    run = run_of(call)
    force = (await call.body(Stop)).force
    call.server.life.stop(run, force=force)
    return empty()


@routes("POST", "/project/{project_id}/tasks/{id}/confirm", needs=RUN)
async def confirm_task(call: Call) -> Response:
    """Let a run that waits go on."""
    if not call.server.life.confirm(run_of(call)):
        raise Refusal(400)
    return empty()


@routes("POST", "/project/{project_id}/tasks/{id}/reject", needs=RUN, since=12)
async def reject_task(call: Call) -> Response:
    """Let a run that waits end (2.12)."""
    if not call.server.life.reject(run_of(call)):
        raise Refusal(400)
    return empty()


def run_of(call: Call) -> Run:
    """Return the run of the path; an unknown one is a bad request, not a missing thing."""
    run = call.state.runs.get(call.number("id"))
    if run is None or run.project_id != call.room.project.id:
        raise Refusal(400)
    run.recall()
    return run


def _listed(call: Call, most: int, template_id: int | None = None) -> Response:
    if template_id is not None and template_id not in call.room.templates:
        raise Refusal(404)
    found = islice(call.state.runs_in(call.room.project.id, template_id), most)
    return answer([shapes.listed_run(one, call.state) for one in found])


def _limit(call: Call) -> int:
    text = call.request.query_params.get("limit", "")
    return min(int(text), _LAST) if text.isdecimal() and int(text) else _LAST
