"""`skyforge schedules`: what servers start by themselves, and when."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.automated import automated
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.automation import Schedule
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.automation import schedule_called
from skyforge_tui.services.contract import Services

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_project = click.option("--project", "-p", default="", help="Of this project alone.")


@click.group()
def schedules() -> None:
    """List, turn on and off, check and add schedules."""


@schedules.command("ls")
@_project
@_json
@click.pass_context
def list_schedules(ctx: click.Context, project: str, as_json: bool) -> None:
    """List the schedules of the projects on servers."""

    async def work(services: Services, principal: Principal) -> int:
        found = await _schedules(services, principal, project)
        answer(found, as_json=as_json, table=lambda: _table(found))
        return 0

    perform(ctx, work)


@schedules.command("enable")
@click.argument("schedule")
@_project
@click.pass_context
def enable(ctx: click.Context, schedule: str, project: str) -> None:
    """Let SCHEDULE run: by id, number or name."""
    _turn(ctx, schedule, project, active=True)


@schedules.command("disable")
@click.argument("schedule")
@_project
@click.pass_context
def disable(ctx: click.Context, schedule: str, project: str) -> None:
    """Let SCHEDULE rest: by id, number or name."""
    _turn(ctx, schedule, project, active=False)


@schedules.command("check")
@click.argument("project")
@click.argument("cron")
@click.pass_context
def check(ctx: click.Context, project: str, cron: str) -> None:
    """Have the server of PROJECT say whether CRON, five fields in one word, is a cron line."""

    async def work(services: Services, principal: Principal) -> int:
        for one in await automated(services, principal, project):
            await services.automation.check(principal, one.id, cron)
        answer({"cron": cron}, as_json=False, table=lambda: [f"{cron} is a cron line"])
        return 0

    perform(ctx, work)


@schedules.command("add")
@click.argument("template")
@click.argument("cron")
@click.option("--name", default="", help="What to call it.")
@click.option("--inactive", is_flag=True, help="Let it rest at first.")
@_json
@click.pass_context
def add(
    ctx: click.Context, template: str, cron: str, name: str, inactive: bool, as_json: bool
) -> None:
    """Have TEMPLATE run at the times of CRON, five fields in one word."""

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        found = await services.projects.find_template(principal, template)
        title = name or f"{found.name} {cron}"
        made = await services.automation.add(principal, found.id, title, cron, active=not inactive)
        answer(made, as_json=as_json, table=lambda: _table([made]))
        return 0

    perform(ctx, work)


def _turn(ctx: click.Context, name: str, project: str, *, active: bool) -> None:
    async def work(services: Services, principal: Principal) -> int:
        found = schedule_called(await _schedules(services, principal, project), name)
        await services.automation.set_active(principal, found.id, active=active)
        word = "runs" if active else "rests"
        answer(found.id, as_json=False, table=lambda: [f"schedule {found.number} {word} now"])
        return 0

    perform(ctx, work)


async def _schedules(services: Services, principal: Principal, project: str) -> list[Schedule]:
    projects = await automated(services, principal, project)
    return [
        schedule
        for one in projects
        for schedule in await services.automation.schedules(principal, one.id)
    ]


def _table(found: list[Schedule]) -> list[str]:
    return rows(
        ("SCHEDULE", "ACTIVE", "WHEN", "TEMPLATE", "NAME"),
        [
            (
                one.id, "yes" if one.is_active else "no",
                one.cron or (one.run_at.isoformat() if one.run_at else "-"), one.template, one.name,
            )
            for one in found
        ],
    )  # fmt: skip
