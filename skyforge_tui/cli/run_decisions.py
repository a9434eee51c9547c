"""`skyforge runs confirm` and `reject`: what becomes of a run that waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, perform_on_runs
from skyforge_tui.cli.refreshing import found_run
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.services.run_parts import RunParts

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.command("confirm")
@click.argument("run")
@_json
@click.pass_context
def confirm_run(ctx: click.Context, run: str, as_json: bool) -> None:
    """Let RUN go on, where it waits for that."""
    _decide(ctx, run, "confirm", as_json=as_json)


@click.command("reject")
@click.argument("run")
@_json
@click.pass_context
def reject_run(ctx: click.Context, run: str, as_json: bool) -> None:
    """End RUN, where it waits to go on."""
    _decide(ctx, run, "reject", as_json=as_json)


def _decide(ctx: click.Context, reference: str, verb: str, *, as_json: bool) -> None:
    async def work(services: RunParts, principal: Principal) -> int:
        from skyforge_tui.cli.runs import brief, said

        run_id = await found_run(services, principal, reference)
        decide = services.runs.confirm if verb == "confirm" else services.runs.reject
        await decide(principal, run_id)
        run = (await services.runs.get(principal, run_id)).run
        answer(brief(run), as_json=as_json, table=lambda: [said(run)])
        return 0

    perform_on_runs(ctx, work)
