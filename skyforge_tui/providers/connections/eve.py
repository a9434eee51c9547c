"""Connects to EVE-NG: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

import time
from dataclasses import replace

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.eve import wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.probe import EVE
from skyforge_tui.integrations.eve.session import SIGNED_OUT_STATUS, sign_in
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import measured
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.web_attempt import Signed, WebAttempt

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
        del makes_token
        return await _Attempt(server, given, dialogue).outcome()


class _Attempt(WebAttempt):
    service = EVE

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        place, http = await self.reached(_root, "EVE-NG's API", signs_out=SIGNED_OUT_STATUS)
        self.teller.begin(Step.SIGN_IN)
        username = self.server.username
        if not username:
            raise NotSignedIn(
                "a name and a password are needed", upstream=self.server.name,
                advice="give --user NAME with --password-ref REF",
            )  # fmt: skip
        password, is_new = await self.password(username)
        http.session = Signed(await sign_in(http, username, password))
        client = EveClient(http)
        who, status, running = await client.who(), await _status(client), await client.running()
        version = "" if status is None else status.version
        is_pro = running is not None or (status is not None and status.is_pro)
        edition = "Pro" if is_pro else "Community"
        self.teller.caution(
            Step.SIGN_IN, f"{who.username}; EVE-NG {edition} {version or '?'}", _ONE_SESSION
        )
        rights = await self._rights(client, who)
        latency_ms, skew_s = await self._pace(http, client)
        server = replace(self.server, address=place.url, token_ref="")
        kept = Hidden(password.reveal() if is_new else "")
        return Found(server, version, who.username, rights, latency_ms, skew_s, password=kept)

    async def _rights(self, client: EveClient, who: wire.Who) -> str:
        self.teller.begin(Step.RIGHTS)
        root = await client.folder("/")
        may = "may edit labs" if who.role in _EDITORS else "may run labs, not edit them"
        words = (
            f"{who.role or 'user'}: {may}; {len(root.labs)} labs and {len(root.folders)} folders"
        )
        self.teller.done(Step.RIGHTS, words)
        return words

    async def _pace(self, http: HttpClient, client: EveClient) -> tuple[float, float | None]:
        self.teller.begin(Step.PACE)
        try:
            latency_ms, skew_s = await measured(http, "/", 2)
        except HttpError:  # its page leads elsewhere
            began = time.perf_counter()
            await client.who()
            latency_ms, skew_s = (time.perf_counter() - began) * 1000, None
        self.teller.done(Step.PACE, f"{latency_ms:.0f} ms")
        return latency_ms, skew_s


async def _status(client: EveClient) -> wire.Status | None:
    try:
        return await client.status()
    except HttpError as error:
        if not error.status:
            raise
        return None  # some hosts cannot tell


def _root(url: str) -> str:
    return url
