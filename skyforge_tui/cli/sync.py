"""`skyforge sync`: keeps projects in step with their manifests, by a plan one can read first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import click

from skyforge_tui.cli.answers import answer, literal, narrate, perform, told
from skyforge_tui.cli.projects import kept
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.cli.spans import Span
from skyforge_tui.domain.blueprint import Stays
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.project_plan import SyncReport
from skyforge_tui.services.contract import Services


@click.command("sync")
@click.argument("project", required=False)
@click.option("--apply", "applies", is_flag=True, help="Write what is due; without it, only say.")
@click.option("--every", type=Span(), metavar="SPAN", help="Again and again, as in 60s, 5m.")
@click.option(
    "--within", type=Span(), metavar="SPAN", default="60s", show_default=True,
    help="How long a pass may take.",
)  # fmt: skip
@click.option(
    "--mine", multiple=True, metavar="PATH",
    help="Of a file that its blueprint changed as well, yours stays.",
)  # fmt: skip
@click.option(
    "--theirs", multiple=True, metavar="PATH", help="Of such a file, the blueprint's is taken."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, one document for each pass.")
@click.pass_context
def sync(
    ctx: click.Context,
    project: str | None,
    applies: bool,
    every: timedelta | None,
    within: timedelta,
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what keeps PROJECT, or all, from being in step with its manifest; --apply writes it.

    A project is in step when its repository, the people in it and its run engine are as
    .skyforge/project.toml says. Leaves with 1 when something could not be looked at or done. With
    --every nobody becomes an owner, and no owner anything else: that takes a pass without it.
    """
    if (mine or theirs) and (project is None or every is not None):
        raise click.UsageError("--mine and --theirs are about one project, once")

    async def once(services: Services, principal: Principal) -> int:
        deadline = datetime.now(UTC) + within
        code = await read_projects(services, principal, within)
        care = services.project_care
        is_attended = every is None
        if project is None:
            reports = await care.run_once(
                principal, deadline, applies=applies, is_attended=is_attended
            )
        else:
            wanted = (await kept(services, principal, project)).id
            for stays, paths in ((Stays.MINE, mine), (Stays.THEIRS, theirs)):
                if paths:
                    await services.blueprints.settle(principal, wanted, stays, paths)
            report = await care.run_for_project(
                principal, wanted, deadline, applies=applies, is_attended=is_attended
            )
            reports = [report]
        lines = partial(_lines, reports, applies=applies)
        answer(reports, as_json=as_json, table=lambda: map(literal, lines()))
        if not reports:
            return code  # who did not answer may have some
        return 1 if any(one.errors for one in reports) else 0

    async def work(services: Services, principal: Principal) -> int:
        if every is None:
            return await once(services, principal)
        while True:
            try:
                await once(services, principal)
            except SkyforgeError as error:
                told(error)
            narrate(f"next pass in {every.total_seconds():.0f} s")
            await asyncio.sleep(every.total_seconds())

    perform(ctx, work)


def _lines(reports: Sequence[SyncReport], *, applies: bool) -> Iterable[str]:
    if not reports:
        yield "no project with a manifest that you may keep in step"
    for one in reports:
        yield f"{one.slug}: {_state(one)}{_asked(one)}"
        yield from (f"  ● {step.words}" for step in one.done)
        yield from (f"  {'×' if applies else '○'} {step.words}" for step in one.left)
        yield from (f"  · {note}" for note in one.notes)
        yield from (f"  ! {error}" for error in one.errors)
    if not applies and any(one.left for one in reports):
        yield "nothing was written; --apply does it"


def _asked(report: SyncReport) -> str:
    """Return how much was asked of whom for it."""
    servers = ", ".join(f"{name} {count}" for name, count in sorted(report.requests.items()))
    return f"  ({servers} requests)" if servers else ""


def _state(report: SyncReport) -> str:
    if report.errors:
        return "not in step" if not report.done else f"{len(report.done)} done, not all"
    if report.left:
        return f"{len(report.left)} due"
    return f"{len(report.done)} done" if report.done else "in step"
