"""Labs of an EVE-NG that only SSH leads to: what files tell, and nothing that they do not."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.ports.lab_actions import why_not
from skyforge_tui.providers.labs.eve.by_ssh import EveFileLabs
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from tests.eves import served_eve
from tests.fakes.clock import FakeClock
from tests.integrations.eve.test_session import a_client
from tests.ssh_servers import Home, Server

HOSTILE = ("$(touch owned)", "a\nb", "[red]x", "--help", "`id`", "né w")


@pytest.fixture
async def labs(tmp_path: Path) -> AsyncIterator[EveFileLabs]:
    """Return the labs of a host: two in folders, one of which seems to run."""
    home = Home(tmp_path)
    kept, running = tmp_path / "labs" / "team one", tmp_path / "tmp" / "0" / "1234"
    kept.mkdir(parents=True)
    running.mkdir(parents=True)
    for path in (kept / "demo.unl", kept.parent / "bgp.unl", running / "demo.unl", kept / "x.txt"):
        path.write_text("<lab/>")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    async with Server(tmp_path, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        host = SshHost(home.access(server.port), Nobody())
        yield EveFileLabs(
            host, FakeClock(), upstream="eve-1", labs=str(tmp_path / "labs"),
            running=str(tmp_path / "tmp"),
        )  # fmt: skip
        await host.aclose()


async def test_what_files_tell(labs: EveFileLabs) -> None:
    """Each file is a lab with folder and age; one that lies among what runs runs, others may."""
    listing = await labs.list_for_user()
    (source,) = listing.sources
    assert (source.mode, source.transport) == (UpstreamState.LIVE, "ssh")
    found = {one.id: one for one in listing.labs}
    assert set(found) == {"eve-1:/bgp.unl", "eve-1:/team one/demo.unl"}
    demo, bgp = found[LabId("eve-1:/team one/demo.unl")], found[LabId("eve-1:/bgp.unl")]
    assert (demo.name, demo.folder, demo.state) == ("demo", "/team one", LabState.RUNNING)
    assert (bgp.state, bgp.scope, bgp.nodes_total) == (LabState.UNKNOWN, "its file alone", None)
    assert demo.updated_at is not None
    assert demo.updated_at.timestamp() == 1_700_000_000
    assert (await labs.list_running()).labs == (demo,)
    assert (await labs.get_metadata(bgp.id))["path"] == "/bgp.unl"
    assert "set its url" in (await labs.detail(bgp.id)).missing[0]
    assert why_not(labs, LabAction.START) == "eve cannot start labs"
    with pytest.raises(NotFound):
        await labs.detail(LabId("eve-1:/nowhere.unl"))


async def test_hostile_names_of_files(labs: EveFileLabs, tmp_path: Path) -> None:
    """Whatever files are called, nothing of it is run there, and each is told as it is called."""
    for name in HOSTILE:
        (tmp_path / "labs" / f"{name}.unl").touch()
    names = {one.name for one in (await labs.list_for_user()).labs}
    assert names == {*HOSTILE, "demo", "bgp"}
    assert not [one for one in os.listdir(tmp_path) if one.startswith("owned")]  # noqa: PTH208


async def test_a_folder_that_is_not_there(labs: EveFileLabs, tmp_path: Path) -> None:
    """Without its folder a server is an error that names it, and no labs are invented."""
    (tmp_path / "labs").rename(tmp_path / "moved")
    listing = await labs.list_for_user()
    (source,) = listing.sources
    assert (listing.labs, source.mode) == ((), UpstreamState.ERROR)
    assert source.error == f"{tmp_path}/labs cannot be read there"
    with pytest.raises(Unavailable):
        await labs.list_metadata()


async def test_files_stand_in_for_a_silent_service(labs: EveFileLabs) -> None:
    """While the web service is silent, files tell of labs, and nothing can be done to them."""
    async with served_eve() as server, a_client(server) as client:
        provider = EveLabProvider(
            client, FakeClock(), upstream="eve-1", web_url=server.url, files=labs
        )
        (source,) = (await provider.list_for_user()).sources
        assert (source.transport, source.error) == ("http", "")
        assert why_not(provider, LabAction.START) == ""
        trouble = server.chaos.add(Trouble(Kind.CUT))
        listing = await provider.list_for_user()
        (source,) = listing.sources
        assert (source.mode, source.transport) == (UpstreamState.LIVE, "ssh")
        assert source.error.startswith("its web service is silent, so files tell:")
        assert {one.name: one.state for one in listing.labs} == {
            "demo": LabState.RUNNING, "bgp": LabState.UNKNOWN,
        }  # fmt: skip
        assert why_not(provider, LabAction.START).startswith("eve-1 does not answer:")
        server.chaos.remove(trouble)
        assert {one.name for one in (await provider.list_for_user()).labs} >= {"bgp-basics"}
        assert why_not(provider, LabAction.START) == ""
