"""Connects to Gitea: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn, SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.gitea import sign_in, wire
from skyforge_tui.integrations.gitea.asking import lacks_scope
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.probe import GITEA
from skyforge_tui.integrations.gitea.session import api_url
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Place, Probe, measured
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import revealed
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.failing import domain_error
from skyforge_tui.providers.connections.telling import Teller
from skyforge_tui.providers.connections.trusting import Approach

_SKEW_S: Final = 30.0
"""From here on a clock disturbs one-time codes."""
_ADVICE: Final = "make a token that may write repositories, or sign in by password to have it made"


class GiteaConnector:
    """Connects to a Gitea server; implements `Connector`."""

    kind = "gitea"

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


class _Signed:
    """Signs requests in one way, which is never renewed."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    async def headers(self) -> dict[str, str]:
        return self._headers

    async def renew(self, refused: object, error: HttpError) -> None:
        del refused
        raise error


class _Attempt:
    """One attempt to connect: which step it is at, and what it knows so far."""

    def __init__(self, server: Server, given: Given, teller: Teller, *, makes_token: bool) -> None:
        self._makes_token = makes_token
        self._approach = Approach(server, teller)
        self._given = given
        self._teller = teller
        self._code = given.code
        self._http: HttpClient | None = None

    @property
    def _server(self) -> Server:
        return self._approach.server

    async def aclose(self) -> None:
        """Close what was opened."""
        if self._http is not None:
            await self._http.aclose()
        await self._approach.aclose()

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        place = await self._approach.found(_find)
        moved = f"; redirected from {place.moves[0]}" if place.moves else ""
        self._approach.tell(place.url, f"Gitea's API at {api_url(place.url)}{moved}")
        self._http = http = HttpClient(api_url(place.url), self._approach.way())
        headers, token = await self._signed_in(http)
        http.session = _Signed(headers)
        client = GiteaClient(http)
        person = await self._person(http, headers)
        version = (await client.version()).partition("+")[0]
        self._tell_person(person, version)
        rights = await self._rights(client)
        latency_ms, skew_s = await self._pace(http)
        username = self._server.username or person.login
        server = replace(self._server, address=place.url, username=username)
        return Found(server, version, person.login or username, rights, latency_ms, skew_s, token)

    # Signing in.

    async def _signed_in(self, http: HttpClient) -> tuple[dict[str, str], Hidden]:
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
        headers = await sign_in.by_password(http, server.username, password, self._ask)
        if not self._makes_token:
            return headers, Hidden("")
        token = await sign_in.make_token(http, headers, server.username)
        return sign_in.by_token(token), Hidden(token.reveal())

    async def _person(self, http: HttpClient, headers: dict[str, str]) -> wire.User:
        try:
            return await sign_in.whoami(http, headers)
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

    async def _ask(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Ask the person in front, for the integration."""
        del username
        proof = Proof(wanted)
        if proof.is_short_lived and self._code:
            code, self._code = self._code, Hidden("")
            return Secret(code.reveal())
        return Secret((await self._teller.dialogue.ask(proof, why)).reveal())

    def _tell_person(self, person: wire.User, version: str) -> None:
        if not person.login:
            self._teller.caution(Step.SIGN_IN, f"{sign_in.NAMELESS}; Gitea {version}", _ADVICE)
            return
        role = ", admin" if person.is_admin else ""
        self._teller.done(Step.SIGN_IN, f"{person.login}{role}; Gitea {version or '?'}")

    # Looking around.

    async def _rights(self, client: GiteaClient) -> str:
        self._teller.begin(Step.RIGHTS)
        try:
            repos = (await client.repos.mine()).items
        except HttpError as error:
            if not lacks_scope(error):
                raise
            words = "this token may not list repositories"
            self._teller.caution(Step.RIGHTS, words, _ADVICE)
            return words
        may = [one.permissions or wire.Permissions(pull=True) for one in repos]
        admins, writers = sum(one.admin for one in may), sum(one.push for one in may)
        number = len(repos)
        words = f"{number} repositor{'y' if number == 1 else 'ies'}"
        words += f": {writers} to write, {admins} of them to rule" if number else ""
        if number:
            self._teller.done(Step.RIGHTS, words)
        else:
            self._teller.caution(
                Step.RIGHTS, "no repository is this person's", "ask to be let into one, or make one"
            )
        return words

    async def _pace(self, http: HttpClient) -> tuple[float, float | None]:
        self._teller.begin(Step.PACE)
        latency_ms, skew_s = await measured(http, "/version", is_signed=True)
        words = f"{latency_ms:.0f} ms"
        if skew_s is not None and abs(skew_s) > _SKEW_S:
            ahead = "ahead" if skew_s > 0 else "behind"
            words += f", its clock {abs(skew_s):.0f} s {ahead}"
            self._teller.caution(Step.PACE, words, "set the clocks: one-time codes are wrong")
        else:
            self._teller.done(Step.PACE, words)
        return latency_ms, skew_s


async def _find(way: Way, look: Callable[[bytes], None], typed: str) -> Place:
    return await Probe(GITEA, way, look).find(typed)
