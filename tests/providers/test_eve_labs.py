"""Labs of an EVE-NG: each thing that clients stumble over there, by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.clock import SECOND, HandClock
from skyforge_tui.demo.servers.eve.furnishing import add_lab
from skyforge_tui.demo.servers.eve.server import EveServer, Stock
from skyforge_tui.demo.servers.eve.things import Lab, Node, Run
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState, NodeState
from skyforge_tui.domain.lab_action import LabProgress, NewLab
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from skyforge_tui.providers.labs.eve.trouble import translate
from tests.eves import served_eve
from tests.integrations.eve.test_session import a_client

BGP = LabId("eve-1:/bgp-basics.unl")
DMVPN = LabId("eve-1:/dmvpn-phase3.unl")


class EstateTime:
    """The program's clock, by which the server's time passes too while something is waited for."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the server's time."""
        return datetime.fromtimestamp(self._clock.now() / SECOND, UTC)

    async def sleep(self, seconds: float) -> None:
        """Let it pass."""
        await self._clock.advance(seconds)


@asynccontextmanager
async def a_server(
    username: str = "admin", upstream: str = "eve-1", stock: Stock | None = None, **habits: Any
) -> AsyncIterator[tuple[EveServer, EveLabProvider]]:
    """Give a server, and its labs as an account sees them."""
    clock = HandClock()
    async with (
        served_eve(clock=clock, stock=stock, **habits) as server,
        a_client(server, username=username) as client,
    ):
        time = EstateTime(clock)
        yield server, EveLabProvider(client, time, upstream=upstream, web_url=server.url)


def runs(server: EveServer, lab: str, count: int, username: str = "admin") -> Lab:
    """Have the first nodes of a lab run in an account's pod."""
    found = server.state.labs[lab]
    for node in list(found.nodes.values())[:count]:
        server.state.runs[server.state.accounts[username].tenant, found.id, node.id] = Run(0)
    return found


async def states(provider: EveLabProvider) -> dict[str, tuple[LabState, int | None]]:
    """Return how the labs are, by path."""
    listing = await provider.list_for_user()
    return {one.id.partition(":")[2]: (one.state, one.nodes_up) for one in listing.labs}


async def test_how_often_a_server_is_asked() -> None:
    """Fifty labs cost one sign-in; two requests a lab, and next to none while nothing runs."""
    async with a_server(stock=Stock(more_labs=43)) as (server, provider):
        server.state.runs.clear()
        labs, folders, asked = len(server.state.labs), len(server.state.folders), server.state.asked
        assert labs == 50
        assert len((await provider.list_for_user()).labs) == labs
        one_look = {
            "POST /auth/login": 1, "GET /auth": 1, "GET /status": 1, "GET /folders": 1,
            "GET /folders/{path}": folders - 1, "GET …": labs, "GET …/nodes": labs,
        }  # fmt: skip
        assert dict(asked) == one_look
        asked.clear()
        await provider.list_for_user()
        assert (asked["GET …"], asked["GET …/nodes"], asked["POST /auth/login"]) == (0, 0, 0)
        runs(server, "/bgp-basics.unl", 1)
        asked.clear()
        await provider.list_for_user()
        assert (asked["GET …"], asked["GET …/nodes"]) == (0, labs)


async def test_pro_tells_what_runs() -> None:
    """Where the server tells what runs, only those labs are looked into again."""
    async with a_server("olga", edition="pro", stock=Stock(more_labs=43)) as (server, provider):
        await provider.list_for_user()
        server.state.asked.clear()
        assert (await states(provider))["/bgp-basics.unl"] == (LabState.RUNNING, 3)
        assert server.state.asked["GET …/nodes"] == 1


async def test_phantom_running_labs() -> None:
    """Labs that only seem to run, because another's node has their number, are not said to run."""
    async with a_server() as (server, provider):
        runs(server, "/bgp-basics.unl", 3)
        seen = await states(provider)
        assert {one for one, _ in seen.values()} == {LabState.UNKNOWN, LabState.STOPPED}
        assert seen["/team/training/first-steps.unl"] == (LabState.STOPPED, 0)  # it has no nodes
        server.state.accounts["admin"].lab = "/bgp-basics.unl"  # the one its browser has open
        seen = await states(provider)
        assert seen["/bgp-basics.unl"] == (LabState.RUNNING, 3)
        assert seen["/dmvpn-phase3.unl"] == (LabState.UNKNOWN, None)
        (note,) = {one.note for one in (await provider.list_for_user()).labs
                   if one.name == "dmvpn-phase3"}  # fmt: skip
        assert note.startswith("it runs, or bgp-basics")
        nodes = (await provider.detail(DMVPN)).nodes
        assert [one.state for one in nodes] == [NodeState.UNKNOWN] * 3 + [NodeState.STOPPED]
    async with a_server(edition="pro") as (server, provider):
        runs(server, "/bgp-basics.unl", 3)
        running = {path for path, (state, _) in (await states(provider)).items()
                   if state is LabState.RUNNING}  # fmt: skip
        assert running == {"/bgp-basics.unl"}


async def test_states_are_those_of_ones_own_pod() -> None:
    """What others run of a lab is not told; the lab says through whose eyes it is seen."""
    async with a_server("mika") as (_, provider):
        (lab,) = (one for one in (await provider.list_for_user()).labs if one.id == BGP)
        assert (lab.state, lab.scope, lab.owner) == (LabState.STOPPED, "this account's pod", "olga")
        assert "this account's pod" in (await provider.detail(BGP)).missing[0]


async def test_who_else_runs_it() -> None:
    """Pro tells who else runs a lab, and on which member of a cluster; one's own state stands."""
    async with a_server("mika", edition="pro", cluster="main,sat-1") as (server, provider):
        runs(server, "/bgp-basics.unl", 2, "rosa")
        runs(server, "/dmvpn-phase3.unl", 4, "mika")
        listing = await provider.list_for_user()
        notes = {one.name: (one.state, one.note) for one in listing.labs}
        assert notes["bgp-basics"] == (
            LabState.STOPPED, "olga, rosa run it in another pod",
        )  # fmt: skip
        assert notes["dmvpn-phase3"] == (LabState.RUNNING, "")
        (source,) = listing.sources
        assert source.server is not None
        assert dict(source.server.pods) == {"olga": 1, "rosa": 1, "mika": 1}
        assert sum(dict(source.server.members).values()) == 3
        assert set(dict(source.server.members)) <= {"main", "sat-1"}


async def test_looking_opens_nothing() -> None:
    """Lists and pages never ask for what would open a lab in the account's browser."""
    async with a_server() as (server, provider):
        await provider.list_for_user()
        detail = await provider.detail(DMVPN)
        assert [[end.node for end in one.ends] for one in detail.links] == [
            ["hub", "spoke1"], ["spoke1", "spoke2"], ["spoke2", "spoke3"],
        ]  # fmt: skip
        assert server.state.accounts["admin"].lab is None
        assert [one for one in server.state.asked if "topology" in one or "start" in one] == []
        asked = server.state.asked["GET …/nodes/{node}/interfaces"]
        await provider.detail(DMVPN)
        assert server.state.asked["GET …/nodes/{node}/interfaces"] == asked == 4
        assert "hub" in await provider.graph(DMVPN)  # somebody asked for it
        assert server.state.accounts["admin"].lab == "/dmvpn-phase3.unl"


async def test_a_start_is_seen_node_by_node() -> None:
    """A slow start tells how far it is, and is over when every node runs."""
    async with a_server(boot_s=8) as (server, provider):
        told: list[LabProgress] = []
        await provider.start(DMVPN, told.append)
        texts = list(dict.fromkeys(one.text for one in told))
        assert texts[0] == "0 of 4 started"
        assert texts[-2:] == ["0 of 4 run", "4 of 4 run"]
        assert server.state.asked["GET …/nodes/{node}/start"] == 4
        assert server.state.asked["GET …/nodes/start"] == 0
        assert (await states(provider))["/dmvpn-phase3.unl"] == (LabState.RUNNING, 4)
        assert server.state.asked["POST /auth/login"] == 1


async def test_a_start_that_fails_in_part() -> None:
    """A node that does not start is named with why; those after it run nevertheless."""
    async with a_server(broken_nodes="spoke1") as (_, provider):
        with pytest.raises(
            Unavailable, match=r"1 of 4 nodes failed to start: spoke1 \(Failed to st"
        ):
            await provider.start(DMVPN, lambda _: None)
        nodes = (await provider.detail(DMVPN)).nodes
        assert [one.state for one in nodes] == [
            NodeState.UP, NodeState.STOPPED, NodeState.UP, NodeState.UP,
        ]  # fmt: skip


async def test_a_start_whose_answer_is_lost() -> None:
    """Where no answer comes to a start, the node is looked at, not started again."""
    async with a_server() as (server, provider):
        await provider.list_for_user()
        server.chaos.add(Trouble(Kind.LOST_ANSWER, "*/start"))
        await provider.start(DMVPN, lambda _: None)
        assert server.state.asked["GET …/nodes/{node}/start"] == 4
        assert (await states(provider))["/dmvpn-phase3.unl"][1] == 4


async def test_nodes_that_never_boot() -> None:
    """A start gives up after long without any change, and names what is still to come."""
    async with a_server(boot_s=1e6) as (_, provider):
        with pytest.raises(Unavailable, match=r"hub \(it does not run yet\), spoke1"):
            await provider.start(DMVPN, lambda _: None)
        assert (await states(provider))["/dmvpn-phase3.unl"][0] is LabState.STARTING


@pytest.mark.parametrize("edition", ["community", "pro"])
async def test_a_stop(edition: str) -> None:
    """Stopping ends when nothing runs; Pro is told how to stop."""
    async with a_server(edition=edition) as (server, provider):
        await provider.list_for_user()
        runs(server, "/dmvpn-phase3.unl", 4)
        await provider.stop(DMVPN, lambda _: None)
        assert (await states(provider))["/dmvpn-phase3.unl"] == (LabState.STOPPED, 0)
        with_mode = server.state.asked["GET …/nodes/{node}/stop/stopmode=3"]
        assert with_mode == (4 if edition == "pro" else 0)


async def test_wiping_what_runs() -> None:
    """A lab that runs is not wiped; a stopped one is."""
    async with a_server(edition="pro") as (server, provider):
        await provider.list_for_user()
        runs(server, "/dmvpn-phase3.unl", 1)
        with pytest.raises(Conflict, match="1 of its nodes run"):
            await provider.wipe(DMVPN, lambda _: None)
        await provider.stop(DMVPN, lambda _: None)
        await provider.wipe(DMVPN, lambda _: None)
        assert server.state.asked["GET …/nodes/{node}/wipe"] == 4


async def test_configurations_are_kept_one_by_one() -> None:
    """Kinds of nodes that keep no configuration are named; the others' are kept."""
    async with a_server(edition="pro") as (server, provider):
        runs(server, "/team/qos-lab.unl", 5)
        lab = LabId("eve-1:/team/qos-lab.unl")
        with pytest.raises(Unavailable, match=r"1 of 5 nodes failed to save: gen"):
            await provider.save(lab, lambda _: None)
        kept = [one.has_config for one in (await provider.detail(lab)).nodes]
        assert kept == [True, True, True, True, False]
        await provider.lock(lab, is_locked=True)
        asked = server.state.asked["PUT …/nodes/{node}/export"]
        with pytest.raises(Conflict, match="it is locked"):
            await provider.save(lab, lambda _: None)
        assert server.state.asked["PUT …/nodes/{node}/export"] == asked


async def test_single_nodes() -> None:
    """One node is started and stopped by its name; a name that several have is none."""
    async with a_server(edition="pro", boot_s=4) as (server, provider):
        await provider.start_node(DMVPN, "spoke2")
        assert (await states(provider))["/dmvpn-phase3.unl"] == (LabState.RUNNING, 1)
        await provider.stop_node(DMVPN, "spoke2")
        assert (await states(provider))["/dmvpn-phase3.unl"] == (LabState.STOPPED, 0)
        server.state.labs["/dmvpn-phase3.unl"].nodes[1].name = "spoke2"
        with pytest.raises(NotFound, match="several nodes are called spoke2"):
            await provider.start_node(DMVPN, "spoke2")


async def test_making_locking_and_taking_along() -> None:
    """A lab is made, locked, exported; one that exists or cannot be called so is refused."""
    async with a_server() as (_, provider):
        await provider.list_for_user()
        made = await provider.create(NewLab("fresh one", "/team", "to try"))
        assert made == "eve-1:/team/fresh one.unl"
        with pytest.raises(Conflict, match="Lab already exists"):
            await provider.create(NewLab("fresh one", "/team"))
        for name in ("../x", "a.b", "", "$(reboot)"):
            with pytest.raises(Invalid):
                await provider.create(NewLab(name))
        with pytest.raises(Conflict, match="no nodes"):  # and does not end well, and stay stopped
            await provider.start(made, lambda _: None)
        await provider.lock(made, is_locked=True)
        assert (await provider.detail(made)).lab.is_locked
        exported = await provider.export(made)
        assert (exported.name, exported.content[:2]) == ("fresh one.zip", b"PK")
        assert (await provider.server()).version == "6.2.0-4"


async def test_what_an_account_may() -> None:
    """The role at the server decides: a user runs labs, and changes none."""
    async with a_server("gus") as (_, provider):
        (source,) = (await provider.list_for_user()).sources
        assert source.grant is not None
        assert (source.grant.user, source.grant.word) == ("gus", "user")
        assert {str(one) for one in source.grant.permits} == {"lab:start", "lab:stop", "lab:wipe"}
        with pytest.raises(Forbidden):
            await provider.lock(BGP, is_locked=True)


async def test_one_damaged_lab() -> None:
    """A lab that the server cannot read is unknown with its words; the others are as they are."""
    async with a_server() as (server, provider):
        broken = '{"code":400,"status":"fail","message":"String could not be parsed as XML"}'
        server.chaos.add(Trouble(Kind.STATUS, "*/dmvpn-phase3.unl", status=400, body=broken))
        labs = {one.id: one for one in (await provider.list_for_user()).labs}
        assert len(labs) == 7
        assert (labs[DMVPN].state, labs[DMVPN].note) == (
            LabState.UNKNOWN, "String could not be parsed as XML",
        )  # fmt: skip


async def test_a_folder_that_closes() -> None:
    """Labs of a folder that cannot be read this time are not taken for gone."""
    async with a_server() as (server, provider):
        await provider.list_for_user()
        server.chaos.add(Trouble(Kind.STATUS, "/api/folders/team", status=403))
        listing = await provider.list_for_user()
        assert len(listing.labs) == 3
        assert listing.unreadable == {
            f"eve-1:{path}" for path in server.state.labs if path.startswith("/team/")
        }
        assert "1 folders cannot be asked for" in listing.sources[0].error


async def test_half_a_list_is_none() -> None:
    """When the server breaks off in the middle, nothing is told of its labs."""
    async with a_server() as (server, provider):
        server.chaos.add(Trouble(Kind.CUT, "*/scratch.unl*"))
        listing = await provider.list_for_user()
        assert (listing.labs, listing.sources[0].mode) == ((), UpstreamState.ERROR)


async def test_a_host_without_figures() -> None:
    """Where the host does not tell its figures, its labs are there, and that is said."""
    async with a_server(status_works=False, php_warnings=True) as (_, provider):
        listing = await provider.list_for_user()
        assert len(listing.labs) == 7
        server = listing.sources[0].server
        assert server is not None
        assert server.note == "the host does not tell its figures"


async def test_hostile_names_and_sizes() -> None:
    """Names of any kind are kept as they are and never asked for; ten thousand nodes are told."""
    async with a_server() as (server, provider):
        names = ("$(reboot)", "[red]x", "a\x1b[2Jb", "bär")
        for name in names:
            add_lab(server.state, "/", name, "mika", ("n1",))
        server.state.labs["/bgp-basics.unl"].nodes = {
            number: Node(number, f"$(reboot){number}", ethernet=0) for number in range(1, 10_001)
        }
        labs = {one.name: one for one in (await provider.list_for_user()).labs}
        assert set(names) <= labs.keys()
        assert {labs[one].state for one in names} == {LabState.UNKNOWN}
        assert labs["bgp-basics"].nodes_total == 10_000
        assert not any("reboot" in one for one in server.state.asked)
        detail = await provider.detail(BGP)
        assert detail.missing[0] == "links: not asked for, as it has 10,000 nodes"
        assert detail.nodes[9].name == "$(reboot)10"


async def test_consoles_that_lead_to_files() -> None:
    """A console whose address is a file of this machine is refused; a real one is told."""
    async with a_server() as (server, provider):
        found = await provider.console(BGP, "r1")
        assert (found.scheme, found.host) == ("telnet", "127.0.0.1")
        server.state.labs["/bgp-basics.unl"].nodes[1].console = "file:///etc/passwd?"
        with pytest.raises(Invalid):
            await provider.console(BGP, "r1")


async def test_a_session_that_others_take() -> None:
    """While somebody else uses the account, its labs stay as known, and it is said what to do."""
    from tests.eves import signed_in

    async with a_server() as (server, provider):
        await provider.list_for_user()
        async with signed_in(server):
            (source,) = (await provider.list_for_user()).sources
        assert source.mode is UpstreamState.ERROR
        assert "an account of its own" in source.error
        assert source.advice == "run: skyforge connect eve --name eve-1 --user ANOTHER"


def test_a_session_that_ended_as_soon_as_it_began() -> None:
    """Who is thrown out again at once hears by whom, and what helps; not what PHP calls it."""
    error = translate(HttpError("invalid", "timed out (90001)", status=412), "eve-1", "lab.start")
    assert isinstance(error, Unavailable)
    assert "somebody signed in there as the same account" in error.message
    assert error.advice == "run: skyforge connect eve --name eve-1 --user ANOTHER"
