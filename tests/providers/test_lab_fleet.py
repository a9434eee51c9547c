"""Six EVE-NGs and six hosts with netlab beside each other: who is ill costs the others nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

import pytest

from skyforge_tui.demo.servers.eve.server import EveServer
from skyforge_tui.domain.events import LabSyncRequested
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.services.lab_index import LabIndex
from tests.fakes.waiting import until
from tests.lab_fleet import LABS, PASSWORD, Fleet, a_fleet, asking

HUNG = ("eve-1", "host-1")
DEAD = ("eve-2", "host-2")
COMMANDS = 3
"""What one look at a host without labs of netlab's own takes: status, metadata, its figures."""


def of_eve(server: EveServer) -> int:
    """Return how many requests a first look at an EVE-NG takes, of which nothing runs."""
    return 3 + len(server.state.folders) + 2 * LABS


def as_of(index: LabIndex, name: str) -> datetime | None:
    """Return when a server was last looked at."""
    source = index.source(name)
    assert source is not None
    return source.as_of


async def test_the_ill_delay_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve servers two hang and two are dead: the rows of the others are there meanwhile.

    Each of those has had one sign-in and as few requests as ever; the next look costs no sign-in.
    """
    async with a_fleet(6, 6) as fleet, asyncio.timeout(60):
        _set_password(fleet, monkeypatch)
        hanging = {name: fleet.hang(name) for name in HUNG}
        for name in DEAD:
            await fleet.kill(name)
        well = [one for one in fleet.servers if one not in (*HUNG, *DEAD)]
        async with asking(fleet.ways) as asked:
            await asked.until_live(well)
            assert asked.live == {name: LABS if name.startswith("eve") else 1 for name in well}
            index = asked.core.lab_index
            assert [index.source(name) for name in HUNG] == [None, None]  # nobody invents
            assert [one.hits for one in hanging.values()] == [1, 1]
            signed_in = {name: fleet.sign_ins(name) for name in fleet.servers}
            assert signed_in == dict.fromkeys(well, 1) | {
                "eve-1": 0, "host-1": 1, "eve-2": 0, "host-2": 0,
            }  # fmt: skip
            for name in well:
                server = fleet.servers[name]
                wanted = of_eve(server) if isinstance(server, EveServer) else COMMANDS
                assert fleet.asked(name) == wanted, name

            fleet.forget()
            looked_at = {name: as_of(index, name) for name in well}
            asked.core.bus.publish(LabSyncRequested())
            await until(lambda: all(as_of(index, one) != looked_at[one] for one in well))
            for name in well:
                server = fleet.servers[name]
                few = 2 + len(server.state.folders) if isinstance(server, EveServer) else COMMANDS
                assert (fleet.asked(name), fleet.sign_ins(name)) == (few, 0), name

            for name in DEAD:
                await until(partial(index.source, name))
                source = index.source(name)
                assert source is not None
                assert (source.mode, bool(source.error)) == (UpstreamState.ERROR, True)
            for name, trouble in hanging.items():
                fleet.servers[name].chaos.remove(trouble)
            await asked.until_live([*well, *HUNG])
            assert sum(asked.live.values()) == 5 * LABS + 5
            assert [fleet.sign_ins(name) for name in HUNG] == [1, 0]


def _set_password(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    server = fleet.servers["eve-1"]
    assert isinstance(server, EveServer)
    monkeypatch.setenv(PASSWORD, server.state.accounts["admin"].password)
