"""The cockpit on a pretend server, beside a real workspace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.chaos import Trouble
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from tests.estates import served_semaphore
from tests.tui.real_cockpit import Site


@asynccontextmanager
async def a_far_site(
    base: Path, stock: Stock, who: str = "admin", more: str = "", **habits: Any
) -> AsyncIterator[tuple[SemaphoreServer, Site]]:
    """Serve, on a clock on which no time passes, and configure it, signed in as somebody there.

    `more` are lines of its configuration, `habits` how the server is.
    """
    site = Site(base).prepare()
    async with served_semaphore(stock=stock, **habits) as server:
        secret = base / "token"
        secret.write_text(server.token(who))
        secret.chmod(0o600)
        known = f'[semaphore.far]\nurl = "{server.url}"\ntoken = "file:{secret}"\n'
        site.config.write_text(known + more)
        yield server, site


@asynccontextmanager
async def a_cockpit(
    base: Path, stock: Stock, who: str = "admin", more: str = ""
) -> AsyncIterator[tuple[SemaphoreServer, Pilot[Any]]]:
    """Open a cockpit that knows a server, as one of its people."""
    async with a_far_site(base, stock, who, more) as (server, site), site.cockpit() as pilot:
        yield server, pilot


def heard_by(server: SemaphoreServer) -> Counter[str]:
    """Return a tally of what a server is asked for from now on, such as `GET /project/1/role`."""
    tally: Counter[str] = Counter()
    striking = server.chaos.striking

    def heard(method: str, path: str) -> list[Trouble]:
        tally[f"{method} {re.sub('^.*?/api', '', path)}"] += 1
        return striking(method, path)

    server.chaos.striking = heard  # type: ignore[method-assign]
    return tally
