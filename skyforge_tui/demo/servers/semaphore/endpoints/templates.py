"""Templates: `/project/{id}/templates`."""

from __future__ import annotations

import json

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore import shapes
from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import MANAGE, RUN, Call, Routes
from skyforge_tui.demo.servers.semaphore.endpoints.resources import check_ids, in_order
from skyforge_tui.demo.servers.semaphore.endpoints.tasks import Stop
from skyforge_tui.demo.servers.semaphore.things import Template

routes = Routes()
_MANY = "/project/{project_id}/templates"
_ONE = f"{_MANY}/{{id}}"


class Description(msgspec.Struct):
    """A template's new description."""

    description: str = ""


@routes("GET", _MANY)
async def templates(call: Call) -> Response:
    """List templates, each with its last run; `app` chooses some."""
    app = call.request.query_params.get("app")
    found = [one for one in call.room.templates.values() if app in (None, one.app)]
    return answer(
        [shapes.template(one, call.room, call.state, in_list=True) for one in in_order(call, found)]
    )


@routes("GET", "/project/{project_id}/views/{id}/templates")
async def templates_of_view(call: Call) -> Response:
    """List the templates of a view."""
    view = call.thing(call.room.views)
    found = [one for one in call.room.templates.values() if one.view_id == view.id]
    return answer(
        [shapes.template(one, call.room, call.state, in_list=True) for one in in_order(call, found)]
    )


@routes("POST", _MANY, needs=MANAGE)
async def make_template(call: Call) -> Response:
    """Make a template."""
    given = await call.body(Template)
    check_ids(call, given)
    _check(call, given)
    made = call.state.add(call.room, "templates", given)
    call.state.tell("template", made.id, f"Template ID {made.id} created",
                    room=call.room, account=call.account, name=made.name)  # fmt: skip
    return answer(shapes.template(made, call.room, call.state, in_list=False), 201)


@routes("GET", _ONE)
async def template(call: Call) -> Response:
    """Tell about a template."""
    found = call.thing(call.room.templates)
    return answer(shapes.template(found, call.room, call.state, in_list=False))


@routes("PUT", _ONE, needs=MANAGE)
async def change_template(call: Call) -> Response:
    """Replace a template; what is not given is gone."""
    before = call.thing(call.room.templates)
    given = await call.body(Template)
    check_ids(call, given, before.id, "Template")
    _check(call, given)
    call.room.templates[before.id] = given
    return empty()


@routes("PUT", f"{_ONE}/description", needs=MANAGE, since=14)
async def describe(call: Call) -> Response:
    """Change nothing but the description."""
    found = call.thing(call.room.templates)
    found.description = (await call.body(Description)).description
    return empty()


@routes("DELETE", _ONE, needs=MANAGE)
async def drop_template(call: Call) -> Response:
    """Delete a template with its runs and schedules."""
    call.server.drop_template(call.room, call.thing(call.room.templates))
    return empty()


@routes("GET", f"{_ONE}/refs")
async def refs(call: Call) -> Response:
    """Tell which templates deploy what this one builds."""
    found = call.thing(call.room.templates)
    users = [
        {"id": one.id, "name": one.name}
        for one in call.room.templates.values()
        if one.build_template_id == found.id
    ]
    return answer({"templates": users, "inventories": [], "repositories": []})


@routes("POST", f"{_ONE}/stop_all_tasks", needs=RUN, since=16)
async def stop_all(call: Call) -> Response:
    """Stop all runs of a template; 2.16 says so and does nothing."""
    found = call.thing(call.room.templates)
    if not call.state.habits.version.stops_all:
        return empty()
    force = (await call.body(Stop)).force
    for run in list(call.state.runs_in(call.room.project.id, found.id)):
        if not run.is_over:
            call.server.life.stop(run, force=force)
    return empty()


def _check(call: Call, given: Template) -> None:
    """Refuse a template that could not run, and settle which environments it uses."""
    ids = given.environment_ids if call.state.habits.version.has_environment_ids else []
    given.environment_ids = ids or [one for one in (given.environment_id,) if one]
    given.environment_id = given.environment_ids[0] if given.environment_ids else None
    if not given.name:
        raise Refusal(400, "template name can not be empty")
    if given.app == "ansible" and not given.playbook:
        raise Refusal(400, "template playbook can not be empty")
    if given.repository_id not in call.room.repositories:
        raise Refusal(400)
    if given.inventory_id is not None and given.inventory_id not in call.room.inventory:
        raise Refusal(400)
    if given.arguments is not None:
        try:
            arguments = json.loads(given.arguments)
        except ValueError:
            raise Refusal(400, "template arguments must be valid JSON") from None
        if not isinstance(arguments, list):
            raise Refusal(400, "template arguments must be valid JSON")
