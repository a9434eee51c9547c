"""A pretend EVE-NG, served in the test's own event loop on a clock that the test moves."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from skyforge_tui.demo.clock import Clock, HandClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.eve.habits import Habits
from skyforge_tui.demo.servers.eve.server import EveServer, Stock
from tests.estates import Errors


@asynccontextmanager
async def served_eve(
    *,
    clock: Clock | None = None,
    stock: Stock | None = None,
    tls: ssl.SSLContext | None = None,
    **habits: Any,
) -> AsyncIterator[EveServer]:
    """Serve an EVE-NG of the pretend company; fail if its own code failed meanwhile.

    `habits` are fields of `Habits`; nodes start at once unless they say otherwise. Without a
    `clock` it is a `HandClock`.
    """
    errors = Errors()
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(errors)
    at_once = {"start_s": 0.0, "boot_s": 0.0, "linger_s": 0.0, "export_s": 0.0}
    chosen = Habits(**(at_once | habits))
    server = EveServer(make_estate(clock=clock or HandClock()), chosen, stock=stock, tls=tls)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
        logger.removeHandler(errors)
    messages = [one.getMessage() for one in errors.records]
    assert [one for one in messages if one != "Invalid HTTP request received."] == []


@asynccontextmanager
async def signed_in(
    server: EveServer, username: str = "admin", html5: object = "-1"
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the API that is signed in as its cookie says, whatever its domain."""
    async with httpx.AsyncClient(base_url=f"{server.url}/api", trust_env=False) as client:
        given = {
            "username": username, "password": server.state.accounts[username].password,
            "html5": html5,
        }  # fmt: skip
        answer = await client.post("/auth/login", json=given)
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].partition(";")[0]
        client.cookies.clear()
        client.headers["cookie"] = cookie
        yield client
