"""Asks a Semaphore server about tasks, and asks for them; opens its socket.

Source: Semaphore UI 2.8 to 2.18, `/api/project/P/tasks…`, `/api/ws`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, NoReturn

import msgspec

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.reply import read_rows
from skyforge_tui.integrations.http.websocket import WebSocket
from skyforge_tui.integrations.semaphore.asking import (
    Listed,
    listed,
    listed_if_known,
    read,
    read_each,
)
from skyforge_tui.integrations.semaphore.task_wire import (
    HostResult,
    OutputRow,
    Stage,
    StartTask,
    Task,
    TaskError,
)

MOST_LAST: Final = 200
"""The server's own bound of `…/tasks/last`."""
MOST_ALL: Final = 1000
"""The server's own bound of `…/tasks`."""


class SemaphoreTasks:
    """The part of the server that runs things."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def last(
        self, project: int, limit: int = MOST_LAST, before: int | None = None
    ) -> tuple[Listed[Task], bool | None]:
        """Return the newest tasks, newest first, and whether there are more.

        Whether there are more, and `before`, is known to versions of mid-2026 only: else None.
        """
        query: dict[str, int] = {"limit": limit, "count": limit}
        if before is not None:
            query["before"] = before
        path = f"/project/{project}/tasks/last"
        async with self._http.stream(path, query) as answer:
            said = answer.headers.get("x-has-next", "").lower()
            rows: list[msgspec.Raw] = []
            async for part in read_rows(answer, f"GET {path}", msgspec.Raw):
                rows += part
        has_more = {"true": True, "false": False}.get(said)
        return read_each(rows, Task), has_more

    async def all(self, project: int) -> Listed[Task]:
        """Return the newest 1000 tasks, newest first."""
        return await listed(self._http, f"/project/{project}/tasks", Task)

    async def of_template(self, project: int, template: int) -> Listed[Task]:
        """Return the newest 1000 tasks of a template, newest first."""
        path = f"/project/{project}/templates/{template}/tasks"
        return await listed(self._http, path, Task)

    async def get(self, project: int, task: int) -> Task:
        """Return one task, without the names of its template and user.

        Raises:
            TransportError: missing, if it is not there (the server says 400).
        """
        path = f"/project/{project}/tasks/{task}"
        try:
            return read(await self._http.call("GET", path), Task)
        except HttpError as error:
            failure = error
        if failure.status == 400:
            _missing(path, failure)
        raise failure

    async def start(self, start: StartTask) -> Task:
        """Start a task; never repeated by itself once the server may have seen it.

        Raises:
            TransportError: missing or failed, if there is no such template; forbidden; else it is
                not known whether it was started.
        """
        path = f"/project/{start.project_id}/tasks"
        return read(await self._http.call("POST", path, start), Task)

    async def stop(self, project: int, task: int, *, force: bool) -> None:
        """Ask for the end of a task; by force it is called stopped at once."""
        await self._act(project, task, "stop", {"force": force})

    async def confirm(self, project: int, task: int) -> None:
        """Let a task go on that waits for it."""
        await self._act(project, task, "confirm", {})

    async def reject(self, project: int, task: int) -> None:
        """End a task that waits for confirmation (2.12 and newer).

        Raises:
            TransportError: missing, where the server does not know how.
        """
        await self._act(project, task, "reject", {})

    async def delete(self, project: int, task: int) -> None:
        """Delete an ended task; only a global admin may.

        Raises:
            TransportError: unauthorized for others; invalid while it runs.
        """
        path = f"/project/{project}/tasks/{task}"
        await self._http.call("DELETE", path, is_idempotent=True)

    async def output(self, project: int, task: int) -> list[OutputRow]:
        """Return all lines recorded so far, by time; those of equal time in any order.

        Lines come here half a second to two seconds after they were told on the socket.
        """
        return await self._http.get_list(f"/project/{project}/tasks/{task}/output", OutputRow)

    @asynccontextmanager
    async def raw_output(self, project: int, task: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """Give the output as plain text without colours, in chunks (2.14 and newer).

        Raises:
            TransportError: missing, before 2.14.
        """
        path = f"/project/{project}/tasks/{task}/raw_output"
        async with self._http.stream(path) as answer:
            yield answer.chunks()

    async def stages(self, project: int, task: int) -> Listed[Stage] | None:
        """Return the stages of a task; None before 2.15."""
        path = f"/project/{project}/tasks/{task}/stages"
        return await listed_if_known(self._http, path, Stage)

    async def hosts(self, project: int, task: int) -> Listed[HostResult] | None:
        """Return how each host fared; None before 2.15."""
        path = f"/project/{project}/tasks/{task}/ansible/hosts"
        return await listed_if_known(self._http, path, HostResult)

    async def errors(self, project: int, task: int) -> Listed[TaskError] | None:
        """Return what failed on which host; None before 2.15."""
        path = f"/project/{project}/tasks/{task}/ansible/errors"
        return await listed_if_known(self._http, path, TaskError)

    def socket(self) -> AbstractAsyncContextManager[WebSocket]:
        """Open what tells every line and every change of every task one may see, from now on.

        There is no replay, and whoever reads too slowly is cut off without a word.
        """
        return self._http.socket("/ws")

    async def _act(self, project: int, task: int, act: str, body: dict[str, bool]) -> None:
        path = f"/project/{project}/tasks/{task}/{act}"
        await self._http.call("POST", path, body, is_idempotent=True)


def _missing(path: str, error: HttpError) -> NoReturn:
    """Say of an empty 400 what it means where a single task was asked for."""
    raise HttpError("missing", f"GET {path}: there is none", status=error.status, body=error.body)
