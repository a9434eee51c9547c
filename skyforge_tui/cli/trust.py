"""`skyforge trust`: say that one has read what a repository declares, and lets it run."""

from __future__ import annotations

from pathlib import Path

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def trust(ctx: click.Context, path: Path, as_json: bool) -> None:
    """Trust the present content of PATH: a file, or all that a folder declares.

    Whatever changes afterwards is asked about again.
    """
    whole = path.expanduser().resolve()

    async def work(services: Services, principal: Principal) -> int:
        await services.projects.sync(principal)
        project_id, sources = await services.projects.sources_at(principal, whole)
        await services.projects.trust(principal, project_id, sources)
        answer(
            sources,
            as_json=as_json,
            table=lambda: rows(("TRUSTED", "SHA-256"), [(one.path, one.sha256) for one in sources]),
        )
        if not as_json:
            narrate(f"{len(sources)} files trusted as they are now")
        return 0

    perform(ctx, work)
