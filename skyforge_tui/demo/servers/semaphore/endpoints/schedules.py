"""Schedules: `/project/{id}/schedules`."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.clock import instant
from skyforge_tui.demo.cron import Cron
from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import MANAGE, Call, Routes
from skyforge_tui.demo.servers.semaphore.endpoints.resources import check_ids
from skyforge_tui.demo.servers.semaphore.things import Schedule

routes = Routes()
_MANY = "/project/{project_id}/schedules"
_ONE = f"{_MANY}/{{id}}"


class Pattern(msgspec.Struct):
    """A pattern of times."""

    cron_format: str = ""


class Active(msgspec.Struct):
    """Whether a schedule is on."""

    active: bool = False


@routes("GET", _MANY)
async def schedules(call: Call) -> Response:
    """List schedules, with the names of their templates."""
    return answer([_listed(one, call) for one in call.room.schedules.values()])


@routes("GET", "/project/{project_id}/templates/{id}/schedules")
async def schedules_of_template(call: Call) -> Response:
    """List the schedules of a template."""
    template = call.thing(call.room.templates)
    found = [one for one in call.room.schedules.values() if one.template_id == template.id]
    return answer([_shape(one, call) for one in found])


@routes("POST", f"{_MANY}/validate")
async def validate(call: Call) -> Response:
    """Say whether a pattern can be read."""
    _check_pattern((await call.body(Pattern)).cron_format)
    return empty(200)


@routes("POST", _MANY, needs=MANAGE)
async def make_schedule(call: Call) -> Response:
    """Make a schedule."""
    given = await call.body(Schedule)
    _check(call, given)
    made = call.state.add(call.room, "schedules", given)
    call.server.alarms.set(call.room, made)
    call.state.tell("schedule", made.id, f"Schedule ID {made.id} created",
                    room=call.room, account=call.account, name=made.name)  # fmt: skip
    return answer(_shape(made, call), 201)


@routes("GET", _ONE)
async def schedule(call: Call) -> Response:
    """Tell about a schedule."""
    return answer(_shape(call.thing(call.room.schedules), call))


@routes("PUT", _ONE, needs=MANAGE)
async def change_schedule(call: Call) -> Response:
    """Replace a schedule."""
    before = call.thing(call.room.schedules)
    given = await call.body(Schedule)
    _check(call, given, before.id)
    call.room.schedules[before.id] = given
    call.server.alarms.set(call.room, given)
    return empty()


@routes("PUT", f"{_ONE}/active", needs=MANAGE)
async def activate(call: Call) -> Response:
    """Turn a schedule on or off."""
    found = call.thing(call.room.schedules)
    found.active = (await call.body(Active)).active
    call.server.alarms.set(call.room, found)
    return empty()


@routes("DELETE", _ONE, needs=MANAGE)
async def drop_schedule(call: Call) -> Response:
    """Delete a schedule."""
    found = call.thing(call.room.schedules)
    call.server.alarms.drop(call.room, found)
    del call.room.schedules[found.id]
    return empty()


def _check(call: Call, given: Schedule, number: int | None = None) -> None:
    check_ids(call, given, number, "Schedule")
    if given.template_id not in call.room.templates:
        raise Refusal(400)
    if given.type != "run_at":
        _check_pattern(given.cron_format)
    elif not call.state.habits.version.has_run_at:
        raise Refusal(400)
    else:
        _check_moment(given.run_at or "")


def _check_pattern(text: str) -> None:
    try:
        Cron.parse(text)
    except ValueError as error:
        raise Refusal(400, f"Cron: {error}") from None


def _check_moment(text: str) -> None:
    try:
        instant(text)
    except ValueError:
        raise Refusal(400) from None


def _shape(one: Schedule, call: Call) -> shapes.Shape:
    version = call.state.habits.version
    gone = [] if version.has_run_at else ["type", "run_at", "delete_after_run"]
    if not version.has_parallel_tasks:
        gone.append("task_params")
    return shapes.plain(one, leave_out=gone)


def _listed(one: Schedule, call: Call) -> dict[str, Any]:
    return _shape(one, call) | {"tpl_name": call.room.templates[one.template_id].name}
