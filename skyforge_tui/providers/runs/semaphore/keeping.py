"""Sets up projects of a Semaphore server: who belongs to them, and what their runs need.

Source: Semaphore UI 2.8 to 2.18, `/api/project/P/users`, `keys`, `repositories`, `inventory`,
`environment`, `templates`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project_plan import THINGS, Part, Thing
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.run_host import Room, RoomContent
from skyforge_tui.providers.runs.semaphore.trouble import translated

SYNC: Final = "project.sync"
DELETE: Final = "project.delete"
_KINDS: Final = {
    Part.KEY: "keys", Part.REPOSITORY: "repositories", Part.INVENTORY: "inventory",
    Part.VARIABLES: "environment", Part.TEMPLATE: "templates",
}  # fmt: skip
_WORDS: Final = {Role.OWNER: "owner", Role.EDITOR: "manager", Role.VIEWER: "guest"}
_ROLES: Final = {"owner": Role.OWNER, "manager": Role.EDITOR, "guest": Role.VIEWER}
_FIELDS: Final[Mapping[Part, Mapping[str, str]]] = {
    Part.KEY: {"type": "type"},
    Part.REPOSITORY: {"url": "git_url", "branch": "git_branch"},
    Part.INVENTORY: {"type": "type", "content": "inventory"},
    Part.VARIABLES: {},
    Part.TEMPLATE: {"playbook": "playbook", "description": "description", "app": "app"},
}
_REFERENCES: Final[Mapping[Part, Mapping[str, tuple[str, Part]]]] = {
    Part.KEY: {},
    Part.REPOSITORY: {"key": ("ssh_key_id", Part.KEY)},
    Part.INVENTORY: {"key": ("ssh_key_id", Part.KEY)},
    Part.VARIABLES: {},
    Part.TEMPLATE: {
        "repository": ("repository_id", Part.REPOSITORY),
        "inventory": ("inventory_id", Part.INVENTORY),
        "variables": ("environment_id", Part.VARIABLES),
    },
}


class SemaphoreKeeping:
    """Implements `RunHost` for one server."""

    def __init__(self, upstream: str, client: SemaphoreClient) -> None:
        self._upstream = upstream
        self._client = client

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._upstream

    async def user(self) -> str:
        """Return by which login one is signed in."""
        with translated(self._upstream, SYNC):
            return (await self._client.user()).username

    async def rooms(self) -> tuple[Room, ...]:
        """Return the projects that one belongs to; an administrator sees all."""
        with translated(self._upstream, SYNC):
            listed = await self._client.projects()
        if listed.unreadable:
            raise Unavailable("not all projects can be read", upstream=self._upstream)
        return tuple(Room(str(one.id), one.name) for one in listed.items)

    async def people(self) -> frozenset[str]:
        """Return the logins of all accounts."""
        return frozenset(await self._accounts())

    async def may_create_rooms(self) -> bool:
        """Say whether the server lets one make projects: an administrator, or by its settings."""
        with translated(self._upstream, SYNC):
            user = await self._client.user()
        return user.admin if user.can_create_project is None else user.can_create_project

    async def create_room(self, name: str) -> Room:
        """Make a project; how a server is set up says who may, and it turns others away by 401."""
        with translated(self._upstream, SYNC):
            try:
                made = await self._client.create_project(name)
            except TransportError as error:
                if error.kind not in ("unauthorized", "forbidden"):
                    raise
                raise Forbidden(
                    "only its administrators make projects", upstream=self._upstream,
                    operation=SYNC, advice=f"ask one for a project named {name}, with you as owner",
                ) from error  # fmt: skip
        return Room(str(made.id), made.name)

    async def delete_room(self, room: str) -> None:
        """Delete a project with its keys, repositories, templates, and all that ran in it."""
        with translated(self._upstream, DELETE):
            try:
                await self._client.delete_project(int(room))
            except TransportError as error:
                if error.kind != "missing":
                    raise

    async def look(self, room: str) -> RoomContent:
        """Return members and things of a project, by six requests."""
        number = int(room)
        with translated(self._upstream, SYNC):
            asked = asyncio.gather(*(self._client.whole(number, _KINDS[one]) for one in THINGS))
            members, lists = await asyncio.gather(self._client.members(number), asked)
        if members.unreadable:
            raise Unavailable(f"not all members of project {room} can be read",
                              upstream=self._upstream)  # fmt: skip
        rows = {part: _by_id(found) for part, found in zip(THINGS, lists, strict=True)}
        ids: dict[tuple[Part, str], int] = {}
        things: dict[tuple[Part, str], Thing] = {}
        for part in THINGS:
            for number, row in sorted(rows[part].items()):
                key = (part, str(row.get("name", "")))
                if key not in ids:  # of several alike the first counts
                    ids[key] = number
                    things[key] = Thing(part, key[1], _fields_of(part, row, rows))
        roles = {one.username: _ROLES.get(one.role, Role.EDITOR) for one in members.items}
        return RoomContent(roles, things, ids)

    async def set_member(self, room: str, username: str, role: Role) -> None:
        """Take somebody in, or change their role."""
        user = await self._account(username)
        with translated(self._upstream, SYNC):
            members = await self._client.members(int(room))
            is_new = all(one.id != user for one in members.items)
            await self._client.set_member(int(room), user, _WORDS[role], is_new=is_new)

    async def put_out(self, room: str, username: str) -> None:
        """Take somebody out."""
        user = await self._account(username)
        with translated(self._upstream, SYNC):
            try:
                await self._client.put_out(int(room), user)
            except TransportError as error:
                if error.kind != "missing":
                    raise

    def counting(self) -> AbstractContextManager[Mapping[str, int]]:
        """Count what is sent on somebody's behalf."""
        return self._client.http.counting()

    async def put(
        self, room: str, thing: Thing, content: RoomContent, secrets: Mapping[str, str]
    ) -> RoomContent:
        """Make or change a thing."""
        key = (thing.part, thing.name)
        known = content.ids.get(key)
        written = {**_row_of(thing, content), **_hidden(thing, secrets)}
        kind = _KINDS[thing.part]
        with translated(self._upstream, SYNC):
            if known is None:
                beginning = _BEGINNINGS[thing.part]()
                body = {**beginning, **written, "name": thing.name}
                known = await self._client.create(int(room), kind, body)
            else:
                if thing.part is Part.VARIABLES:
                    group = await self._client.one(int(room), kind, known)
                    told = {**_told(group), **thing.fields}
                    written = {
                        "json": json.dumps(told), "secrets": _secret_rows(secrets, group)
                    }  # fmt: skip
                await self._client.change(int(room), kind, known, written)
        before = content.things.get(key)
        fields = {**(before.fields if before else {}), **thing.fields}
        return replace(
            content,
            things={**content.things, key: Thing(*key, fields)},
            ids={**content.ids, key: known},
        )

    async def _accounts(self) -> dict[str, int]:
        with translated(self._upstream, SYNC):
            listed = await self._client.accounts()
        return {one.username: one.id for one in listed.items}

    async def _account(self, username: str) -> int:
        for name, number in (await self._accounts()).items():
            if name.lower() == username.lower():
                return number
        raise NotFound(f"nobody is called {username} there", upstream=self._upstream)


_BEGINNINGS: Final[Mapping[Part, Callable[[], dict[str, Any]]]] = {
    Part.KEY: lambda: {"type": "none"},
    Part.REPOSITORY: dict,
    Part.INVENTORY: lambda: {"type": "static", "become_key_id": None},
    Part.VARIABLES: lambda: {"json": "{}", "env": "{}", "secrets": []},
    Part.TEMPLATE: lambda: {"app": "ansible", "type": "", "arguments": "[]"},
}
"""What the server wants to be told of a new one."""


def _hidden(thing: Thing, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Return what is secret of a thing, as the server wants it of a new one."""
    if thing.part is Part.VARIABLES:
        return {"secrets": _secret_rows(secrets, {})}
    return {"login_password": dict(secrets), "override_secret": True} if secrets else {}


def _secret_rows(secrets: Mapping[str, str], group: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what shall become of secrets of a group; of those that are not named, nothing."""
    there = {str(one.get("name")): one for one in group.get("secrets") or ()}
    rows: list[dict[str, Any]] = []
    for name, value in secrets.items():
        row = {"name": name, "type": "var", "secret": value, "operation": "create"}
        if (known := there.get(name)) is not None:
            row |= {"id": known.get("id"), "type": known.get("type"), "operation": "update"}
        rows.append(row)
    return rows


def _by_id(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {int(row["id"]): row for row in rows if isinstance(row.get("id"), int)}


def _fields_of(
    part: Part, row: Mapping[str, Any], rows: Mapping[Part, Mapping[int, Mapping[str, Any]]]
) -> dict[str, str]:
    if part is Part.VARIABLES:
        return _variables(row)
    fields = {name: str(row.get(key) or "") for name, key in _FIELDS[part].items()}
    for name, (key, other) in _REFERENCES[part].items():
        number = row.get(key)
        if key == "environment_id" and not number:
            number = next(iter(row.get("environment_ids") or ()), None)
        found = rows[other].get(number) if isinstance(number, int) else None
        fields[name] = str(found.get("name", "")) if found is not None else ""
    return fields


def _variables(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the extra variables of a group; those that are no text as JSON."""
    return {
        str(name): value if isinstance(value, str) else json.dumps(value)
        for name, value in _told(row).items()
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a group holds.

    Raises:
        Unavailable: it is no object of JSON, and would be lost by a write.
    """
    try:
        told = json.loads(row.get("json") or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        name = row.get("name", "")
        raise Unavailable(
            f"variable group {name} is no JSON object", operation=SYNC, advice="mend it there"
        )
    return told


def _row_of(thing: Thing, content: RoomContent) -> dict[str, Any]:
    """Return the fields as the server wants them.

    Raises:
        Invalid: it leans on something that is not there.
    """
    if thing.part is Part.VARIABLES:
        return {"json": json.dumps(dict(thing.fields))}
    names, references = _FIELDS[thing.part], _REFERENCES[thing.part]
    row: dict[str, Any] = {}
    for name, value in thing.fields.items():
        if name in names:
            row[names[name]] = value
            continue
        key, part = references[name]
        number = content.ids.get((part, value))
        if number is None:
            raise Invalid(f"{thing.part} {thing.name} needs {part} {value}, which is not there")
        row[key] = number
        if key == "environment_id":
            row["environment_ids"] = [number]
    return row
