"""The cockpit on a pretend Gitea, beside a real workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from tests.giteas import served_gitea
from tests.tui.real_cockpit import Site


def configure(base: Path, server: GiteaServer, who: str, more: str = "") -> Site:
    """Prepare a workspace whose configuration knows a server, as one of its people."""
    site = Site(base).prepare()
    secret = base / "git-token"
    secret.write_text(server.token(who))
    secret.chmod(0o600)
    table = f'[gitea.git]\nurl = "{server.url}"\ntoken = "file:{secret}"\n{more}'
    site.config.write_text(table)
    return site


@asynccontextmanager
async def a_cockpit(
    base: Path, who: str = "mika", *, more: str = "", size: tuple[int, int] = (80, 24),
    **habits: Any,
) -> AsyncIterator[tuple[GiteaServer, Pilot[Any]]]:  # fmt: skip
    """Open a cockpit that knows a server, as one of its people."""
    async with served_gitea(**habits) as server:
        site = configure(base, server, who, more)
        async with site.cockpit(size) as pilot:
            yield server, pilot
