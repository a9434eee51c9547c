"""What goes wrong on purpose, as a client meets it."""

from __future__ import annotations

import asyncio
import json
import socket
from functools import partial

import httpx
import httpx_ws
import pytest

from skyforge_tui.demo.chaos import Chaos, Kind, Trouble
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from tests.estates import client_of, clock_of, ears_of, served_semaphore, soon, started

BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)


async def test_refusals(semaphore_estate: SemaphoreServer) -> None:
    """Statuses, pages and redirects come instead of the answer, as often as was said."""
    chaos = semaphore_estate.chaos
    async with client_of(semaphore_estate) as client:
        chaos.add(Trouble(Kind.STATUS, "/api/user", times=1, status=503,
                          headers={"Retry-After": "7"}))  # fmt: skip
        response = await client.get("/user")
        assert (response.status_code, response.headers["retry-after"]) == (503, "7")
        assert (await client.get("/user")).status_code == 200
        page = chaos.add(Trouble(Kind.HTML))
        response = await client.get("/user")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html"
        chaos.remove(page)
        chaos.add(Trouble(Kind.REDIRECT, location="/login"))
        response = await client.get("/user")
        assert (response.status_code, response.headers["location"]) == (302, "/login")
        chaos.calm()
        assert (await client.get("/user")).status_code == 200


async def test_cut_before_and_after(semaphore_estate: SemaphoreServer) -> None:
    """A request that is cut was not carried out; one whose answer is lost was."""
    async with client_of(semaphore_estate) as client:
        for kind, runs in ((Kind.CUT, 0), (Kind.LOST_ANSWER, 1)):
            semaphore_estate.chaos.add(Trouble(kind, "*/tasks", "POST", times=1))
            with pytest.raises(BROKEN):
                await started(client)
            assert len((await client.get("/project/1/tasks")).json()) == runs


async def test_half_an_answer(semaphore_estate: SemaphoreServer) -> None:
    """Half of a body is half of what was promised, and then nothing."""
    async with client_of(semaphore_estate) as client:
        whole = (await client.get("/project/1/templates")).content
        semaphore_estate.chaos.add(Trouble(Kind.HALF, times=1))
        async with client.stream("GET", "/project/1/templates") as response:
            assert int(response.headers["content-length"]) == len(whole)
            with pytest.raises(httpx.RemoteProtocolError):
                await response.aread()
            assert response.num_bytes_downloaded == len(whole) // 2


def has_hit(trouble: Trouble) -> bool:
    """Say whether a request has met it."""
    return trouble.hits > 0


async def test_slow_answers(semaphore_estate: SemaphoreServer) -> None:
    """Late and dribbling answers come on the estate's clock, and are whole."""
    clock = clock_of(semaphore_estate)
    async with client_of(semaphore_estate) as client:
        whole = (await client.get("/project/1/templates")).content
        for kind in (Kind.LATENCY, Kind.DRIBBLE):
            trouble = semaphore_estate.chaos.add(Trouble(kind, seconds=600))
            asked = asyncio.create_task(client.get("/project/1/templates"))
            await soon(partial(has_hit, trouble))
            while not asked.done():
                await clock.advance(600)
            assert (await asked).content == whole
            semaphore_estate.chaos.remove(trouble)


async def test_hanging(semaphore_estate: SemaphoreServer) -> None:
    """A request that hangs is answered when the trouble is taken away."""
    async with client_of(semaphore_estate) as client:
        trouble = semaphore_estate.chaos.add(Trouble(Kind.HANG))
        asked = asyncio.create_task(client.get("/user"))
        await soon(lambda: trouble.hits > 0)
        assert not asked.done()
        semaphore_estate.chaos.calm()
        assert (await asked).status_code == 200


async def test_hanging_ends_with_the_server() -> None:
    """A server closes although requests hang in it."""
    async with served_semaphore() as server, client_of(server) as client:
        trouble = server.chaos.add(Trouble(Kind.HANG))
        asked = asyncio.create_task(client.get("/user"))
        await soon(lambda: trouble.hits > 0)
        await server.close()
        with pytest.raises(BROKEN):
            await asked


async def test_no_upgrade(semaphore_estate: SemaphoreServer) -> None:
    """A proxy that knows no WebSockets refuses them and lets everything else pass."""
    semaphore_estate.chaos.add(Trouble(Kind.NO_UPGRADE, status=400))
    async with client_of(semaphore_estate) as client:
        with pytest.raises(httpx_ws.WebSocketUpgradeError) as refused:
            async with ears_of(semaphore_estate, client):
                pass
        assert refused.value.response.status_code == 400
        assert (await client.get("/user")).status_code == 200


async def test_cut_sockets(semaphore_estate: SemaphoreServer) -> None:
    """Sockets can be cut alone; requests go on over their own connections."""
    async with (
        client_of(semaphore_estate) as client,
        ears_of(semaphore_estate, client) as ears,
    ):
        await client.get("/user")
        assert semaphore_estate.cut(websockets_only=True) == 1
        with pytest.raises(httpx_ws.WebSocketNetworkError):
            await ears.receive_text()
        assert semaphore_estate.listener.connections == 1
        assert (await client.get("/user")).status_code == 200
        assert semaphore_estate.listener.connections == 1


async def test_slow_reader_is_dropped() -> None:
    """Who does not read is dropped, and others hear everything."""
    async with served_semaphore(socket_buffer=4) as server, client_of(server) as client:
        url = httpx.URL(server.url)
        deaf = socket.create_connection((url.host, url.port))
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(
            b"GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            b"Authorization: Bearer " + server.token("admin").encode() + b"\r\n\r\n"
        )
        await soon(lambda: server.feed.audience > 0)
        async with ears_of(server, client) as ears:
            heard = 0
            while server.feed.audience > 1:
                server.feed.publish({1}, {"type": "log", "output": "x" * 4000})
                await ears.receive_text()
                heard += 1
            server.feed.publish({1}, {"type": "last"})
            assert json.loads(await ears.receive_text()) == {"type": "last"}
        assert heard > 4
        deaf.close()


@pytest.mark.parametrize(("share", "hits"), [(1.0, 12), (0.5, 6), (0.25, 3), (0.0, 0)])
def test_share(share: float, hits: int) -> None:
    """A share of the requests is hit, evenly, and only where path and method fit."""
    chaos = Chaos()
    trouble = chaos.add(Trouble(Kind.CUT, "/api/a*", "GET", share=share))
    for _ in range(12):
        chaos.striking("GET", "/api/abc")
        chaos.striking("POST", "/api/abc")
        chaos.striking("GET", "/api/b")
    assert (trouble.seen, trouble.hits) == (12, hits)


async def test_clock_skew() -> None:
    """The server's `Date` may be off by as much as one likes."""
    async with served_semaphore(clock_skew_s=-90) as server, client_of(server) as client:
        assert (await client.get("/ping")).headers["date"] == "Mon, 02 Mar 2026 08:58:30 GMT"
