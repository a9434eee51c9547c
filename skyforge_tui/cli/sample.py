"""`skyforge sample`: a small project to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from skyforge_tui.cli.answers import answer, perform
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def sample(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Write the sample project to DIR, by default sample-lab where projects are looked for.

    DIR must be new or empty. Its templates are trusted where this workspace covers DIR.
    """
    place = None if folder is None else folder.absolute()

    async def work(services: Services, principal: Principal) -> int:
        path = await services.welcome.create_sample(principal, place)
        answer({"path": str(path)}, as_json=as_json, table=lambda: [str(path)])
        return 0

    perform(ctx, work)
