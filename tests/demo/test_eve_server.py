"""The oddities of EVE-NG that clients stumble over are all there."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.eve.server import make_eve
from tests.eves import served_eve, signed_in

BGP = "/labs/bgp-basics.unl"


async def told(client: httpx.AsyncClient, path: str, status: int = 200) -> Any:
    """Return the data of a GET, or the whole refusal."""
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()["data"] if status == 200 else answer.json()


async def statuses(client: httpx.AsyncClient, lab: str) -> list[int]:
    """Return the status of each node."""
    return [one["status"] for one in (await told(client, f"{lab}/nodes")).values()]


async def test_one_session_per_account() -> None:
    """A second sign-in ends the first with a 412; a failed one too, and only `/auth` says 401."""
    async with served_eve() as server, signed_in(server) as first, signed_in(server) as second:
        assert (await told(first, "/folders/", 412))["status"] == "unauthorized"
        assert (await told(first, "/auth", 401))["status"] == "unauthorized"
        wrong = {"username": "admin", "password": "no", "html5": "-1"}
        assert (await first.post("/auth/login", json=wrong)).status_code == 400
        await told(second, "/folders/", 412)


async def test_sessions_slide() -> None:
    """A session lives for an hour after its last use."""
    clock = HandClock()
    async with served_eve(clock=clock) as server, signed_in(server) as client:
        for _ in range(3):
            await clock.advance(3000)
            await told(client, "/folders/")
        await clock.advance(3700)
        await told(client, "/folders/", 412)


async def test_html5_is_kept_per_account() -> None:
    """Only 1 stands for consoles in the browser; the choice of a sign-in holds for the account."""
    async with served_eve() as server, signed_in(server, html5=-1) as client:
        url = (await told(client, f"{BGP}/nodes"))["1"]["url"]
        assert url.startswith("telnet://127.0.0.1:")
        async with signed_in(server, html5=1) as client:
            url = (await told(client, f"{BGP}/nodes"))["1"]["url"]
            assert url.startswith("/html5/#/client/")


async def test_empty_maps_are_lists() -> None:
    """A lab without nodes says `[]`; one with nodes says `{}`; interfaces are a list."""
    async with served_eve() as server, signed_in(server) as client:
        lab = "/labs/team/training/first-steps.unl"
        assert await told(client, f"{lab}/nodes") == []
        assert isinstance(await told(client, f"{BGP}/nodes"), dict)
        assert isinstance((await told(client, f"{BGP}/nodes/1/interfaces"))["ethernet"], list)


async def test_warnings_stand_before_the_answer() -> None:
    """Warnings of PHP come before the JSON where it is configured so."""
    async with served_eve(php_warnings=True) as server, signed_in(server) as client:
        text = (await client.get("/folders/")).text
        assert text.startswith("<br />\n<b>Warning</b>")
        assert '{"code":200' in text


async def test_starting_all_ends_at_the_first_failure() -> None:
    """Nodes before the broken one run, those after it do not, and the answer is a 400."""
    async with served_eve(broken_nodes="spoke1") as server, signed_in(server) as client:
        lab = "/labs/dmvpn-phase3.unl"
        assert (await told(client, f"{lab}/nodes/start", 400))["message"].endswith("(12).")
        assert await statuses(client, lab) == [2, 0, 0, 0]


async def test_starting_all_takes_its_time_and_blocks_edits() -> None:
    """While all start, edits of that lab fail after a while; nodes are locked until they boot."""
    clock = HandClock()
    async with served_eve(clock=clock, start_s=20, boot_s=5) as server, signed_in(server) as client:
        lab = "/labs/dmvpn-phase3.unl"
        starting = asyncio.ensure_future(client.get(f"{lab}/nodes/start"))
        await asyncio.sleep(0)
        while server.state.asked["GET …/nodes/start"] == 0:  # noqa: ASYNC110
            await asyncio.sleep(0)
        edit = asyncio.ensure_future(client.put(f"{lab}/Lock"))
        while server.state.asked["PUT …/Lock"] == 0:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await clock.advance(26)
        assert "60061" in (await edit).text
        await clock.advance(55)
        assert (await starting).status_code == 200
        assert await statuses(client, lab) == [2, 2, 2, 3]
        await clock.advance(6)
        assert await statuses(client, lab) == [2, 2, 2, 2]


@pytest.mark.parametrize(("edition", "seen"), [("community", [2, 0, 0, 0]), ("pro", [0, 0, 0, 0])])
async def test_nodes_run_that_do_not(edition: str, seen: list[int]) -> None:
    """Before Pro, node 1 of every lab seems to run when node 1 of one does; in one's own pod."""
    async with served_eve(edition=edition) as server, signed_in(server) as client:
        assert (await client.get(f"{BGP}/nodes/1/start")).status_code == 200
        assert await statuses(client, "/labs/dmvpn-phase3.unl") == seen
        async with signed_in(server, "mika") as other:
            assert await statuses(other, BGP) == [0, 0, 0]


async def test_success_that_is_none() -> None:
    """A missing configuration is a failure with status 200, a node too many one with 201."""
    async with served_eve() as server, signed_in(server) as client:
        answer = await client.get(f"{BGP}/configs/1")
        assert (answer.status_code, answer.json()["status"]) == (200, "fail")
        lab = server.state.labs["/bgp-basics.unl"]
        lab.nodes[127] = lab.nodes[1]
        answer = await client.post(f"{BGP}/nodes", json={"type": "vpcs", "name": "x"})
        assert (answer.status_code, answer.json()["data"]) == (201, {"id": 128})
        assert "(20046)" in answer.text


async def test_looking_changes_something() -> None:
    """To list a folder moves the browser of the account, to ask for a topology opens the lab."""
    async with served_eve() as server, signed_in(server) as client:
        await told(client, "/folders/team")
        await told(client, f"{BGP}/topology")
        who = await told(client, "/auth")
        assert (who["folder"], who["lab"]) == ("/team", "/bgp-basics.unl")


async def test_paths_that_the_router_does_not_take() -> None:
    """Dots and umlauts in names are no request at all; a user may not edit."""
    async with served_eve() as server, signed_in(server, "gus") as client:
        assert "60027" in (await told(client, "/labs/b%C3%A4r.unl", 400))["message"]
        assert "60000" in (await told(client, "/labs/nope.unl", 404))["message"]
        answer = await client.put(f"{BGP}/Lock")
        assert (answer.status_code, answer.json()["status"]) == (401, "forbidden")
        assert "60038" in (await told(client, "/runninglabs", 404))["message"]


def test_options_are_checked() -> None:
    """A habit that is none is named, with those there are."""
    server = make_eve(_estate(), edition="pro", more_labs="3")
    assert len(server.state.labs) == 10
    with pytest.raises(ValueError, match=r"'colour' is none of .*boot_s"):
        make_eve(_estate(), colour="red")


def _estate() -> Any:
    from skyforge_tui.demo.company import make_estate

    return make_estate()
