"""`skyforge templates`: what can be launched here."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, narrate_notice, perform, rows
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services


@click.group()
def templates() -> None:
    """List what can be launched."""


@templates.command("ls")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_templates(ctx: click.Context, as_json: bool) -> None:
    """List the templates of every project of this workspace."""

    async def work(services: Services, principal: Principal) -> int:
        await services.projects.sync(principal)
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
        return 0

    perform(ctx, work)
