"""Connects to Semaphore: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import measured
from skyforge_tui.integrations.semaphore import sign_in
from skyforge_tui.integrations.semaphore.probe import SEMAPHORE
from skyforge_tui.integrations.semaphore.session import api_url
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.token_attempt import TokenAttempt, known

_ROLES_READ = 12
"""In how many projects one's role is looked up."""


class SemaphoreConnector:
    """Connects to a Semaphore server; implements `Connector`."""

    kind = "semaphore"

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the server, sign in and look around; see `Connector`."""
        return await _Attempt(server, given, dialogue, makes_token=makes_token).outcome()


class _Info(msgspec.Struct):
    version: str = ""


class _Project(msgspec.Struct):
    id: int


class _Role(msgspec.Struct):
    role: str = ""


class _Attempt(TokenAttempt):
    service = SEMAPHORE

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        place, client = await self.reached(api_url, "Semaphore's API")
        headers, token = await self.signed_in(sign_in, client)
        person = await known(sign_in.whoami(client, headers))
        version = await self._version(client, headers)
        role = ", admin" if person.admin else ""
        self.teller.done(Step.SIGN_IN, f"{person.username}{role}; Semaphore {version or '?'}")
        rights = await self._rights(client, headers, is_admin=person.admin)
        self.teller.begin(Step.PACE)
        latency_ms, skew_s = await measured(client, "/ping")
        advice = "set the clocks: one-time codes and times of output are wrong"
        self.tell_pace(latency_ms, skew_s, advice)
        server = self.found(place, person.username)
        return Found(server, version, person.username, rights, latency_ms, skew_s, token)

    async def made_token(
        self, http: HttpClient, headers: dict[str, str]
    ) -> tuple[dict[str, str], Hidden]:
        """Make a token, which is kept instead of the password; go on where none is made."""
        try:
            token = await sign_in.make_token(http, headers)
        except HttpError as error:
            if error.kind not in ("forbidden", "unauthorized", "missing", "invalid"):
                raise
            if not self.server.password_ref:
                raise
            return headers, Hidden("")
        return sign_in.by_token(token), Hidden(token.reveal())

    # Looking around.

    async def _version(self, client: HttpClient, headers: Mapping[str, str]) -> str:
        reply = await client.call("GET", "/info", headers=headers, is_signed=False)
        return reply.read(_Info).version.partition("-")[0]

    async def _rights(
        self, client: HttpClient, headers: Mapping[str, str], *, is_admin: bool
    ) -> str:
        self.teller.begin(Step.RIGHTS)
        reply = await client.call("GET", "/projects", headers=headers, is_signed=False)
        projects = reply.read(list[_Project] | None) or []  # type: ignore[arg-type]
        number = len(projects)
        words = f"{number} project{'' if number == 1 else 's'}"
        if is_admin:
            words += ", all of them as admin"
        elif projects:
            roles = await asyncio.gather(
                *(self._role(client, headers, one.id) for one in projects[:_ROLES_READ])
            )
            told = ", ".join(f"{roles.count(one)} as {one}" for one in sorted(set(roles)))
            words += f": {told}" + (" …" if number > _ROLES_READ else "")
        if projects:
            self.teller.done(Step.RIGHTS, words)
        else:
            self.teller.caution(
                Step.RIGHTS, "no project is shown to this person", "ask to be let into a project"
            )
        return words

    async def _role(self, client: HttpClient, headers: Mapping[str, str], project: int) -> str:
        path = f"/project/{project}/role"
        reply = await client.call("GET", path, headers=headers, is_signed=False)
        return reply.read(_Role).role or "member"
