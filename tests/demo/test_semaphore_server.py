"""The pretend Semaphore as a client meets it."""

from __future__ import annotations

import json

import httpx
import httpx_ws

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from tests.estates import served_semaphore


def client_of(server: SemaphoreServer, username: str = "admin") -> httpx.AsyncClient:
    """Return a client that is signed in by token."""
    return httpx.AsyncClient(
        base_url=f"{server.url}/api",
        headers={"authorization": f"Bearer {server.token(username)}"},
        trust_env=False,
    )


async def test_run_lives() -> None:
    """A run that is started goes its way on the estate's clock, told over the socket."""
    async with served_semaphore("2.10", database="bolt") as server, client_of(server) as client:
        clock = server.estate.clock
        assert isinstance(clock, HandClock)
        async with httpx_ws.aconnect_ws(f"{server.url}/api/ws", client) as socket:
            started = await client.post("/project/1/tasks", json={"template_id": 1})
            assert started.status_code == 201
            number = started.json()["id"]
            await clock.advance(60)
            frames = []
            while not frames or frames[-1].get("end") is None:
                frames.append(json.loads(await socket.receive_text()))
        statuses = [one["status"] for one in frames if one["type"] == "update"]
        assert statuses == ["waiting", "starting", "running", "success", "success"]
        rows = (await client.get(f"/project/1/tasks/{number}/output")).json()
        told = [(one["time"], one["output"]) for one in frames if one["type"] == "log"]
        assert [(one["time"], one["output"]) for one in rows] == told
