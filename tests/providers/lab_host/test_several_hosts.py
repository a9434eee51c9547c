"""Several lab hosts beside each other: one that hangs, or is dead, costs others nothing."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.events import LabsChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.jobs.lab_poll import LabPoll
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from tests.contract.run_benches import SystemClock
from tests.fakes import Core, under_way
from tests.lab_hosts import access_to, served_host

HOSTS = 6
_COMMANDS = 4
"""What one look at a host without labs of its own takes: status, and the metadata; twice."""


async def test_rows_of_a_host_wait_for_no_other() -> None:
    """Of six hosts at 30 ms one hangs and one is dead: four are there after one sign-in each."""
    async with AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(served_host(pace_s=0)) for _ in range(HOSTS)]
        hung, dead, *well = hosts
        for one in well:
            one.chaos.add(Trouble(Kind.LATENCY, seconds=0.03))
        hanging = hung.chaos.add(Trouble(Kind.HANG))
        access = [access_to(one) for one in hosts]
        await dead._end()
        providers, clock = [], SystemClock()
        for number, way in enumerate(access):
            ssh = SshHost(way, Nobody())
            stack.push_async_callback(ssh.aclose)
            providers.append(
                NetlabHostLabs(
                    RemoteNetlab(ssh), ssh, clock, owner="netlab", upstream=f"host{number}",
                    state_root=str(hosts[number].state_root),
                )
            )  # fmt: skip
        core = Core(lab_providers=providers)
        told = asyncio.Queue[object]()
        core.bus.subscribe(told.put_nowait)
        polls = [LabPoll(core.labs, core.bus, clock, one.upstream) for one in providers]
        for poll in polls:
            await stack.enter_async_context(under_way(poll.run()))
        live: set[str] = set()
        async with asyncio.timeout(30):
            while len(live) < len(well):
                if isinstance(await told.get(), LabsChanged):
                    sources = core.lab_index.sources()
                    live = {one.provider for one in sources if one.mode is UpstreamState.LIVE}
        assert live == {f"host{number}" for number in range(2, HOSTS)}
        assert len(core.lab_index.labs()) == len(well)
        assert hanging.hits == 1
        assert [one.habits.sign_ins for one in well] == [1] * len(well)
        assert all(one.habits.commands <= _COMMANDS for one in well)
        assert core.lab_index.source("host0") is None  # nobody knows, and nobody invents
        hung.chaos.calm()
