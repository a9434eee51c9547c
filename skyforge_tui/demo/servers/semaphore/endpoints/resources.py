"""Keys, repositories, inventories, environments and views: made, changed and deleted alike."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from skyforge_tui.demo.servers.semaphore.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.semaphore.calling import MANAGE, Call, Routes
from skyforge_tui.demo.servers.semaphore.kinds import KINDS, Kind

routes = Routes()


def serve(kind: Kind) -> None:
    """Add the routes of a kind."""
    many = f"/project/{{project_id}}/{kind.path}"
    one = f"{many}/{{id}}"

    @routes("GET", many)
    async def listing(call: Call) -> Response:
        things = kind.things(call.room).values()
        return answer([kind.tell(thing) for thing in in_order(call, list(things))])

    @routes("POST", many, needs=MANAGE)
    async def make(call: Call) -> Response:
        given = await call.body(kind.type)
        check_ids(call, given)
        if kind.accept is not None:
            kind.accept(given, None, call.state)
        made = call.state.add(call.room, kind.path, given)
        note(call, kind, made, "created")
        if kind.is_silent and call.state.habits.version.creates_silently:
            return empty()
        return answer(kind.tell(made), 201)

    @routes("GET", one)
    async def single(call: Call) -> Response:
        return answer(kind.tell(call.thing(kind.things(call.room))))

    @routes("PUT", one, needs=MANAGE)
    async def change(call: Call) -> Response:
        before = call.thing(kind.things(call.room))
        given = await call.body(kind.type)
        check_ids(call, given, before.id, kind.title)
        if kind.accept is not None:
            kind.accept(given, before, call.state)
        kind.things(call.room)[before.id] = given
        note(call, kind, given, "updated")
        return empty()

    @routes("DELETE", one, needs=MANAGE)
    async def drop(call: Call) -> Response:
        thing = call.thing(kind.things(call.room))
        if user := kind.users(call.room, thing.id).first():
            raise Refusal(400, f"{kind.title} is in use by one or more {user}", inUse=True)
        del kind.things(call.room)[thing.id]
        note(call, kind, thing, "deleted")
        return empty()

    @routes("GET", f"{one}/refs")
    async def refs(call: Call) -> Response:
        thing = call.thing(kind.things(call.room))
        return answer(kind.users(call.room, thing.id).told())


def in_order(call: Call, things: list[Any]) -> list[Any]:
    """Return things as `sort` and `order` say, else as the database gives them."""
    query = call.request.query_params
    by = query.get("sort", "" if call.state.habits.database == "bolt" else "name")
    if by and things and hasattr(things[0], by):
        things.sort(key=lambda one: str(getattr(one, by)), reverse=query.get("order") == "desc")
    return things


def check_ids(call: Call, given: Any, number: int | None = None, title: str = "") -> None:
    """Refuse what says another project, or another id, than the path."""
    if given.project_id != call.room.project.id:
        raise Refusal(400, "Project ID in body and URL must be the same")
    if number is not None and given.id != number:
        raise Refusal(400, f"{title} ID in body and URL must be the same")


def note(call: Call, kind: Kind, thing: Any, what: str) -> None:
    """Write into the project's events what became of a thing."""
    name = getattr(thing, "name", "") or getattr(thing, "title", "")
    call.state.tell(
        kind.noun, thing.id, f"{kind.title} {name} {what}",
        room=call.room, account=call.account, name=name,
    )  # fmt: skip


for each in KINDS:
    serve(each)


@routes("GET", "/project/{project_id}/repositories/{id}/branches", since=15)
async def branches(call: Call) -> Response:
    """List the branches of a repository."""
    repository = call.thing(call.room.repositories)
    known = call.state.estate.repository(repository.git_url)
    return answer(list(known.branches) if known is not None else [repository.git_branch])


@routes("POST", "/project/{project_id}/views/positions", needs=MANAGE)
async def positions(call: Call) -> Response:
    """Put views in order."""
    for number, position in (await call.body(dict[str, int])).items():
        view = call.room.views.get(int(number) if number.isdecimal() else 0)
        if view is None:
            raise Refusal(404)
        view.position = position
    return empty()


@routes("GET", "/project/{project_id}/runner_tags", since=11)
async def runner_tags(call: Call) -> Response:
    """List the tags of the project's runners."""
    tags = {one["tag"] for one in call.server.runners if one["tag"]}
    return answer([{"tag": tag, "number_of_runners": 1} for tag in sorted(tags)])


@routes("GET", "/project/{project_id}/runners", since=11)
async def runners(call: Call) -> Response:
    """List the project's runners."""
    return answer([one | {"project_id": call.room.project.id} for one in call.server.runners])
