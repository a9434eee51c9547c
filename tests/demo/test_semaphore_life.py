"""The life of runs at the pretend Semaphore."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from skyforge_tui.demo.clock import instant
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from tests.estates import client_of, clock_of, ears_of, served_semaphore, started

SLOW = json.dumps({"who": "slow"})
FINAL = {"success", "error", "stopped"}


class Watched:
    """A server, a client of it, and the statuses that each run went through."""

    def __init__(self, server: SemaphoreServer, client: httpx.AsyncClient) -> None:
        self.server = server
        self.client = client
        self.clock = clock_of(server)

    async def task(self, number: int) -> dict[str, Any]:
        """Return a run as the server tells it."""
        found: dict[str, Any] = (await self.client.get(f"/project/1/tasks/{number}")).json()
        return found

    async def rows(self, number: int, path: str = "output") -> list[dict[str, Any]]:
        """Return what a run wrote, or its stages, hosts or errors."""
        response = await self.client.get(f"/project/1/tasks/{number}/{path}")
        return response.json() or []

    async def do(self, number: int, what: str, body: Any = None) -> int:
        """Stop, confirm or reject; return the status of the answer."""
        response = await self.client.post(f"/project/1/tasks/{number}/{what}", json=body)
        return response.status_code

    async def until(self, number: int, *statuses: str) -> None:
        """Let time pass until a run has one of these statuses."""
        run = self.server.state.runs[number]
        await self.clock.until(lambda: run.status in statuses)


@pytest.fixture
async def watched(semaphore_estate: SemaphoreServer) -> AsyncIterator[Watched]:
    """Return a server that is watched."""
    async with client_of(semaphore_estate) as client:
        yield Watched(semaphore_estate, client)


async def test_one_at_a_time(watched: Watched) -> None:
    """A template's runs wait for each other; those of another template do not."""
    first, second = [(await started(watched.client, 1))["id"] for _ in range(2)]
    other = (await started(watched.client, 2))["id"]
    await watched.until(first, "running")
    assert (await watched.task(second))["status"] == "waiting"
    await watched.until(other, *FINAL)
    await watched.until(second, *FINAL)
    ends = [(await watched.task(one)) for one in (first, second)]
    assert ends[0]["end"] <= ends[1]["start"]


async def test_end_comes_after_terminal_status(watched: Watched) -> None:
    """For a moment a run has a terminal status and no end."""
    number = (await started(watched.client))["id"]
    await watched.until(number, "success")
    assert (await watched.task(number)).get("end") is None
    await watched.clock.advance(watched.server.habits.end_lag_s)
    assert (await watched.task(number))["end"]


async def test_rows_come_after_terminal_status() -> None:
    """Rows are stored later than they are told, and the last ones after the terminal status."""
    async with served_semaphore(row_lag_s=1.5) as server, client_of(server) as client:
        watched = Watched(server, client)
        number = (await started(client))["id"]
        assert (await client.get(f"/project/1/tasks/{number}/output")).json() is None
        await watched.until(number, "success")
        early = await watched.rows(number)
        await watched.clock.advance(1.6)
        late = await watched.rows(number)
        assert early == late[: len(early)]
        assert len(early) < len(late) == len(server.state.runs[number].rows)


async def test_equal_times_swap() -> None:
    """Rows of one burst may carry one time, and be fetched in another order than told."""
    async with (
        served_semaphore(equal_times=True, swaps_equal_times=True) as server,
        client_of(server) as client,
    ):
        watched = Watched(server, client)
        number = (await started(client))["id"]
        await watched.until(number, "success")
        told = [row.text for row in server.state.runs[number].rows]
        fetched = await watched.rows(number)
        times = [instant(row["time"]) for row in fetched]
        assert len(set(times)) < len(times)
        assert times == sorted(times)
        assert [row["output"] for row in fetched] != told
        assert sorted(row["output"] for row in fetched) == sorted(told)


@pytest.mark.parametrize("ends_as", ["stopped", "error"])
async def test_stop(watched: Watched, ends_as: str) -> None:
    """A run that is stopped dies after a moment, and may call that an error."""
    watched.server.habits.stop_ends_as = ends_as  # type: ignore[assignment]
    number = (await started(watched.client, environment=SLOW))["id"]
    await watched.until(number, "running")
    assert await watched.do(number, "stop") == 400
    assert await watched.do(number, "stop", {"force": False}) == 204
    assert (await watched.task(number))["status"] == "stopping"
    await watched.until(number, *FINAL)
    assert (await watched.task(number))["status"] == ends_as
    assert (await watched.rows(number))[-1]["output"].endswith("signal: killed")
    written = len(await watched.rows(number))
    await watched.clock.advance(60)
    assert len(await watched.rows(number)) == written


async def test_stop_by_force(watched: Watched) -> None:
    """Force ends a run at once, even one that is stopping already."""
    number = (await started(watched.client, environment=SLOW))["id"]
    await watched.until(number, "running")
    await watched.do(number, "stop", {"force": False})
    assert await watched.do(number, "stop", {"force": True}) == 204
    assert (await watched.task(number))["status"] == "stopped"


async def test_stop_while_waiting(watched: Watched) -> None:
    """A run that waits is stopped when the queue comes by, and never writes more."""
    number = (await started(watched.client))["id"]
    await watched.do(number, "stop", {"force": False})
    assert (await watched.task(number))["status"] == "stopping"
    await watched.until(number, *FINAL)
    assert (await watched.task(number))["status"] == "stopped"
    assert len(await watched.rows(number)) == 1


@pytest.fixture
async def asking(watched: Watched) -> int:
    """Return the number of a run that waits for confirmation."""
    body = {"name": "plan", "project_id": 1, "app": "tofu", "repository_id": 1, "playbook": ""}
    made = (await watched.client.post("/project/1/templates", json=body)).json()["id"]
    for _ in range(20):  # some plans find nothing to do
        number: int = (await started(watched.client, made))["id"]
        await watched.until(number, "waiting_confirmation", *FINAL)
        if (await watched.task(number))["status"] == "waiting_confirmation":
            return number
    raise AssertionError("no plan ever asks")


async def test_confirm(watched: Watched, asking: int) -> None:
    """A plan waits until somebody confirms it, and is applied then."""
    await watched.clock.advance(3600)
    assert (await watched.task(asking))["status"] == "waiting_confirmation"
    planned = len(await watched.rows(asking))
    assert await watched.do(asking, "confirm") == 204
    assert (await watched.task(asking))["status"] == "confirmed"
    assert await watched.do(asking, "confirm") == 400
    await watched.until(asking, *FINAL)
    assert len(await watched.rows(asking)) > planned


async def test_reject(watched: Watched, asking: int) -> None:
    """A plan that is rejected ends as an error."""
    assert await watched.do(asking, "reject") == 204
    assert (await watched.task(asking))["status"] == "error"
    assert await watched.do(asking, "reject") == 400


async def test_restart_orphans(watched: Watched) -> None:
    """After a restart on the same port runs look alive and are not, until they are stopped."""
    number = (await started(watched.client, environment=SLOW))["id"]
    await watched.until(number, "running")
    before = watched.server.url
    await watched.server.restart()
    assert watched.server.url == before
    await watched.clock.advance(3600)
    assert (await watched.task(number))["status"] == "running"
    assert await watched.do(number, "stop", {"force": False}) == 204
    assert (await watched.task(number))["status"] == "stopped"


async def test_restart_with_runner_elsewhere(watched: Watched) -> None:
    """A runner elsewhere carries runs on while the server is away."""
    watched.server.habits.forgets_runs = False
    number = (await started(watched.client, environment=SLOW))["id"]
    await watched.until(number, "running")
    await watched.server.restart()
    await watched.until(number, *FINAL)
    assert (await watched.task(number))["status"] == "success"


async def test_results(watched: Watched) -> None:
    """Of a run that failed one is told which hosts and tasks it was; and the days are counted."""
    fail = json.dumps({"who": "fail"})
    number = (await started(watched.client, environment=fail, limit="spines"))["id"]
    await watched.until(number, *FINAL)
    await watched.clock.advance(1)
    hosts = await watched.rows(number, "ansible/hosts")
    errors = await watched.rows(number, "ansible/errors")
    [stage] = await watched.rows(number, "stages")
    assert {one["host"] for one in hosts} == {"spine1", "spine2"} == {e["host"] for e in errors}
    assert {one["failed"] for one in hosts} == {1}
    assert stage["end_output_id"] == len(await watched.rows(number)) - 1
    [day] = (await watched.client.get("/project/1/stats")).json()
    assert day["count_by_status"] == {"error": 1}
    bad = await watched.client.get("/project/1/stats?start=soon")
    assert (bad.status_code, bad.json()) == (400, {"error": "Invalid start date"})


async def test_past_is_remembered() -> None:
    """Runs of the past tell the same whenever they are asked, and agree with their recap."""
    stock = Stock(past_runs=300)
    async with served_semaphore(stock=stock) as server, client_of(server) as client:
        watched = Watched(server, client)
        tasks = (await client.get("/project/1/tasks")).json()
        assert {one["status"] for one in tasks} == FINAL
        assert [one["id"] for one in tasks] == sorted((o["id"] for o in tasks), reverse=True)
        for task in tasks[:40]:
            rows = await watched.rows(task["id"])
            assert rows == await watched.rows(task["id"])
            assert task["created"] <= rows[0]["time"] <= rows[-1]["time"]
            recapped = sum("unreachable=" in row["output"] for row in rows)
            assert len(await watched.rows(task["id"], "ansible/hosts")) == recapped


async def test_present() -> None:
    """A lively server has runs under way, one of which waits for another."""
    async with served_semaphore(stock=Stock(is_busy=True)) as server:
        await clock_of(server).advance(5)
        statuses = [run.status for run in server.state.runs.values()]
        assert {"running", "waiting"} <= set(statuses)
        await clock_of(server).advance(1800)
        left = [run.status for run in server.state.runs.values() if not run.is_over]
        assert set(left) <= {"waiting_confirmation"}


async def test_dry_run_is_in_params(watched: Watched) -> None:
    """Since 2.11 a dry run is one in `params` only; what stands beside it is ignored."""
    beside = await started(watched.client, dry_run=True)
    inside = await started(watched.client, params={"dry_run": True})
    assert "dry_run" not in beside
    assert not beside.get("params")
    assert inside["params"] == {"dry_run": True}


async def test_late_frames(watched: Watched) -> None:
    """Output may be told after the end of its run, in another time zone, and among the next."""
    watched.server.habits.frame_lag_s = 2.0
    watched.server.habits.frame_zone_min = 60
    async with ears_of(watched.server, watched.client) as ears:
        first = (await started(watched.client))["id"]
        second = (await started(watched.client))["id"]
        await watched.until(first, *FINAL)
        await watched.until(second, *FINAL)
        await watched.clock.advance(3)
        frames = []
        for _ in range(watched.server.feed.published):
            frames.append(json.loads(await ears.receive_text()))  # noqa: PERF401 - in order
    of_first = [one for one in frames if one["task_id"] == first]
    end = next(n for n, one in enumerate(frames) if one.get("status") == "success")
    late = [one for one in frames[end:] if one["task_id"] == first and one["type"] == "log"]
    between = [one["task_id"] for one in frames[end:]]
    assert late
    assert {first, second} == set(between)
    assert {one["time"][-6:] for one in of_first if one["type"] == "log"} == {"+01:00"}
    told = [instant(one["time"]) for one in of_first if one["type"] == "log"]
    assert told == [instant(one["time"]) for one in await watched.rows(first)]


async def test_stop_may_revert(watched: Watched, asking: int) -> None:
    """A run that waits for confirmation may fall back to that when it is stopped."""
    watched.server.habits.stop_reverts = True
    assert await watched.do(asking, "stop", {"force": False}) == 204
    assert (await watched.task(asking))["status"] == "waiting_confirmation"


async def test_old_runs_vanish(watched: Watched) -> None:
    """A server may keep only so many runs of a template: an id that was known is gone."""
    watched.server.habits.max_runs_per_template = 2
    numbers = [(await started(watched.client))["id"] for _ in range(4)]
    await watched.until(numbers[-1], *FINAL)
    await watched.clock.advance(5)
    left = [one["id"] for one in (await watched.client.get("/project/1/tasks")).json()]
    assert left == numbers[:1:-1]
    gone = await watched.client.get(f"/project/1/tasks/{numbers[0]}")
    assert gone.status_code == 400


async def test_builds_are_deployed(semaphore_estate: SemaphoreServer) -> None:
    """A build gets the next version, and what deploys it starts by itself."""
    server = semaphore_estate
    room = next(one for one in server.state.rooms.values() if one.project.name == "cloud-landing")
    build = next(one for one in room.templates.values() if one.type == "build")
    deploy = next(one for one in room.templates.values() if one.type == "deploy")
    path = f"/project/{room.project.id}/tasks"
    body = {"template_id": build.id, "environment": json.dumps({"rate": 5, "seconds": 1})}
    async with client_of(server) as client:
        versions = [(await client.post(path, json=body)).json()["version"] for _ in range(2)]
        assert versions == ["1.0.0", "1.0.1"]
        await clock_of(server).advance(60)
        newest = (await client.get(path)).json()
        deploys = [one for one in newest if one["template_id"] == deploy.id]
        assert [one["build_task"]["version"] for one in deploys] == ["1.0.1", "1.0.0"]
