"""`skyforge projects servers`: on which lab servers a project's labs run."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows
from skyforge_tui.cli.project_people import projects
from skyforge_tui.cli.projects import kept
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services
from skyforge_tui.services.lab_choice import LabChoice, LabPlace

__all__ = ["projects"]


@projects.command("servers")
@click.argument("name")
@click.option(
    "--lab-server", "chosen", multiple=True, metavar="SERVER",
    help="Run labs there; said several times, the first is asked first.",
)  # fmt: skip
@click.option("--any", "is_any", is_flag=True, help="Let labs run wherever labs run.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def servers(
    ctx: click.Context, name: str, chosen: tuple[str, ...], is_any: bool, as_json: bool
) -> None:
    """Say on which lab servers a project's labs run, or choose them by a commit."""
    if chosen and is_any:
        raise click.UsageError("say either --lab-server or --any")

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        await services.labs.sync(principal, brief=True)
        project_id = (await kept(services, principal, name)).id
        if chosen or is_any:
            choice = await services.lab_choice.choose(principal, project_id, chosen)
            narrate(f"written to the manifest of {choice.project.slug}")
        else:
            choice = await services.lab_choice.look(principal, project_id)
        answer(
            {"project": project_id, "chosen": choice.chosen, "servers": choice.places},
            as_json=as_json,
            table=lambda: rows(
                ("ORDER", "SERVER", "KIND", "STATE", "LABS"),
                [_row(one, choice) for one in choice.places],
            ),
        )
        return 0

    perform(ctx, work)


def _row(one: LabPlace, choice: LabChoice) -> tuple[str, ...]:
    order = str(choice.chosen.index(one.name) + 1) if one.name in choice.chosen else ""
    mode = str(one.mode) if one.kind else "not known here"
    return order, one.name, one.kind, mode, str(one.labs) if one.kind else ""
