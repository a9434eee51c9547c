"""Schedules, variable groups and counts are read, in every version, and what is secret is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer, Stock
from skyforge_tui.domain.automation import ScheduleId, looks_secret
from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound
from skyforge_tui.domain.identity import ProjectId, TemplateId
from skyforge_tui.providers.runs.semaphore.automation import SemaphoreAutomation
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.standing import Standing
from tests.estates import served_semaphore
from tests.semaphores import EstateClock, client_of

CAMPUS = ProjectId("far:2")


@asynccontextmanager
async def automation(
    version: str = "2.16", who: str = "mika", past: int = 0
) -> AsyncIterator[tuple[SemaphoreServer, SemaphoreAutomation]]:
    """Give a server, and somebody's way to what it does by itself."""
    stock = Stock(past_runs=past)
    async with served_semaphore(version, stock=stock) as server, client_of(server, who) as client:
        names = Names("far", Standing(client, EstateClock(server)))
        yield server, SemaphoreAutomation(client, names)


@pytest.mark.parametrize("version", ["2.8", "2.16", "2.17"])
async def test_schedules_of_every_version(version: str) -> None:
    """A schedule tells what it runs and when; it is made, turned off and on in every version."""
    async with automation(version) as (server, host):
        first = (await host.schedules(CAMPUS))[0]
        assert (first.template, first.cron, first.is_active) == (
            "Backup configurations", "0 2 * * *", True,
        )  # fmt: skip
        await host.set_active(first.id, active=False)
        assert not server.state.rooms[2].schedules[int(first.number)].active
        made = await host.add(first.template_id, "at night", "1 1 * * *", active=False)
        assert (made.name, made.cron, made.is_active) == ("at night", "1 1 * * *", False)
        assert made.id in {one.id for one in await host.schedules(CAMPUS)}


async def test_a_bad_line_makes_nothing() -> None:
    """A cron line that the server cannot read is refused with its words, before all else."""
    async with automation() as (server, host):
        before = len(server.state.rooms[2].schedules)
        template = TemplateId(f"{CAMPUS}#{next(iter(server.state.rooms[2].templates))}")
        with pytest.raises(Invalid, match="Cron: "):
            await host.add(template, "never", "0 25 * * *", active=True)
        assert len(server.state.rooms[2].schedules) == before
        with pytest.raises(NotFound):
            await host.set_active(ScheduleId(f"{CAMPUS}!999"), active=True)


async def test_the_server_has_the_last_word() -> None:
    """Whoever may only look is refused by the server too, and nothing changes."""
    async with automation(who="gus") as (server, host):
        first = (await host.schedules(CAMPUS))[0]
        with pytest.raises(Forbidden):
            await host.set_active(first.id, active=False)
        assert server.state.rooms[2].schedules[int(first.number)].active


async def test_nothing_secret_leaves_the_server() -> None:
    """Secrets are named without a value, and so is what is merely called like one."""
    async with automation(who="admin") as (server, host):
        (group,) = [
            one for one in server.state.rooms[3].environment.values() if one.name == "cloud"
        ]
        group.json = '{"region": "eu", "db_password": "hunter2", "list": [1]}'
        groups = {one.name: one for one in await host.variable_groups(ProjectId("far:3"))}
        values = {one.name: one.value for one in groups["cloud"].variables}
        assert values["region"] == "eu"
        assert values["list"] == "[1]"
        assert values["db_password"] is None
        assert values["AWS_SECRET_KEY"] is None
        assert "hunter2" not in repr(groups)
    assert looks_secret("API_KEY")
    assert not looks_secret("passing_lane")


async def test_days_are_counted_where_the_server_counts() -> None:
    """From 2.14 on the server counts by day as many runs as it has; before that, nothing."""
    async with automation(past=200, who="admin") as (server, host):
        runs = list(server.state.runs.values())
        template = TemplateId(f"far:{runs[0].project_id}#{runs[0].template_id}")
        today = EstateClock(server).now().date()
        days = await host.day_counts(template, today - timedelta(days=60), today)
        assert days is not None
        wanted = sum(one.template_id == runs[0].template_id for one in runs)
        assert sum(one.total for one in days) == wanted
        assert all(one.average is not None for one in days)
    async with automation("2.13", past=20, who="admin") as (_, host):
        assert await host.day_counts(template, today, today) is None
