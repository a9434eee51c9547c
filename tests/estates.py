"""The pretend estate, served in the test's own event loop on a clock that the test moves."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx_ws

from skyforge_tui.demo.clock import Clock, HandClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.semaphore.habits import Habits
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from skyforge_tui.demo.servers.semaphore.versions import Version


class Errors(logging.Handler):
    """Keeps what a server complains of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a complaint."""
        self.records.append(record)


@asynccontextmanager
async def served_semaphore(
    version: str = "2.16",
    *,
    clock: Clock | None = None,
    stock: Stock | None = None,
    tls: ssl.SSLContext | None = None,
    **habits: Any,
) -> AsyncIterator[SemaphoreServer]:
    """Serve a Semaphore of the pretend company; fail if its own code failed meanwhile.

    `habits` are fields of `Habits`; without a `stock` nothing ever ran. Without a `clock` it is a
    `HandClock`: nothing happens in the pretend world until `server.estate.clock.advance(seconds)`.
    """
    errors = Errors()
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(errors)
    estate = make_estate(clock=clock or HandClock())
    chosen = Habits(version=Version.parse(version), **habits)
    server = SemaphoreServer(estate, chosen, stock=stock, tls=tls)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
        logger.removeHandler(errors)
    # Whoever tries TLS first on a plain port is told so, and no fault of the server's.
    messages = [one.getMessage() for one in errors.records]
    assert [one for one in messages if one != "Invalid HTTP request received."] == []


def client_of(server: SemaphoreServer, username: str = "admin") -> httpx.AsyncClient:
    """Return a client of the API that is signed in by token, believing whatever it meets."""
    return httpx.AsyncClient(
        base_url=f"{server.url}/api",
        headers={"authorization": f"Bearer {server.token(username)}"},
        trust_env=False,
        verify=False,
    )


@asynccontextmanager
async def ears_of(
    server: SemaphoreServer, client: httpx.AsyncClient
) -> AsyncIterator[httpx_ws.AsyncWebSocketSession]:
    """Listen to what a server tells, signed in as a client is."""
    ears: httpx_ws.AsyncWebSocketSession
    async with httpx_ws.aconnect_ws(f"{server.url}/api/ws", client) as ears:
        yield ears


def clock_of(server: SemaphoreServer) -> HandClock:
    """Return the clock of a server, which the test moves."""
    clock = server.estate.clock
    assert isinstance(clock, HandClock)
    return clock


async def soon(happened: Callable[[], bool]) -> None:
    """Let everybody in this event loop work until something happened."""
    while not happened():  # noqa: ASYNC110 - nobody could tell us
        await asyncio.sleep(0)


async def started(client: httpx.AsyncClient, template: int = 1, **body: Any) -> dict[str, Any]:
    """Start a template of the first project and return the task."""
    response = await client.post("/project/1/tasks", json={"template_id": template, **body})
    assert response.status_code == 201, response.text
    task: dict[str, Any] = response.json()
    return task
