"""Asks a Semaphore server; one client per server and identity.

What is written back is the whole object as it was read: a PUT replaces everything, and what it does
not name is reset. Source: Semaphore UI 2.8 to 2.18, `/api`; where its published description and
what it does differ, this follows what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.semaphore import wire
from skyforge_tui.integrations.semaphore.asking import (
    Listed,
    id_of,
    listed,
    listed_if_known,
    read,
)
from skyforge_tui.integrations.semaphore.tasks import SemaphoreTasks


class SemaphoreClient:
    """Speaks with the server behind `http`, whose address ends in `/api`."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http
        self.tasks = SemaphoreTasks(http)

    # The server, and who one is.

    async def ping(self) -> None:
        """Make sure that something alive is there; nobody needs to be signed in.

        Raises:
            TransportError: it does not answer, or answers as something else would.
        """
        reply = await self.http.call("GET", "/ping", is_signed=False)
        if reply.body.strip() != b"pong":
            raise reply.unreadable("what is not pong")

    async def info(self) -> wire.Info:
        """Return what the server says of itself."""
        return read(await self.http.call("GET", "/info"), wire.Info)

    async def user(self) -> wire.User:
        """Return who one is here."""
        return read(await self.http.call("GET", "/user"), wire.User)

    # Projects.

    async def projects(self) -> Listed[wire.Project]:
        """Return the projects one belongs to; a global admin sees all."""
        return await listed(self.http, "/projects", wire.Project)

    async def role(self, project: int) -> wire.Granted:
        """Return what one may do in a project.

        Raises:
            TransportError: missing, if it is not there or one does not belong to it.
        """
        return read(await self.http.call("GET", f"/project/{project}/role"), wire.Granted)

    async def create_project(self, name: str) -> wire.Project:
        """Make a project, and become its owner."""
        reply = await self.http.call("POST", "/projects", {"name": name, "alert": False})
        return read(reply, wire.Project)

    async def delete_project(self, project: int) -> None:
        """Delete a project with everything in it."""
        await self.http.call("DELETE", f"/project/{project}", is_idempotent=True)

    async def members(self, project: int) -> Listed[wire.Member]:
        """Return who belongs to a project."""
        return await listed(self.http, f"/project/{project}/users", wire.Member)

    async def accounts(self) -> Listed[wire.Member]:
        """Return everybody who has an account, by id and names."""
        return await listed(self.http, "/users", wire.Member)

    async def set_member(self, project: int, user: int, role: str, *, is_new: bool) -> None:
        """Take somebody into a project, or change their role."""
        body = {"user_id": user, "project_id": project, "role": role}
        if is_new:
            await self.http.call("POST", f"/project/{project}/users", body)
        else:
            path = f"/project/{project}/users/{user}"
            await self.http.call("PUT", path, body, is_idempotent=True)

    async def put_out(self, project: int, user: int) -> None:
        """Take somebody out of a project.

        Raises:
            TransportError: missing, if they were not in it.
        """
        await self.http.call("DELETE", f"/project/{project}/users/{user}", is_idempotent=True)

    async def whole(self, project: int, kind: str) -> list[wire.Raw]:
        """Return all things of a kind, each with everything that the server tells of it."""
        return await self.http.get_list(f"/project/{project}/{kind}", wire.Raw)

    async def one(self, project: int, kind: str, thing: int) -> wire.Raw:
        """Return a thing of a kind with everything that the server tells of it.

        Raises:
            TransportError: missing, if it is not there.
        """
        return await self.http.get(f"/project/{project}/{kind}/{thing}", wire.Raw)

    async def events(self, project: int) -> Listed[wire.Event]:
        """Return what happened last in a project, newest first; at most 200."""
        return await listed(self.http, f"/project/{project}/events/last", wire.Event)

    # What projects hold.

    async def keys(self, project: int) -> Listed[wire.Key]:
        """Return the access keys, without what is secret of them."""
        return await listed(self.http, f"/project/{project}/keys", wire.Key)

    async def repositories(self, project: int) -> Listed[wire.Repository]:
        """Return the repositories."""
        return await listed(self.http, f"/project/{project}/repositories", wire.Repository)

    async def inventories(self, project: int) -> Listed[wire.Inventory]:
        """Return the inventories."""
        return await listed(self.http, f"/project/{project}/inventory", wire.Inventory)

    async def environments(self, project: int) -> Listed[wire.Environment]:
        """Return the variable groups; secrets by name only."""
        return await listed(self.http, f"/project/{project}/environment", wire.Environment)

    async def templates(self, project: int) -> Listed[wire.Template]:
        """Return the templates."""
        return await listed(self.http, f"/project/{project}/templates", wire.Template)

    async def template(self, project: int, template: int) -> wire.Template:
        """Return one template.

        Raises:
            TransportError: missing, if it is not there.
        """
        reply = await self.http.call("GET", f"/project/{project}/templates/{template}")
        return read(reply, wire.Template)

    async def schedules(self, project: int) -> Listed[wire.Schedule]:
        """Return the schedules."""
        return await listed(self.http, f"/project/{project}/schedules", wire.Schedule)

    async def create(self, project: int, kind: str, thing: Mapping[str, Any]) -> int:
        """Make a thing of a kind (`keys`, `templates` …) and return its id.

        Up to 2.10 keys, repositories and variable groups are made without telling their id: the
        newest of that name is looked up.

        Raises:
            TransportError: it was not made, or cannot be found afterwards.
        """
        path = f"/project/{project}/{kind}"
        reply = await self.http.call("POST", path, {**thing, "project_id": project})
        if reply.body.strip():
            return id_of(reply)
        things = await self.http.get_list(path, wire.Raw)
        alike = [int(one["id"]) for one in things if one.get("name") == thing.get("name")]
        if not alike:
            raise reply.unreadable("nothing of that name afterwards")
        return max(alike)

    async def change(self, project: int, kind: str, thing: int, fields: Mapping[str, Any]) -> None:
        """Change fields of a thing and leave the others as they are.

        Raises:
            TransportError: missing, if it is not there; invalid, if it cannot be so.
        """
        path = f"/project/{project}/{kind}/{thing}"
        whole = await self.one(project, kind, thing)
        body = {**whole, **fields, "id": thing, "project_id": project}
        await self.http.call("PUT", path, body, is_idempotent=True)

    async def delete(self, project: int, kind: str, thing: int) -> None:
        """Delete a thing.

        Raises:
            TransportError: invalid or exists, if something uses it.
        """
        await self.http.call("DELETE", f"/project/{project}/{kind}/{thing}", is_idempotent=True)

    async def validate_schedule(self, project: int, cron_format: str) -> None:
        """Make sure that a cron line is one.

        Raises:
            TransportError: invalid, with the reason, if it is none.
        """
        path = f"/project/{project}/schedules/validate"
        body = {"cron_format": cron_format, "project_id": project}
        await self.http.call("POST", path, body, is_idempotent=True)

    async def set_schedule_active(self, project: int, schedule: int, *, active: bool) -> None:
        """Let a schedule run, or rest."""
        path = f"/project/{project}/schedules/{schedule}/active"
        await self.http.call("PUT", path, {"active": active}, is_idempotent=True)

    async def stats(self, project: int, first: str, last: str) -> Listed[wire.DayStats] | None:
        """Return how tasks ended, by day (`YYYY-MM-DD`); None before 2.13, where nobody counts."""
        path, query = f"/project/{project}/stats", {"start": first, "end": last}
        return await listed_if_known(self.http, path, wire.DayStats, query)

    async def template_stats(
        self, project: int, template: int, first: str, last: str
    ) -> Listed[wire.DayStats] | None:
        """Return how tasks of a template ended, by day; None before 2.14."""
        path = f"/project/{project}/templates/{template}/stats"
        return await listed_if_known(self.http, path, wire.DayStats, {"start": first, "end": last})
