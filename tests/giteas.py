"""A pretend Gitea in the test's own event loop, on a clock that the test moves; and its clients."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.gitea.habits import Habits
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.gitea.versions import Version
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace, Retry


@asynccontextmanager
async def served_gitea(version: str = "1.24", **habits: Any) -> AsyncIterator[GiteaServer]:
    """Serve a Gitea of the pretend company; `habits` are fields of `Habits`."""
    tls = habits.pop("tls", None)
    chosen = Habits(version=Version.parse(version), **habits)
    server = GiteaServer(make_estate(clock=HandClock()), chosen, tls=tls)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


class Token:
    """A sign-in by token, which is never renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def headers(self) -> Mapping[str, str]:
        """Return the header."""
        return {"authorization": f"token {self._token}"}

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Raise the error."""
        raise error


@asynccontextmanager
async def client_at(url: str, token: str) -> AsyncIterator[GiteaClient]:
    """Give a client of the server at `url`, and close it."""
    pace = Pace(at_once=16, per_second=1e6, burst=1_000_000)
    http = HttpClient(f"{url}/api/v1", session=Token(token), pace=pace, retry=Retry(first_s=0.0))
    try:
        yield GiteaClient(http)
    finally:
        await http.aclose()


@asynccontextmanager
async def gitea_client(
    version: str = "1.24", who: str = "mika", **habits: Any
) -> AsyncIterator[tuple[GiteaServer, GiteaClient]]:
    """Serve a Gitea and give a client of it, signed in as one of its people."""
    async with (
        served_gitea(version, **habits) as server,
        client_at(server.url, server.token(who)) as client,
    ):
        yield server, client


def api_of(server: GiteaServer, username: str = "admin") -> httpx.AsyncClient:
    """Return a plain client of the API that is signed in by token; empty is nobody."""
    headers = {"authorization": f"token {server.token(username)}"} if username else {}
    return httpx.AsyncClient(
        base_url=f"{server.url}/api/v1", headers=headers, trust_env=False, verify=False, timeout=60
    )


def encoded(text: str) -> str:
    """Return a text as contents carry it."""
    return base64.b64encode(text.encode()).decode()
