"""The pretend estate, served in the test's own event loop on a clock that the test moves."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

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
    assert [record.getMessage() for record in errors.records] == []
