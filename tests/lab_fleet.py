"""A fleet of pretend servers that run labs, EVE-NGs and hosts with netlab, and who asks them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.servers.eve.server import EveServer, Stock
from skyforge_tui.demo.servers.netlab.server import NetlabHost
from skyforge_tui.domain.events import LabsChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.session import open_http
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.ssh.access import SshAccess
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.jobs.lab_poll import LabPoll
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from tests.contract.run_benches import SystemClock
from tests.eves import served_eve
from tests.fakes.core import Core
from tests.fakes.waiting import under_way
from tests.lab_hosts import access_to, served_host

LABS = 50
"""Of each EVE-NG; a host with netlab has one, which only its metadata tells of."""
PASSWORD = "EVE_PASSWORD"

Server = EveServer | NetlabHost


@dataclass(frozen=True)
class EveWay:
    """How one gets to an EVE-NG as its administrator, by the password in the environment."""

    url: str


Way = EveWay | tuple[SshAccess, str]
"""The other is that to a host, with the folder of metadata there."""


@dataclass
class Fleet:
    """The servers by their names."""

    servers: dict[str, Server]
    ways: dict[str, Way]

    def hang(self, name: str) -> Trouble:
        """Let a server answer nothing from now on."""
        return self.servers[name].chaos.add(Trouble(Kind.HANG))

    async def kill(self, name: str) -> None:
        """Let nothing listen any more where a server was."""
        await self.servers[name].crash()

    def sign_ins(self, name: str) -> int:
        """Return how often somebody signed in at a server."""
        server = self.servers[name]
        if isinstance(server, NetlabHost):
            return server.habits.sign_ins
        return server.state.asked["POST /auth/login"]

    def asked(self, name: str) -> int:
        """Return how many requests, or commands, a server has had."""
        server = self.servers[name]
        if isinstance(server, NetlabHost):
            return server.habits.commands
        return sum(server.state.asked.values())

    def forget(self) -> None:
        """Count from now on."""
        for server in self.servers.values():
            if isinstance(server, NetlabHost):
                server.habits.commands = server.habits.sign_ins = 0
            else:
                server.state.asked.clear()


@asynccontextmanager
async def a_fleet(eves: int, hosts: int, latency_s: float = 0.0) -> AsyncIterator[Fleet]:
    """Serve so many of each, of which nothing runs; each answers after `latency_s`."""
    async with AsyncExitStack() as stack:
        servers: dict[str, Server] = {}
        ways: dict[str, Way] = {}
        for number in range(1, eves + 1):
            serving = served_eve(clock=LiveClock(), stock=Stock(more_labs=LABS - 7))
            eve = await stack.enter_async_context(serving)
            eve.state.runs.clear()
            assert len(eve.state.labs) == LABS
            servers[f"eve-{number}"] = eve
            ways[f"eve-{number}"] = EveWay(eve.url)
        for number in range(1, hosts + 1):
            host = await stack.enter_async_context(served_host(pace_s=0))
            servers[f"host-{number}"] = host
            ways[f"host-{number}"] = (access_to(host), str(host.state_root))
        for one in servers.values():
            if latency_s:
                one.chaos.add(Trouble(Kind.LATENCY, seconds=latency_s))
        try:
            yield Fleet(servers, ways)
        finally:
            for one in servers.values():
                one.chaos.calm()


class Asked:
    """Labs of a fleet as they become known, each server looked at on its own."""

    def __init__(self, core: FleetCore, polls: Mapping[str, LabPoll]) -> None:
        self.core = core
        self.polls = polls

    @property
    def live(self) -> dict[str, int]:
        """How many labs are known of each server that has answered."""
        sources = self.core.lab_index.sources()
        names = [one.provider for one in sources if one.mode is UpstreamState.LIVE]
        labs = self.core.lab_index.labs()
        return {name: sum(one.provider == name for one in labs) for name in names}

    async def until_live(self, names: Collection[str]) -> None:
        """Let the polls of all servers work until these have answered."""
        news = self.core.heard
        while not self.live.keys() >= set(names):
            await news.get()


class FleetCore(Core):
    """Services over the labs of a fleet, with a queue of what they publish about labs."""

    def __post_init__(self) -> None:
        """Listen."""
        super().__post_init__()
        self.heard = asyncio.Queue[object]()
        self.bus.subscribe(
            lambda event: self.heard.put_nowait(event) if isinstance(event, LabsChanged) else None
        )


@asynccontextmanager
async def asking(ways: Mapping[str, Way], owner: str = "netlab") -> AsyncIterator[Asked]:
    """Ask servers for their labs over connections of one's own, until the block ends."""
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        providers: list[Any] = []
        for name, way in ways.items():
            if isinstance(way, EveWay):
                access = WebAccess(way.url, "admin", password=SecretRef.parse(f"env:{PASSWORD}"))
                http = open_http(access)
                stack.push_async_callback(http.aclose)
                client = EveClient(http)
                providers.append(EveLabProvider(client, clock, upstream=name, web_url=way.url))
            else:
                ssh = SshHost(way[0], Nobody())
                stack.push_async_callback(ssh.aclose)
                netlab = RemoteNetlab(ssh)
                providers.append(
                    NetlabHostLabs(
                        netlab, ssh, clock, owner=owner, upstream=name, state_root=way[1]
                    )
                )
        core = FleetCore(lab_providers=providers)
        polls = {name: LabPoll(core.labs, core.bus, clock, name) for name in ways}
        async with under_way(*(one.run() for one in polls.values())):
            yield Asked(core, polls)


def others(ways: Mapping[str, Way], ill: Sequence[str]) -> dict[str, Way]:
    """Return the ways to all but some."""
    return {name: way for name, way in ways.items() if name not in ill}
