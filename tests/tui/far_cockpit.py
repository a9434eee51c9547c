"""The cockpit on a pretend server, beside a real workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from tests.estates import served_semaphore
from tests.tui.real_cockpit import Site


@asynccontextmanager
async def a_cockpit(
    base: Path, stock: Stock, who: str = "admin"
) -> AsyncIterator[tuple[SemaphoreServer, Pilot[Any]]]:
    """Open a cockpit that knows a server, on whose clock no time passes, as one of its people."""
    site = Site(base).prepare()
    async with served_semaphore(stock=stock) as server:
        secret = base / "token"
        secret.write_text(server.token(who))
        secret.chmod(0o600)
        site.config.write_text(f'[semaphore.far]\nurl = "{server.url}"\ntoken = "file:{secret}"\n')
        async with site.cockpit() as pilot:
            yield server, pilot
