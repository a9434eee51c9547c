"""Asks netlab through its web service, where no SSH leads to it; and has it work.

Source: netlab 26.10, `netlab api`: HTTP/1.0, JSON, one process that changes its own folder and
output for whatever it does. So it is asked one thing at a time, and not how labs are while a job of
ours goes on. A job that netlab itself gives up stays `running` for ever: its end is told by
`finishedAt` alone.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace
from skyforge_tui.integrations.netlab import wire
from skyforge_tui.integrations.netlab.place import Folder, Surroundings
from skyforge_tui.integrations.netlab.questions import NetlabQuestions, StatusAnswer
from skyforge_tui.integrations.process import Completed
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess, revealed, way_of

_MOST_LOG: Final = 8 << 20
_NOT_HERE: Final = "netlab api does not tell that"
_ENDED: Final = frozenset({"success", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the service."""

    id: str
    state: str
    error: str
    is_over: bool
    """Whether it has ended, whatever its state says."""

    @property
    def is_good(self) -> bool:
        """Whether it says that it ended well."""
        return self.is_over and self.state == "success"


class BasicSession:
    """Signs requests by name and password, where there are any; implements `Session`."""

    def __init__(self, access: WebAccess) -> None:
        self._access = access

    async def headers(self) -> Mapping[str, str]:
        """Return the header of basic authentication.

        Raises:
            HttpError: unauthorized, if the password cannot be fetched.
        """
        if not self._access.username or self._access.password is None:
            return {}
        return by_password(self._access.username, await revealed(self._access.password))

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Raise why not: a password that was refused stays so."""
        words = "a wrong name or password" if refused else "it wants a name and a password"
        raise HttpError("unauthorized", f"netlab api lets nobody in: {words}", status=error.status)


def by_password(username: str, password: Secret) -> dict[str, str]:
    """Return the header of basic authentication."""
    pair = f"{username}:{password.reveal()}".encode()
    return {"authorization": f"Basic {Secret(base64.b64encode(pair).decode()).reveal()}"}


def open_http(
    access: WebAccess, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> HttpClient:
    """Return what speaks with the service; connects when used, sleeps before it asks again.

    Raises:
        TransportError: invalid, if its way cannot be one.
    """
    return HttpClient(
        access.url, way_of(access), session=BasicSession(access), pace=Pace(at_once=1),
        sleep=sleep,
    )  # fmt: skip


class NetlabApi(NetlabQuestions):
    """Speaks with one `netlab api`; what it does not offer fails with these words."""

    def __init__(self, http: HttpClient) -> None:
        super().__init__()
        self.http = http

    @property
    def endpoint(self) -> str:
        """Its address."""
        return self.http.base_url

    async def status(self) -> StatusAnswer:
        """Return the labs of whoever runs the service; none at all is answered 404 there."""
        document = await self._told("/status")
        return StatusAnswer(wire.read_all(document), "http")

    async def brief_status(self) -> StatusAnswer:
        """Return the same: there is no shorter way."""
        return await self.status()

    async def instance(self, instance: str) -> wire.InstanceStatus:
        """Return the nodes of a lab instance."""
        return wire.read_instance(await self._told(f"/status/{quote(instance, safe='')}"))

    async def topologies(self, directory: str) -> tuple[str, ...]:
        """Return the files in a folder there that may be topologies; none where it is not."""
        reply = await self.http.call("GET", "/templates", query={"dir": directory})
        found = _map(reply.body, "GET /templates").get("templates")
        rows = found if isinstance(found, list) else []
        return tuple(
            str(one["path"]) for one in rows
            if isinstance(one, Mapping) and isinstance(one.get("path"), str)
        )  # fmt: skip

    # Jobs.

    async def begin(self, action: str, directory: str, topology: str = "") -> Job:
        """Have `up`, `down`, `create` or `collect` done in a folder there; never sent twice.

        Raises:
            HttpError: unreachable …; what was begun nevertheless is among `jobs`.
        """
        body = {"action": action, "workdir": directory}
        if topology:
            body["topologyPath"] = topology
        reply = await self.http.call("POST", "/jobs", body, is_idempotent=False)
        return _job(_map(reply.body, "POST /jobs"))

    async def job(self, job_id: str) -> Job:
        """Return how a job is.

        Raises:
            HttpError: missing, if the service was started anew: it remembers no jobs.
        """
        reply = await self.http.call("GET", f"/jobs/{quote(job_id, safe='')}")
        return _job(_map(reply.body, "GET /jobs"))

    async def log(self, job_id: str) -> str:
        """Return what a job that has ended wrote, without what other programs wrote for it."""
        where = f"/jobs/{quote(job_id, safe='')}/log"
        reply = await self.http.call("GET", where, max_bytes=_MOST_LOG)
        return wire.scalar(_map(reply.body, "GET /jobs/log").get("log"))

    # What it has no words for.

    async def surroundings(
        self, directories: Collection[str], *, with_changing: bool
    ) -> Surroundings:
        """Take every folder to be there: nobody tells."""
        del with_changing
        return Surroundings({one: Folder(is_there=True, real=one) for one in directories})

    async def _told(self, where: str) -> Any:
        """Return what is told of labs; a refusal may hold it as well."""
        try:
            body = (await self.http.call("GET", where)).body
        except HttpError as error:
            if error.kind != "missing" or not error.body:
                raise
            body = error.body
        document = _map(body, f"GET {where}")
        if set(document) == {"status"} and isinstance(document["status"], str):
            raise TransportError("failed", " ".join(document["status"].split())[:300])
        return document

    async def _run(self, *arguments: str, cwd: str | Path | None = None) -> Completed:
        del arguments, cwd
        raise TransportError("failed", _NOT_HERE)

    async def _pack(self, directory: str, *names: str) -> Completed:
        return await self._run(directory, *names)

    async def _from_file(self) -> wire.Status:
        return (await self.status()).status

    async def _has_file(self) -> bool:
        return False

    async def _check_installed(self) -> None:
        await self.http.call("GET", "/healthz")


def _map(body: bytes, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise TransportError("unreadable", f"{what}: what came is no answer of netlab api")
    return found


def _job(said: Mapping[str, Any]) -> Job:
    job_id, state = wire.scalar(said.get("id")), wire.scalar(said.get("state"))
    if not job_id:
        raise TransportError("unreadable", "what came is no job")
    is_over = bool(said.get("finishedAt")) or state in _ENDED
    return Job(job_id, state, " ".join(wire.scalar(said.get("error")).split()), is_over)
