"""`skyforge deployments`: launches that have a name in a project, and how what they made is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from skyforge_tui.cli.answers import answer, literal, perform, rows
from skyforge_tui.cli.projects import kept
from skyforge_tui.cli.refreshing import read_projects, refresh
from skyforge_tui.cli.runs import brief, pair, report, with_secrets
from skyforge_tui.domain.deployment import Deployment, Move, Way
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_wait = click.option("--wait", is_flag=True, help="Wait for the end; exit 1 if it is no success.")
_answers = click.option(
    "-v", "--var", "given", multiple=True, metavar="K=V", help="Answer what is secret, as env:NAME."
)


@click.group()
def deployments() -> None:
    """List, start, stop and destroy what projects have deployed."""


@deployments.command("ls")
@click.argument("project", required=False)
@_json
@click.pass_context
def list_deployments(ctx: click.Context, project: str | None, as_json: bool) -> None:
    """List the deployments of PROJECT, or of all, and how each is by the last run and its lab."""

    async def work(services: Services, principal: Principal) -> int:
        code = await _looked(services, principal)
        if project is None:
            found = await services.deployments.all(principal)
        else:
            meant = await kept(services, principal, project)
            found = await services.deployments.of(principal, meant.id)
        now = datetime.now(UTC)
        answer(
            [_plain(one) for one in found], as_json=as_json,
            table=lambda: rows(
                ("DEPLOYMENT", "STATE", "AGE", "RUN", "TEMPLATE", "NOTE"),
                [_row(one, now) for one in found],
            ),
        )  # fmt: skip
        return code

    perform(ctx, work)


@deployments.command("start")
@click.argument("name", metavar="[PROJECT/]NAME")
@_answers
@_wait
@_json
@click.pass_context
def start(ctx: click.Context, name: str, given: Sequence[str], wait: bool, as_json: bool) -> None:
    """Launch what brings NAME up, as its project's manifest says."""

    async def work(services: Services, principal: Principal) -> int:
        one = await _meant(services, principal, name)
        secrets = await _secrets(one.ways.get(Move.START), given)
        run = await services.deployments.start(principal, one.project_id, one.name, secrets)
        return await report(services, principal, run, wait=wait, as_json=as_json)

    perform(ctx, work, watch=wait)


@deployments.command("stop")
@click.argument("name", metavar="[PROJECT/]NAME")
@_json
@click.pass_context
def stop(ctx: click.Context, name: str, as_json: bool) -> None:
    """Ask the run that is at NAME to end; what it made by then stays."""

    async def work(services: Services, principal: Principal) -> int:
        one = await _meant(services, principal, name)
        run = await services.deployments.stop(principal, one.project_id, one.name)
        answer(brief(run), as_json=as_json, table=lambda: [f"run {run.number} is asked to end"])
        return 0

    perform(ctx, work)


@deployments.command("destroy")
@click.argument("name", metavar="[PROJECT/]NAME")
@click.option("--confirm", default="", metavar="NAME", help="The deployment's name, once more.")
@click.option("--dry-run", is_flag=True, help="Say what would be lost, and leave it.")
@_answers
@_wait
@_json
@click.pass_context
def destroy(
    ctx: click.Context,
    name: str,
    confirm: str,
    dry_run: bool,
    given: Sequence[str],
    wait: bool,
    as_json: bool,
) -> None:
    """Launch what removes everything that NAME made; it can be started again."""

    async def work(services: Services, principal: Principal) -> int:
        one = await _meant(services, principal, name)
        if dry_run:
            lost = [f"lost  {each}" for each in one.losses] or [f"nothing: {one.lacks}"]
            answer(_plain(one), as_json=as_json, table=lambda: map(literal, lost))
            return 0
        secrets = await _secrets(one.ways.get(Move.DESTROY), given)
        run = await services.deployments.destroy(
            principal, one.project_id, one.name, confirm, secrets
        )
        return await report(services, principal, run, wait=wait, as_json=as_json)

    perform(ctx, work, watch=wait)


async def _looked(services: Services, principal: Principal) -> int:
    """Know projects, runs and labs as they are now, and return the exit code that is due so far.

    Who does not answer is told, and what was known of it is shown.
    """
    code = await read_projects(services, principal)
    code = max(code, await refresh(services, principal))
    await services.labs.sync(principal, brief=True)
    return code


async def _meant(services: Services, principal: Principal, name: str) -> Deployment:
    await _looked(services, principal)
    return await services.deployments.find(principal, name)


async def _secrets(way: Way | None, given: Sequence[str]) -> dict[str, str]:
    """Return what was answered beside what the manifest says."""
    if way is None or not given:
        return {}
    return await with_secrets(way.template, dict(pair(one) for one in given))


def _plain(one: Deployment) -> dict[str, object]:
    return {
        "project": one.project_id,
        "name": one.full_name,
        "template": one.template,
        "state": one.state,
        "since": one.at,
        "run": None if one.run is None else brief(one.run),
        "lab": None if one.lab is None else one.lab.id,
        "note": one.note,
        "can": sorted(one.ways),
        "lacks": one.lacks,
        "losses": one.losses,
        "answers": one.ways[Move.START].answers if Move.START in one.ways else {},
    }


def _row(one: Deployment, now: datetime) -> tuple[str, ...]:
    return (
        one.full_name, str(one.state), _age(one.at, now),
        "" if one.run is None else one.run.reference, one.template,
        one.note or ("" if Move.START in one.ways else one.lacks),
    )  # fmt: skip


def _age(at: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in one unit; empty where nobody knows."""
    if at is None:
        return ""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
