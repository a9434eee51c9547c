"""The pretend Semaphore as a client meets it: envelope, sign-in, things and who may touch them."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import httpx_ws
import pytest

from skyforge_tui.demo.servers.semaphore.app import NOUNS
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from tests.estates import client_of, clock_of, ears_of, served_semaphore, started

WRITES: list[tuple[str, str, Any, str]] = [
    ("POST", "/project/1/tasks", {"template_id": 1}, "task_runner"),
    ("POST", "/project/1/tasks/999/confirm", None, "task_runner"),
    ("POST", "/project/1/keys", {"name": "k", "project_id": 1}, "manager"),
    ("PUT", "/project/1/templates/1/description", {"description": "d"}, "manager"),
    ("POST", "/project/1/users", {"user_id": 99, "role": "guest"}, "owner"),
    ("PUT", "/project/1", {"id": 1, "name": "edge-fabric"}, "owner"),
]
"""Method, path, body, and the weakest role that may."""
ROLES = {"guest": "gus", "task_runner": "rosa", "manager": "mika", "owner": "olga"}


async def test_run_lives(semaphore_estate: SemaphoreServer) -> None:
    """What the socket tells of a run is what can be fetched afterwards, in the same order."""
    server = semaphore_estate
    async with client_of(server) as client:
        async with ears_of(server, client) as socket:
            number = (await started(client))["id"]
            await clock_of(server).advance(60)
            frames: list[dict[str, Any]] = []
            while not frames or frames[-1].get("end") is None:
                frames.append(json.loads(await socket.receive_text()))
        statuses = [one["status"] for one in frames if one["type"] == "update"]
        assert statuses == ["waiting", "starting", "running", "success", "success"]
        rows = (await client.get(f"/project/1/tasks/{number}/output")).json()
        told = [(one["time"], one["output"]) for one in frames if one["type"] == "log"]
        assert [(one["time"], one["output"]) for one in rows] == told


@pytest.mark.parametrize(("method", "path", "body", "weakest"), WRITES)
async def test_roles(
    semaphore_estate: SemaphoreServer, method: str, path: str, body: Any, weakest: str
) -> None:
    """A role that may do something may; a weaker one gets an empty 403, a stranger a 404."""
    allowed = False
    for role, username in ROLES.items():
        allowed = allowed or role == weakest
        async with client_of(semaphore_estate, username) as client:
            response = await client.request(method, path, json=body)
            if allowed:
                assert response.status_code in (201, 204, 400, 409), role
            else:
                assert (response.status_code, response.text) == (403, ""), role
            assert (await client.get("/project/1/tasks")).status_code == 200
    async with client_of(semaphore_estate, "nick") as client:
        assert (await client.request(method, path, json=body)).status_code == 404
        assert (await client.get("/projects")).json() == []


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "kind", "text"),
    [
        ("GET", "/api/nowhere", None, 404, "text/plain; charset=utf-8", "Not Found"),
        ("DELETE", "/api/ping", None, 405, "application/json", ""),
        ("POST", "/api/project/1/tasks", b"", 400, "application/json", ""),
        ("POST", "/api/project/1/tasks", b'{"template_id": "1"}', 400, "application/json", ""),
        ("POST", "/api/project/1/tasks/999/stop", b"{}", 400, "application/json", ""),
        ("GET", "/api/project/1/keys/999", None, 404, "application/json", ""),
        ("GET", "/api/project/one", None, 400, "application/json", ""),
    ],
)
async def test_envelope(
    semaphore_estate: SemaphoreServer,
    method: str,
    path: str,
    sent: bytes | None,
    status: int,
    kind: str,
    text: str,
) -> None:
    """What goes wrong says so by its status, mostly without a word."""
    async with client_of(semaphore_estate) as client:
        response = await client.request(method, semaphore_estate.url + path, content=sent)
        got = response.status_code, response.headers["content-type"], response.text
        assert got == (status, kind, text)


async def test_page_for_everything_else(semaphore_estate: SemaphoreServer) -> None:
    """Outside the API every path answers 200 with a page, as a single-page application does."""
    async with client_of(semaphore_estate) as client:
        for path in ("/", "/auth/login", "/project/1/history"):
            response = await client.get(semaphore_estate.url + path)
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/html")


async def test_sub_path() -> None:
    """Below a sub-path everything is there, and beside it nothing."""
    async with served_semaphore(sub_path="/semaphore") as server, client_of(server) as client:
        assert (await client.get("/ping")).text == "pong"
        assert (await client.get(f"{server.listener.url}/api/ping")).status_code == 404


@pytest.mark.parametrize("database", ["sql", "bolt"])
async def test_ids(database: str) -> None:
    """On BoltDB task ids count down and things are counted in each project; on SQL neither."""
    async with served_semaphore(database=database) as server, client_of(server) as client:
        first, second = (await started(client))["id"], (await started(client))["id"]
        keys = [(await client.get(f"/project/{one}/keys")).json() for one in (1, 2)]
        newest = (await client.get("/project/1/tasks")).json()[0]["id"]
        assert newest == second
        if database == "bolt":
            assert second == first - 1 > 2**31 - 100
            assert [one["id"] for one in keys[0]] == [one["id"] for one in keys[1]]
        else:
            assert (first, second) == (1, 2)
            assert not {one["id"] for one in keys[0]} & {one["id"] for one in keys[1]}


async def test_sockets_tell_only_what_one_may_see(semaphore_estate: SemaphoreServer) -> None:
    """The socket tells of all projects one is a member of, and of no other."""
    server = semaphore_estate
    async with (
        client_of(server) as admin,
        client_of(server, "rosa") as rosa,
        ears_of(server, rosa) as socket,
    ):
        cloud = (await admin.get("/project/3/templates")).json()[0]["id"]
        await admin.post("/project/3/tasks", json={"template_id": cloud})
        await started(admin)
        assert json.loads(await socket.receive_text())["project_id"] == 1
    async with httpx.AsyncClient(trust_env=False) as nobody:
        with pytest.raises(httpx_ws.WebSocketUpgradeError) as refused:
            async with ears_of(server, nobody):
                pass
        assert refused.value.response.status_code == 401


async def test_things_are_checked(semaphore_estate: SemaphoreServer) -> None:
    """Bodies must name their project and themselves; what is used cannot be deleted."""
    async with client_of(semaphore_estate) as client:
        inventory = (await client.get("/project/1/inventory/1")).json()
        path = "/project/1/inventory/1"
        assert (await client.put(path, json=inventory)).status_code == 204
        for wrong in ({"project_id": 2}, {"id": 77}):
            response = await client.put(path, json=inventory | wrong)
            assert response.status_code == 400
            assert "must be the same" in response.json()["error"]
        used = await client.delete(path)
        assert used.status_code == 400
        assert used.json()["inUse"] is True
        assert (await client.get(f"{path}/refs")).json()["templates"]


async def test_secrets_are_not_told(semaphore_estate: SemaphoreServer) -> None:
    """Keys, secrets of variable groups and secret answers can be set, and never be read."""
    async with client_of(semaphore_estate) as client:
        key = {"name": "k", "type": "login_password", "project_id": 1,
               "login_password": {"login": "u", "password": "hidden-1"}}  # fmt: skip
        group = {"name": "g", "project_id": 1, "json": "{}",
                 "secrets": [{"type": "env", "name": "S", "secret": "hidden-2",
                              "operation": "create"}]}  # fmt: skip
        assert (await client.post("/project/1/keys", json=key)).status_code == 201
        made = (await client.post("/project/1/environment", json=group)).json()
        task = await started(client, secret='{"password": "hidden-3"}')
        assert task["secret"] == "{}"
        seen = [
            (await client.get(path)).text
            for path in (
                "/project/1/keys", "/project/1/environment", f"/project/1/environment/{made['id']}",
                "/project/1/tasks", f"/project/1/tasks/{task['id']}",
            )
        ]  # fmt: skip
        assert not [text for text in seen if "hidden" in text]
        assert made["secrets"][0]["name"] == "S"


async def test_schedules(semaphore_estate: SemaphoreServer) -> None:
    """Schedules are checked, and start their template when they are due."""
    server = semaphore_estate
    server.habits.runs_schedules = True
    async with client_of(server) as client:
        for text, status in (("*/5 * * * *", 200), ("61 * * * *", 400), ("often", 400)):
            response = await client.post(
                "/project/1/schedules/validate", json={"cron_format": text}
            )
            assert response.status_code == status
            assert response.text == "" or response.json()["error"].startswith("Cron: ")
        made = await client.post(
            "/project/1/schedules",
            json={"project_id": 1, "template_id": 1, "name": "soon", "active": True,
                  "cron_format": "10 9 * * 1"},
        )  # fmt: skip
        assert made.status_code == 201
        await clock_of(server).advance(9 * 60)
        assert (await client.get("/project/1/tasks")).json() == []
        await clock_of(server).advance(90)
        [task] = (await client.get("/project/1/tasks")).json()
        assert (task["schedule_id"], task["message"]) == (made.json()["id"], "soon")
        path = f"/project/1/schedules/{made.json()['id']}/active"
        assert (await client.put(path, json={"active": False})).status_code == 204
        await clock_of(server).advance(8 * 86400)
        assert (await client.get("/project/1/tasks")).json()[-1]["id"] == task["id"]


JUNK = (
    b"", b"null", b"[]", b'"text"', b"\xff\xfe", b"[" * 5000, b'{"id": "1", "project_id": "1"}',
    b'{"id": 1, "project_id": 1, "name": [], "params": [], "active": "yes", "secrets": {}}',
    b'{"template_id": 1, "project_id": 1, "id": 1, "params": {"limit": 5}, "environment": "[1]"}',
    b'{"template_id": 1, "project_id": 1, "type": "run_at", "run_at": "whenever"}',
)  # fmt: skip


async def test_nothing_sent_breaks_it() -> None:
    """Whatever is sent to whatever route, the server answers as itself, and none of it fails."""
    async with served_semaphore("2.18") as server, client_of(server) as client:
        routes = [
            (method, route.path)
            for noun in NOUNS
            for route in noun.routes.routes
            for method in sorted(route.methods or ())
        ]
        assert len(routes) > 80
        for method, path in routes:
            if method == "DELETE" or path == "/auth/logout":
                continue
            for number, junk in enumerate(JUNK if method in ("POST", "PUT") else JUNK[:1]):
                filled = re.sub(r"\{\w+\}", str(number % 3 or 1), path)
                response = await client.request(method, filled, content=junk)
                assert response.status_code < 500 or path.endswith("/tasks"), (method, path, junk)
        await clock_of(server).advance(60)


async def test_members_come_and_go(semaphore_estate: SemaphoreServer) -> None:
    """Who is taken into a project sees it and may what the role may, until it is over."""
    async with (
        client_of(semaphore_estate, "olga") as olga,
        client_of(semaphore_estate, "nick") as nick,
    ):
        number = (await nick.get("/user")).json()["id"]
        member = {"user_id": number, "role": "guest"}
        assert (await olga.post("/project/1/users", json=member)).status_code == 204
        assert (await olga.post("/project/1/users", json=member)).status_code == 409
        assert (await nick.get("/project/1/role")).json() == {"role": "guest", "permissions": 0}
        path = f"/project/1/users/{number}"
        assert (await olga.put(path, json={"role": "captain"})).status_code == 400
        assert (await olga.put(path, json={"role": "task_runner"})).status_code == 204
        assert (await nick.get("/project/1/role")).json()["permissions"] == 1
        assert number in {one["id"] for one in (await olga.get("/project/1/users")).json()}
        assert (await olga.delete(path)).status_code == 204
        assert (await nick.get("/project/1")).status_code == 404
        assert set((await nick.get("/users")).json()[0]) == {"id", "username", "name"}
