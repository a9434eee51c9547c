"""Connects to Semaphore: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn, SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Place, Probe, measured
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.semaphore import sign_in
from skyforge_tui.integrations.semaphore.probe import SEMAPHORE
from skyforge_tui.integrations.semaphore.session import api_url
from skyforge_tui.integrations.web_access import revealed
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.failing import domain_error
from skyforge_tui.providers.connections.telling import Teller
from skyforge_tui.providers.connections.trusting import Approach

_ROLES_READ = 12
"""In how many projects one's role is looked up."""
_SKEW_S = 30.0
"""From here on a clock disturbs one-time codes and the order of output."""


class SemaphoreConnector:
    """Connects to a Semaphore server; implements `Connector`."""

    kind = "semaphore"

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the server, sign in and look around; see `Connector`."""
        teller = Teller(dialogue)
        attempt = _Attempt(server, given, teller, makes_token=makes_token)
        failure: SkyforgeError
        try:
            return await attempt.made()
        except TransportError as error:
            failure = domain_error(error, server.name)
        except SkyforgeError as error:
            failure = error
        finally:
            await attempt.aclose()
        teller.failed(failure)
        raise failure


class _Info(msgspec.Struct):
    version: str = ""


class _Project(msgspec.Struct):
    id: int


class _Role(msgspec.Struct):
    role: str = ""


class _Attempt:
    """One attempt to connect: which step it is at, and what it knows so far."""

    def __init__(self, server: Server, given: Given, teller: Teller, *, makes_token: bool) -> None:
        self._makes_token = makes_token
        self._approach = Approach(server, teller)
        self._given = given
        self._teller = teller
        self._code = given.code
        self._client: HttpClient | None = None

    @property
    def _server(self) -> Server:
        return self._approach.server

    async def aclose(self) -> None:
        """Close what was opened."""
        if self._client is not None:
            await self._client.aclose()
        await self._approach.aclose()

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        place = await self._approach.found(_find)
        moved = f"; redirected from {place.moves[0]}" if place.moves else ""
        self._approach.tell(place.url, f"Semaphore's API at {api_url(place.url)}{moved}")
        self._client = client = HttpClient(api_url(place.url), self._approach.way())
        headers, token = await self._signed_in(client)
        person = await self._person(client, headers)
        version = await self._version(client, headers)
        role = ", admin" if person.admin else ""
        self._teller.done(Step.SIGN_IN, f"{person.username}{role}; Semaphore {version or '?'}")
        rights = await self._rights(client, headers, is_admin=person.admin)
        latency_ms, skew_s = await self._pace(client)
        username = self._server.username or person.username
        server = replace(self._server, address=place.url, username=username)
        return Found(server, version, person.username, rights, latency_ms, skew_s, token)

    # Signing in.

    async def _signed_in(self, client: HttpClient) -> tuple[dict[str, str], Hidden]:
        """Return what signs requests, and a token to keep where there is a new one."""
        self._teller.begin(Step.SIGN_IN)
        server, given = self._server, self._given
        if given.token:
            text = given.token.reveal().strip()
            return sign_in.by_token(Secret(text)), Hidden(text)
        if server.token_ref and not given.password:
            reference = SecretRef.parse(server.token_ref)
            return sign_in.by_token(await revealed(reference)), Hidden("")
        if not server.username:
            raise NotSignedIn(
                "a token, or a name and a password are needed", upstream=server.name,
                advice="give --token-ref REF, or --user NAME with --password-ref REF",
            )  # fmt: skip
        password = await self._password()
        headers = await sign_in.by_password(client, server.username, password, self._ask)
        if not self._makes_token:
            return headers, Hidden("")
        return await self._with_token(client, headers)

    async def _person(self, client: HttpClient, headers: dict[str, str]) -> sign_in.Person:
        try:
            return await sign_in.whoami(client, headers)
        except HttpError as error:
            failure = error
        if failure.kind == "unauthorized":
            raise HttpError("unauthorized", "the server does not accept this token")
        raise failure

    async def _password(self) -> Secret:
        if self._given.password:
            return Secret(self._given.password.reveal())
        if self._server.password_ref:
            return await revealed(SecretRef.parse(self._server.password_ref))
        why = f"the password of {self._server.username} is needed"
        return Secret((await self._teller.dialogue.ask(Proof.PASSWORD, why)).reveal())

    async def _with_token(
        self, client: HttpClient, headers: dict[str, str]
    ) -> tuple[dict[str, str], Hidden]:
        """Make a token, which is kept instead of the password; go on without where none is made."""
        try:
            token = await sign_in.make_token(client, headers)
        except HttpError as error:
            if error.kind not in ("forbidden", "unauthorized", "missing", "invalid"):
                raise
            if not self._server.password_ref:
                raise
            return headers, Hidden("")
        return sign_in.by_token(token), Hidden(token.reveal())

    async def _ask(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Ask the person in front, for the integration."""
        del username
        proof = Proof(wanted)
        if proof.is_short_lived and self._code:
            code, self._code = self._code, Hidden("")
            return Secret(code.reveal())
        return Secret((await self._teller.dialogue.ask(proof, why)).reveal())

    # Looking around.

    async def _version(self, client: HttpClient, headers: Mapping[str, str]) -> str:
        reply = await client.call("GET", "/info", headers=headers, is_signed=False)
        return reply.read(_Info).version.partition("-")[0]

    async def _rights(
        self, client: HttpClient, headers: Mapping[str, str], *, is_admin: bool
    ) -> str:
        self._teller.begin(Step.RIGHTS)
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
            self._teller.done(Step.RIGHTS, words)
        else:
            self._teller.caution(
                Step.RIGHTS, "no project is shown to this person", "ask to be let into a project"
            )
        return words

    async def _role(self, client: HttpClient, headers: Mapping[str, str], project: int) -> str:
        path = f"/project/{project}/role"
        reply = await client.call("GET", path, headers=headers, is_signed=False)
        return reply.read(_Role).role or "member"

    async def _pace(self, client: HttpClient) -> tuple[float, float | None]:
        self._teller.begin(Step.PACE)
        latency_ms, skew_s = await measured(client, "/ping")
        clock = "" if skew_s is None else f", its clock {_clock_words(skew_s)}"
        words = f"{latency_ms:.0f} ms{clock}"
        if skew_s is not None and abs(skew_s) > _SKEW_S:
            self._teller.caution(
                Step.PACE, words, "set the clocks: one-time codes and times of output are wrong"
            )
        else:
            self._teller.done(Step.PACE, words)
        return latency_ms, skew_s


async def _find(way: Way, look: Callable[[bytes], None], typed: str) -> Place:
    return await Probe(SEMAPHORE, way, look).find(typed)


def _clock_words(skew_s: float) -> str:
    if abs(skew_s) < 2:
        return "agrees"
    return f"{abs(skew_s):.0f} s {'ahead' if skew_s > 0 else 'behind'}"
