"""`skyforge templates`: what can be launched here."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, narrate, narrate_notice, perform, rows
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.automation import DayCount
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.run import RunState
from skyforge_tui.services.contract import Services


@click.group()
def templates() -> None:
    """List what can be launched, and show how it went."""


@templates.command("ls")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_templates(ctx: click.Context, as_json: bool) -> None:
    """List the templates of every project of this workspace."""

    async def work(services: Services, principal: Principal) -> int:
        code = await read_projects(services, principal)
        views = await services.projects.all(principal)
        for notice in (one for view in views for one in view.project.notices):
            narrate_notice(notice)
        found = [(view.project.slug, one) for view in views for one in view.templates]
        answer(
            [one for _, one in found],
            as_json=as_json,
            table=lambda: rows(
                ("TEMPLATE", "PROJECT", "KIND", "TRUSTED", "ASKS", "DESCRIPTION"),
                [
                    (
                        one.name, slug, str(one.kind), "yes" if one.is_trusted else "no",
                        ",".join(field.name for field in one.survey) or "-", one.description,
                    )
                    for slug, one in found
                ],
            ),
        )  # fmt: skip
        return code

    perform(ctx, work)


@templates.command("stats")
@click.argument("template")
@click.option("--days", type=click.IntRange(min=1, max=366), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def show_stats(ctx: click.Context, template: str, days: int, as_json: bool) -> None:
    """Show how runs of TEMPLATE went, by day."""

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        found = await services.projects.find_template(principal, template)
        counts = await services.automation.counts(principal, found.id, days)
        if not counts.is_of_server:
            narrate("no server counts these: runs that are known here are counted")
        answer(
            counts,
            as_json=as_json,
            table=lambda: rows(
                ("DAY", "RUNS", "PASSED", "FAILED", "STOPPED", "TOOK"),
                [_day(one) for one in counts.days],
            ),
        )
        return 0

    perform(ctx, work)


def _day(one: DayCount) -> tuple[str, ...]:
    states = (RunState.SUCCESS, RunState.ERROR, RunState.STOPPED)
    counted = (str(one.by_state.get(state, 0)) for state in states)
    took = "-" if one.average is None else f"{one.average.total_seconds():.0f}s"
    return (one.day.isoformat(), str(one.total), *counted, took)
