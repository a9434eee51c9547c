"""Connects to netlab by the way its address names: SSH, or the web service `netlab api`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Place, Probe, Service
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.netlab.api import NetlabApi, by_password
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import revealed
from skyforge_tui.ports.connector import Connector, Dialogue
from skyforge_tui.providers.connections.failing import domain_error
from skyforge_tui.providers.connections.lab_host import LabHostConnector
from skyforge_tui.providers.connections.telling import Teller
from skyforge_tui.providers.connections.trusting import Approach

_PLAIN: Final = "no links, no live output, no files: SSH has them, where that is to be had"


def _answers(answer: HttpError | Reply) -> bool:
    """Say whether `/healthz` was answered by netlab api: to strangers too, where it asks who."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    is_refusal = isinstance(answer, HttpError) and answer.status == 401
    return bool(said == ({"error": "unauthorized"} if is_refusal else {"status": "ok"}))


NETLAB_API: Final = Service("netlab", "netlab api", "/healthz", _answers, ("/status", "/jobs"))


class NetlabConnector:
    """Connects to netlab; implements `Connector`."""

    kind = "netlab"

    def __init__(self, by_ssh: Connector | None = None) -> None:
        self._by_ssh = by_ssh or LabHostConnector()

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Reach it, sign in and look around; see `Connector`."""
        if server.goes_by_ssh:
            return await self._by_ssh.connect(server, given, dialogue, makes_token=makes_token)
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
    """What signs the requests of this attempt; nobody at first."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    async def headers(self) -> dict[str, str]:
        """Return it."""
        return self.held

    async def renew(self, refused: object, error: HttpError) -> None:
        """Raise `error`: there is nothing to renew."""
        del refused
        raise error


class _Attempt:
    """One attempt to connect to the web service."""

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
        self._approach.tell(place.url, "netlab api")
        signed = _Signed()
        self._http = http = HttpClient(place.url, self._approach.way(), session=signed)
        self._teller.begin(Step.SIGN_IN)
        client, server = NetlabApi(http), self._approach.server
        kept = await self._signed_in(http, signed)
        who = server.username if signed.held else "nobody in particular: it asks nobody"
        self._teller.caution(Step.SIGN_IN, who, _PLAIN)
        self._teller.begin(Step.RIGHTS)
        count = len((await client.status()).status.labs)
        rights = f"{count} lab{'' if count == 1 else 's'}, and up, down and collect"
        self._teller.done(Step.RIGHTS, rights)
        self._teller.begin(Step.PACE)
        began = time.perf_counter()
        await http.call("GET", "/healthz")
        latency_ms = (time.perf_counter() - began) * 1000
        self._teller.done(Step.PACE, f"{latency_ms:.0f} ms")
        server = replace(server, address=place.url, token_ref="")
        return Found(server, "", server.username, rights, latency_ms, None, password=kept)

    async def _signed_in(self, http: HttpClient, signed: _Signed) -> Hidden:
        """Prove who one is, where that is asked for; return a password that is kept nowhere yet."""
        try:
            await http.call("GET", "/healthz")
        except HttpError as error:
            if error.kind != "unauthorized":
                raise
        else:
            return Hidden("")
        server = self._approach.server
        password, is_new = await self._password(server)
        signed.held = by_password(server.username, password)
        try:
            await http.call("GET", "/healthz")
        except HttpError as error:
            if error.kind != "unauthorized":
                raise
            message = f"netlab api does not let {server.username or 'nobody'} in"
            failure = HttpError("unauthorized", message, status=error.status)
        else:
            return Hidden(password.reveal() if is_new else "")
        raise failure

    async def _password(self, server: Server) -> tuple[Secret, bool]:
        if self._given.password:
            return Secret(self._given.password.reveal()), True
        if server.password_ref:
            return await revealed(SecretRef.parse(server.password_ref)), False
        why = f"the password of {server.username or 'whoever may'} is needed"
        return Secret((await self._teller.dialogue.ask(Proof.PASSWORD, why)).reveal()), True


async def _find(way: Way, look: Callable[[bytes], None], typed: str) -> Place:
    return await Probe(NETLAB_API, way, look).find(typed)
