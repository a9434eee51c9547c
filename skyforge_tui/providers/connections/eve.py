"""Connects to EVE-NG: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn, SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.eve import wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.probe import EVE
from skyforge_tui.integrations.eve.session import SIGNED_OUT_STATUS, sign_in
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

_ONE_SESSION = (
    "an account has one session: this one ended that of its browser, and will again. Give skyforge"
    " an account of its own"
)
_EDITORS = frozenset({"admin", "editor"})


class EveConnector:
    """Connects to an EVE-NG server; implements `Connector`."""

    kind = "eve"

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the server, sign in and look around; there are no tokens: the password is kept.

        See `Connector`.
        """
        teller = Teller(dialogue)
        attempt = _Attempt(server, given, teller)
        failure: SkyforgeError
        try:
            found = await attempt.made()
        except TransportError as error:
            failure = domain_error(error, server.name)
        except SkyforgeError as error:
            failure = error
        else:
            return found if makes_token else replace(found, password=Hidden(""))
        finally:
            await attempt.aclose()
        teller.failed(failure)
        raise failure


class _Signed:
    """The session of this attempt."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    async def headers(self) -> dict[str, str]:
        """Return its cookie."""
        return self._headers

    async def renew(self, refused: object, error: HttpError) -> None:
        """Raise `error`: whoever took the session will take the next one too."""
        del refused
        raise error


class _Attempt:
    """One attempt to connect."""

    def __init__(self, server: Server, given: Given, teller: Teller) -> None:
        self._approach = Approach(server, teller)
        self._given = given
        self._teller = teller
        self._http: HttpClient | None = None

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
        self._approach.tell(place.url, f"EVE-NG's API at {place.url}/api{moved}")
        way = self._approach.way()
        self._http = http = HttpClient(place.url, way, signs_out=SIGNED_OUT_STATUS)
        password, is_new = await self._password()
        username = self._approach.server.username
        http.session = _Signed(await sign_in(http, username, password))
        client = EveClient(http)
        who, status, running = await client.who(), await _status(client), await client.running()
        version = "" if status is None else status.version
        is_pro = running is not None or (status is not None and status.is_pro)
        edition = "Pro" if is_pro else "Community"
        self._teller.caution(
            Step.SIGN_IN, f"{who.username}; EVE-NG {edition} {version or '?'}", _ONE_SESSION
        )
        rights = await self._rights(client, who)
        latency_ms, skew_s = await self._pace(http, client)
        server = replace(self._approach.server, address=place.url, token_ref="")
        kept = Hidden(password.reveal() if is_new else "")
        return Found(server, version, who.username, rights, latency_ms, skew_s, password=kept)

    async def _password(self) -> tuple[Secret, bool]:
        """Return the password, and whether it is kept nowhere yet."""
        self._teller.begin(Step.SIGN_IN)
        server = self._approach.server
        if not server.username:
            raise NotSignedIn(
                "a name and a password are needed", upstream=server.name,
                advice="give --user NAME with --password-ref REF",
            )  # fmt: skip
        if self._given.password:
            return Secret(self._given.password.reveal()), True
        if server.password_ref:
            return await revealed(SecretRef.parse(server.password_ref)), False
        why = f"the password of {server.username} is needed"
        return Secret((await self._teller.dialogue.ask(Proof.PASSWORD, why)).reveal()), True

    async def _rights(self, client: EveClient, who: wire.Who) -> str:
        self._teller.begin(Step.RIGHTS)
        root = await client.folder("/")
        may = "may edit labs" if who.role in _EDITORS else "may run labs, not edit them"
        words = (
            f"{who.role or 'user'}: {may}; {len(root.labs)} labs and {len(root.folders)} folders"
        )
        self._teller.done(Step.RIGHTS, words)
        return words

    async def _pace(self, http: HttpClient, client: EveClient) -> tuple[float, float | None]:
        self._teller.begin(Step.PACE)
        try:
            latency_ms, skew_s = await measured(http, "/", 2)
        except HttpError:  # its page leads elsewhere
            began = time.perf_counter()
            await client.who()
            latency_ms, skew_s = (time.perf_counter() - began) * 1000, None
        self._teller.done(Step.PACE, f"{latency_ms:.0f} ms")
        return latency_ms, skew_s


async def _status(client: EveClient) -> wire.Status | None:
    try:
        return await client.status()
    except HttpError as error:
        if not error.status:
            raise
        return None  # some hosts cannot tell


async def _find(way: Way, look: Callable[[bytes], None], typed: str) -> Place:
    return await Probe(EVE, way, look).find(typed)
