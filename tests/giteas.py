"""A pretend Gitea in the test's own event loop, on a clock that the test moves; and its clients."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.gitea.habits import Habits
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.gitea.versions import Version


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


def api_of(server: GiteaServer, username: str = "admin") -> httpx.AsyncClient:
    """Return a plain client of the API that is signed in by token; empty is nobody."""
    headers = {"authorization": f"token {server.token(username)}"} if username else {}
    return httpx.AsyncClient(
        base_url=f"{server.url}/api/v1", headers=headers, trust_env=False, verify=False, timeout=60
    )


def encoded(text: str) -> str:
    """Return a text as contents carry it."""
    return base64.b64encode(text.encode()).decode()
