"""The door behind the scenes: an estate is changed and broken while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from skyforge_tui.demo.program import OpenEstate, Options, open_estate


@pytest.fixture
async def estate() -> AsyncIterator[OpenEstate]:
    """Return an open estate."""
    async with open_estate(Options(servers={"semaphore": {"past_runs": 5}})) as opened:
        yield opened


@pytest.fixture
async def door(estate: OpenEstate) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of its controls."""
    async with httpx.AsyncClient(base_url=estate.control.url, trust_env=False) as client:
        yield client


async def test_everything_is_turned(estate: OpenEstate, door: httpx.AsyncClient) -> None:
    """Habits, troubles and the clock's speed are set, and seen where they work."""
    semaphore = estate.servers["semaphore"]
    api = f"{semaphore.url}/api"

    async def do(method: str, path: str, body: Any = None) -> Any:
        response = await door.request(method, path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    await do("PATCH", "/semaphore/habits", {"version": "2.9", "queue_s": 0.1})
    headers = {"authorization": f"Bearer {semaphore.credentials()['owner']['token']}"}
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        assert (await client.get(f"{api}/info")).json()["version"].startswith("2.9.")
        await do("POST", "/semaphore/troubles", {"kind": "status", "path": "*/user", "status": 502})
        assert (await client.get(f"{api}/user")).status_code == 502
        await do("DELETE", "/semaphore/troubles")
        assert (await client.get(f"{api}/user")).status_code == 200
        port = semaphore.url
        assert (await do("POST", "/semaphore/restart"))["url"] == port
        assert (await client.get(f"{api}/user")).status_code == 200
        await client.post(f"{api}/auth/login", json={"auth": "emma", "password": "emma-pass"})
    assert (await do("POST", "/semaphore/expire")) == {"sessions": 1}
    assert (await do("PATCH", "/clock", {"speed": 50}))["speed"] == 50
    assert (await do("POST", "/semaphore/cut"))["connections"] >= 0
    told = (await do("GET", estate.control.url))["semaphore"]
    assert told["habits"]["version"].startswith("2.9.")
    assert told["troubles"] == []
    assert told["runs"] >= 5


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("PATCH", "/semaphore/habits", {"mood": 1}, "mood"),
        ("PATCH", "/semaphore/habits", {"queue_s": "soon", "version": "2.9"}, "queue_s"),
        ("PATCH", "/semaphore/habits", {"version": "1"}, "no version"),
        ("PATCH", "/semaphore/habits", [1], "object"),
        ("POST", "/semaphore/troubles", {"kind": "sadness"}, "latency"),
        ("POST", "/semaphore/troubles", {"kind": "cut", "over": 1}, "over"),
        ("POST", "/nobody/cut", {}, "semaphore"),
        ("PATCH", "/clock", {"speed": 0}, "speed"),
    ],
)
async def test_mistakes_are_named(
    estate: OpenEstate, door: httpx.AsyncClient, method: str, path: str, body: Any, said: str
) -> None:
    """What cannot be turned is said, and nothing of it is."""
    before = (await door.get("/")).json()["semaphore"]["habits"]
    response = await door.request(method, path, json=body)
    assert response.status_code in (400, 404)
    assert said in response.json()["error"]
    assert (await door.get("/")).json()["semaphore"]["habits"] == before


async def test_nobody_finds_the_door(estate: OpenEstate) -> None:
    """Without its word the door is not there."""
    root = estate.control.url.rpartition("/")[0]
    async with httpx.AsyncClient(base_url=root, trust_env=False) as client:
        for path in ("/", "/semaphore/cut", "/clock"):
            assert (await client.post(path)).status_code == 404
