"""Connects to netlab by the way its address names: SSH, or the web service `netlab api`."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Final

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Service
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.netlab.api import NetlabApi, by_password
from skyforge_tui.ports.connector import Connector, Dialogue
from skyforge_tui.providers.connections.lab_host import LabHostConnector
from skyforge_tui.providers.connections.web_attempt import Signed, WebAttempt

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
        return await _Attempt(server, given, dialogue).outcome()


class _Attempt(WebAttempt):
    service = NETLAB_API

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        signed = Signed()
        place, http = await self.reached(_root, "netlab api", session=signed)
        self.teller.begin(Step.SIGN_IN)
        client, server = NetlabApi(http), self.server
        kept = await self._signed_in(http, signed)
        who = server.username if signed.held else "nobody in particular: it asks nobody"
        self.teller.caution(Step.SIGN_IN, who, _PLAIN)
        self.teller.begin(Step.RIGHTS)
        count = len((await client.status()).status.labs)
        rights = f"{count} lab{'' if count == 1 else 's'}, and up, down and collect"
        self.teller.done(Step.RIGHTS, rights)
        self.teller.begin(Step.PACE)
        began = time.perf_counter()
        await http.call("GET", "/healthz")
        latency_ms = (time.perf_counter() - began) * 1000
        self.teller.done(Step.PACE, f"{latency_ms:.0f} ms")
        server = replace(server, address=place.url, token_ref="")
        return Found(server, "", server.username, rights, latency_ms, None, password=kept)

    async def _signed_in(self, http: HttpClient, signed: Signed) -> Hidden:
        """Prove who one is, where that is asked for; return a password that is kept nowhere yet."""
        try:
            await http.call("GET", "/healthz")
        except HttpError as error:
            if error.kind != "unauthorized":
                raise
        else:
            return Hidden("")
        server = self.server
        password, is_new = await self.password(server.username or "whoever may")
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


def _root(url: str) -> str:
    return url
