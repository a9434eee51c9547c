"""`skyforge trust`: say that one has read what a repository declares, and lets it run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def trust(ctx: click.Context, paths: Sequence[Path], as_json: bool) -> None:
    """Trust the present content of PATHS: files, or all that folders declare.

    Whatever changes afterwards is asked about again.
    """
    whole = [one.expanduser().resolve() for one in paths]

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        if not services.remembers:
            raise Unavailable("trust would be forgotten at once: state.db cannot be written")
        found = [
            await services.projects.sources_at(principal, place)
            for one in whole
            for place in await _places(services, principal, one)
        ]
        for project_id, several in found:
            await services.projects.trust(principal, project_id, several)
        sources = tuple(dict.fromkeys(one for _, several in found for one in several))
        answer(
            sources,
            as_json=as_json,
            table=lambda: rows(("TRUSTED", "SHA-256"), [(one.path, one.sha256) for one in sources]),
        )
        if not as_json:
            files = "1 file as it is" if len(sources) == 1 else f"{len(sources)} files as they are"
            narrate(f"trusted {files} now")
        return 0

    perform(ctx, work)


async def _places(services: Services, principal: Principal, path: Path) -> list[Path]:
    """Return the path itself, or the projects below it that declare something, if it holds some."""
    views = await services.projects.all(principal)
    below = [
        Path(view.project.path)
        for view in views
        if view.templates and path in Path(view.project.path).parents
    ]
    return below or [path]
