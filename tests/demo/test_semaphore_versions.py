"""Each release of the pretend Semaphore can what that release could, and looks like it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.demo.servers.semaphore.versions import NEWEST, OLDEST, Version
from tests.estates import client_of, clock_of, served_semaphore, started

RELEASES = tuple(range(OLDEST, NEWEST + 1))


async def looked_at(server: SemaphoreServer, client: httpx.AsyncClient) -> dict[str, Any]:
    """Return what a client sees of a release."""
    key = {"name": "k", "project_id": 1}
    made = await client.post("/project/1/keys", json=key)
    unknown = await client.post("/project/1/tasks", json={"template_id": 999})
    task = await started(client, message="m", limit="spine1", dry_run=True)
    waiting = (await client.get(f"/project/1/tasks/{task['id']}")).json()
    await clock_of(server).advance(60)
    path = f"/project/1/tasks/{task['id']}"

    async def status(*parts: str) -> int:
        return (await client.get("".join(parts))).status_code

    [row, *_] = (await client.get(f"{path}/output")).json()
    template = (await client.get("/project/1/templates/3")).json()
    await client.post("/user/tokens")
    tokens = (await client.get("/user/tokens")).json()
    return {
        "creates with a body": made.status_code == 201 and made.json()["name"] == "k",
        "missing template is missing": unknown.status_code == 404,
        "params": "params" in task,
        "params hold the limit": task.get("params", {}).get("limit") == ["spine1"],
        "no dry_run beside": "dry_run" not in task,
        "reject": (await client.post(f"{path}/reject")).status_code == 400,
        "verify": (await client.post("/auth/verify")).status_code == 401,
        "auth_methods": "auth_methods" in (await client.get("/info")).json(),
        "no task in rows": "task" not in row,
        "stage in rows": "stage_id" in row,
        "raw output": await status(path, "/raw_output") == 200,
        "stats": await status("/project/1/stats") == 200,
        "stages": await status(path, "/stages") == 200,
        "hosts": await status(path, "/ansible/hosts") == 200,
        "branches": await status("/project/1/repositories/1/branches") == 200,
        "queue": await status("/tasks") == 200,
        "crops tokens": {len(one["id"]) for one in tokens} == {8},
        "omits what is empty": "start" not in waiting,
        "apps": "app" in template,
        "survey defaults": "default_value" in template["survey_vars"][0],
        "environment_ids": len(template.get("environment_ids", [])) == 2,
        "environment_id": template.get("environment_id", 0) == 0,
        "omits zeros of projects": "alert" not in (await client.get("/project/1")).json(),
    }


SINCE = {
    "creates with a body": 11,
    "missing template is missing": 11,
    "params": 11,
    "params hold the limit": 11,
    "no dry_run beside": 11,
    "reject": 12,
    "verify": 12,
    "auth_methods": 12,
    "no task in rows": 12,
    "stage in rows": 17,
    "raw output": 14,
    "stats": 14,
    "stages": 15,
    "hosts": 15,
    "branches": 15,
    "queue": 16,
    "crops tokens": 14,
    "omits what is empty": 15,
    "apps": 10,
    "survey defaults": 14,
    "environment_ids": 18,
    "environment_id": 18,
    "omits zeros of projects": 14,
}
"""The release that brought each."""


@pytest.mark.parametrize("release", RELEASES)
async def test_release(release: int) -> None:
    """A release shows exactly what it and those before it brought."""
    async with served_semaphore(f"2.{release}") as server, client_of(server) as client:
        seen = await looked_at(server, client)
        assert seen == {name: release >= since for name, since in SINCE.items()}
        told = (await client.get("/info")).json()["version"]
        assert told.startswith(f"2.{release}.")


async def test_stop_all_is_a_stub_at_first() -> None:
    """Stopping all runs of a template does nothing in 2.16, and stops them in 2.17."""
    for version, status in (("2.16", "waiting"), ("2.17", "stopping")):
        async with served_semaphore(version) as server, client_of(server) as client:
            task = await started(client)
            path = "/project/1/templates/1/stop_all_tasks"
            assert (await client.post(path, json={"force": False})).status_code == 204
            seen = (await client.get(f"/project/1/tasks/{task['id']}")).json()["status"]
            assert (version, seen) == (version, status)


@pytest.mark.parametrize("text", ["2.7", "2.19", "3.10", "two", "2", ""])
def test_no_other_release(text: str) -> None:
    """What cannot be played is refused."""
    with pytest.raises(ValueError, match="2"):
        Version.parse(text)
