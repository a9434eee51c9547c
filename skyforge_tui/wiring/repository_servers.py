"""Assembles the servers that keep repositories, where any is configured.

What speaks with them is loaded only then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.guard import Guard

if TYPE_CHECKING:
    from skyforge_tui.integrations.http.client import HttpClient
    from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
    from skyforge_tui.services.authorization import Access
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.settings.model import Gitea, Settings
    from skyforge_tui.wiring.run_servers import Attendance

GITEA = "gitea"


@asynccontextmanager
async def open_repository_servers(
    settings: Settings, access: Access, health: HealthBoard, attendance: Attendance | None = None
) -> AsyncIterator[tuple[GiteaRepositoryHost, ...]]:
    """Make every configured server known; nothing is sent before something is wanted.

    Without `attendance` there is nobody to ask.
    """
    hosts: list[GiteaRepositoryHost] = []
    async with AsyncExitStack() as stack:
        for name, one in settings.gitea.items():
            from skyforge_tui.integrations.gitea.client import GiteaClient
            from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
            from skyforge_tui.providers.repositories.gitea.names import Names
            from skyforge_tui.wiring.connections import server_of

            guard = Guard(one.guard)
            access.protect(name, guard)
            access.appoint(name, one.admins)
            is_blind = server_of(GITEA, name, one).is_blind
            health.register(
                name, GITEA, guard, is_unchecked=is_blind, tells=frozenset({Subject.PROJECTS})
            )
            http = _http(name, one, attendance)
            stack.push_async_callback(http.aclose)
            client = GiteaClient(http)
            hosts.append(GiteaRepositoryHost(client, Names(name, client)))
        yield tuple(hosts)


def _http(name: str, settings: Gitea, attendance: Attendance | None) -> HttpClient:
    from skyforge_tui.integrations.gitea.session import open_http
    from skyforge_tui.wiring.connections import server_of
    from skyforge_tui.wiring.desk import person_before
    from skyforge_tui.wiring.web import access_of, keep_of

    way = access_of(settings, settings.url)
    keep = keep_of(attendance, server_of(GITEA, name, settings))
    return open_http(way, person_before(attendance, GITEA, name), keep)
