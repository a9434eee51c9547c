"""The pretend Semaphore against a conversation that was recorded from a real one.

`recorded/semaphore-2.10-bolt.jsonl` holds one line for each request (with what was sent, and the
status, type and shape of the answer) and each frame of the socket, in their order; the server was
Semaphore of October 2024 on BoltDB. Shapes name types instead of values.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import httpx_ws
import pytest

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from tests.estates import ears_of, served_semaphore

RECORDED = Path(__file__).parent / "recorded" / "semaphore-2.10-bolt.jsonl"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_HOST = re.compile(r"\bh[12]\b")
_KEYS = {
    "log": {"type", "output", "time", "task_id", "project_id"},
    "update": {
        "type", "start", "end", "status", "task_id", "template_id", "project_id", "version",
    },
}  # fmt: skip
"""What every recorded frame of a type held."""
_LATE = {"start", "end"}
"""Null or a time, depending on how quickly one asks."""


def shape_of(value: Any, name: str = "") -> Any:
    """Return the types that JSON is made of; of a list, each kind of element once."""
    if name in _LATE and (value is None or _TIME.fullmatch(value)):
        return "time?"
    if isinstance(value, dict):
        return {key: shape_of(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return unique([shape_of(one) for one in value])
    if isinstance(value, str):
        return "time" if _TIME.fullmatch(value) else "text"
    return {type(None): "null", bool: "bool", int: "int"}[type(value)]


def unique(shapes: list[Any]) -> list[Any]:
    """Return each shape once."""
    return [one for place, one in enumerate(shapes) if one not in shapes[:place]]


def loosened(shape: Any) -> Any:
    """Return a recorded shape in which an end may have come by now, or not yet."""
    if isinstance(shape, dict):
        return {name: "time?" if name in _LATE else loosened(one) for name, one in shape.items()}
    return unique([loosened(one) for one in shape]) if isinstance(shape, list) else shape


class Replay:
    """Says what was said then, and compares the answers."""

    def __init__(self, server: SemaphoreServer, client: httpx.AsyncClient) -> None:
        self.server = server
        self.client = client
        self.names: dict[str, Any] = {"password": server.estate.people["admin"].password}
        self.socket: httpx_ws.AsyncWebSocketSession | None = None
        self.heard = 0
        self.task = 0
        self.wrong: list[Any] = []

    def named(self, value: Any) -> Any:
        """Put the ids of this server where others were recorded."""
        if isinstance(value, dict):
            return {name: self.named(one) for name, one in value.items()}
        if isinstance(value, str) and value[1:-1] in self.names:
            return self.names[value[1:-1]]
        return value

    async def ask(self, step: dict[str, Any]) -> None:
        """Send a recorded request and compare the answer."""
        method, path = step["ask"].split(" ", 1)
        path = re.sub(r"\{(\w+)\}", lambda found: str(self.names[found[1]]), path)
        if step.get("as") == "nobody":
            self.client.cookies.clear()
        sent = {"json": self.named(step["with"])} if "with" in step else {}
        response = await self.client.request(method, path, **sent)
        got: dict[str, Any] = {
            "status": response.status_code, "type": response.headers["content-type"],
        }  # fmt: skip
        if "set-cookie" in response.headers:
            got["sets"] = response.headers["set-cookie"].partition("=")[0]
        if response.text and response.headers["content-type"] == "application/json":
            got["shape"] = shape_of(response.json())
        elif response.text:
            got["text"] = response.text
        wanted = {name: one for name, one in step.items() if name not in ("ask", "with", "as")}
        if got != (wanted | {"shape": loosened(wanted["shape"])} if "shape" in wanted else wanted):
            self.wrong.append((step["ask"], wanted, got, response.text))
        if response.status_code == 201 and path == "/projects":
            self.names["project"] = response.json()["id"]
        if response.status_code == 201 and path.endswith("/tasks"):
            self.task = response.json()["id"]
            self.names[f"task{sum(name.startswith('task') for name in self.names) + 1}"] = self.task

    async def hear(self, step: dict[str, Any]) -> None:
        """Let the pretend world go on until the socket has something, and compare it."""
        while (frame := await self._frame())["task_id"] != self.task:
            pass
        if step["frame"] == "log":
            line = step["output"]
            for name, number in self.names.items():
                line = line.replace(f"{{{name}}}", str(number))
            wanted: object = _HOST.sub("h", line)
            got: object = _HOST.sub("h", frame["output"])
        else:
            times = ("null" if frame[name] is None else "time" for name in ("start", "end"))
            got, wanted = (frame["status"], *times), (step["status"], step["start"], step["end"])
        if (frame["type"], set(frame), got) != (step["frame"], _KEYS[step["frame"]], wanted):
            self.wrong.append((step, frame))

    async def _frame(self) -> dict[str, Any]:
        assert self.socket is not None
        clock, feed = self.server.estate.clock, self.server.feed
        assert isinstance(clock, HandClock)
        await clock.until(lambda: feed.published > self.heard)
        self.heard += 1
        frame: dict[str, Any] = json.loads(await self.socket.receive_text())
        return frame


@pytest.fixture
async def replay() -> AsyncIterator[Replay]:
    """Return what says it again, to a server like the recorded one."""
    async with (
        served_semaphore("2.10", database="bolt", stop_ends_as="error") as server,
        httpx.AsyncClient(base_url=f"{server.url}/api", trust_env=False) as client,
    ):
        yield Replay(server, client)


async def test_conversation(replay: Replay) -> None:
    """The recorded conversation goes as it went: statuses, types, shapes, empty bodies, frames."""
    steps = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    beginning = next(place for place, step in enumerate(steps) if step["ask"].endswith("/tasks"))
    for step in steps[:beginning]:
        await replay.ask(step)
    async with ears_of(replay.server, replay.client) as socket:
        replay.socket = socket
        for step in steps[beginning:]:
            await (replay.hear(step) if "frame" in step else replay.ask(step))
    assert replay.wrong == []
    assert len(steps) > 150
    assert replay.heard >= sum("frame" in step for step in steps)
