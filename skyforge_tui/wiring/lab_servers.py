"""Assembles whatever runs labs: netlab on this machine, and every configured server.

What speaks with a server is loaded only where one is configured.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skyforge_tui.domain.guard import Guard
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.providers.labs.netlab_command import NetlabLabProvider
from skyforge_tui.services.lab_homes import make_home

if TYPE_CHECKING:
    from pathlib import Path

    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.ports.lab_provider import LabProvider
    from skyforge_tui.services.authorization import Access
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.settings.model import Eve, Netlab, Settings
    from skyforge_tui.wiring.run_servers import Attendance


@dataclass(slots=True)
class LabServers:
    """What there is of them, in the order of the configuration; this machine first."""

    providers: list[LabProvider] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    """The names of those that are elsewhere: each of them is looked at on its own."""


@asynccontextmanager
async def open_lab_servers(
    settings: Settings,
    access: Access,
    health: HealthBoard,
    clock: Clock,
    owner: str,
    attendance: Attendance | None,
    sessions: Path,
) -> AsyncIterator[LabServers]:
    """Make everything that runs labs known; nothing is sent before something is wanted.

    `owner` is the person on this machine, whose programs share what lies in `sessions`. Without
    `attendance` there is nobody to ask.
    """
    async with AsyncExitStack() as stack:
        servers = LabServers()
        netlab = NetlabLabProvider(NetlabClient(), clock, owner=owner)
        servers.providers.append(netlab)
        health.register(netlab.upstream, netlab.kind)
        make_home(access, netlab.upstream, owner)
        if any(one.host is None for one in settings.containerlab.values()):
            from skyforge_tui.integrations.containerlab.client import LocalContainerlab
            from skyforge_tui.providers.labs.containerlab import ContainerlabLabs

            clab = ContainerlabLabs(LocalContainerlab(), clock, upstream="containerlab")
            servers.providers.append(clab)
            servers.far.append(clab.upstream)
            health.register(clab.upstream, clab.kind)
            make_home(access, clab.upstream, owner)
        for name, one in settings.eve.items():
            from skyforge_tui.wiring.eve_server import EVE, open_eve, open_eve_files

            upstream = _made_known(EVE, name, one, access, health, owner)
            if one.url is not None:
                opening = open_eve(upstream, one, one.url, clock, attendance, sessions)
                servers.providers.append(await stack.enter_async_context(opening))
            elif one.ssh is not None:
                by_ssh = open_eve_files(upstream, one, one.ssh, clock, attendance)
                servers.providers.append(await stack.enter_async_context(by_ssh))
            servers.far.append(upstream)
        for name, lab_api in settings.netlab.items():
            if lab_api.url is not None:
                from skyforge_tui.wiring.netlab_service import open_netlab_api

                upstream = _made_known(netlab.kind, name, lab_api, access, health, owner)
                user = lab_api.user or owner
                api = open_netlab_api(upstream, lab_api, lab_api.url, clock, owner=user)
                servers.providers.append(await stack.enter_async_context(api))
                servers.far.append(upstream)
        yield servers


def _made_known(
    kind: str, name: str, one: Eve | Netlab, access: Access, health: HealthBoard, owner: str
) -> str:
    """Show a web service in the header, make a home for its labs, and return its name here."""
    from skyforge_tui.wiring.connections import server_of

    upstream, guard = free_name(health, kind, name), Guard(one.guard)
    health.register(upstream, kind, guard, is_unchecked=server_of(kind, name, one).is_blind)
    make_home(access, upstream, owner, guard)
    return upstream


def free_name(health: HealthBoard, kind: str, name: str) -> str:
    """Return how a server is called where one of another kind may have its name already."""
    return name if health.light(name) is None else f"{kind}-{name}"
