"""`skyforge projects create|adopt|rm`: projects made and removed, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from skyforge_tui.cli.answers import answer, literal, narrate, perform
from skyforge_tui.cli.projects import kept, projects
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.making import Draft, Outcome, Went
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.services.contract import Services
from skyforge_tui.services.making import Wish

WITHIN: Final = timedelta(seconds=60)
"""How long making a project may take."""
_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and leave it.")
_SIGNS = {
    Went.DONE: "●", Went.WAS_SO: "✓", Went.RUNNING: "○", Went.FAILED: "×", Went.LEFT: "○",
}  # fmt: skip
PEOPLE = (
    click.option("--owner", "owners", multiple=True, metavar="NAME", help="Make them an owner."),
    click.option("--editor", "editors", multiple=True, metavar="NAME", help="Make them an editor."),
    click.option("--viewer", "viewers", multiple=True, metavar="NAME", help="Make them a viewer."),
)


def _wished(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say what stands in a manifest."""
    texts = (
        ("artifacts", "PREFIX", "Where its artifacts are kept."),
        ("blueprint", "REPOSITORY", "Whose files it has: OWNER/NAME, or OWNER/NAME/FOLDER."),
        ("engine", "NAME", "The Semaphore on which it runs."),
        ("description", "TEXT", "What it is about."),
        ("title", "TEXT", "What people call it; without it, its name."),
    )
    for name, metavar, about in texts:
        command = click.option(f"--{name}", default="", metavar=metavar, help=about)(command)
        if name == "blueprint":
            command = click.option(
                "--lab-server", "lab_servers", multiple=True, metavar="NAME",
                help="Where its labs run.",
            )(command)  # fmt: skip
    return click.option(
        "--public/--private", "is_public", default=None,
        help="Whether everybody there may look.",
    )(command)  # fmt: skip


@projects.command("create")
@click.argument("name", metavar="[OWNER/]NAME")
@click.option("--on", "host", required=True, metavar="GITEA", help="Where it is kept.")
@_wished
@PEOPLE[2]
@PEOPLE[1]
@PEOPLE[0]
@_dry_run
@_json
@click.pass_context
def create(
    ctx: click.Context,
    /,
    name: str,
    host: str,
    owners: tuple[str, ...],
    editors: tuple[str, ...],
    viewers: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Make sure of a project: its repository, a manifest in it, and what that says.

    Say it again when a step failed: what is there already is left as it is.
    """
    members = Members(frozenset(owners), frozenset(editors), frozenset(viewers))
    wish = Wish(host, name, _manifest(name.rpartition("/")[2], members, **said))

    async def work(services: Services, principal: Principal) -> int:
        _check_labs(services, wish.manifest)
        if dry_run:
            return _foreseen(await services.founding.foresee(principal, wish), as_json=as_json)
        made = await services.founding.create(principal, wish, _deadline())
        return _made(*made, as_json=as_json)

    perform(ctx, work)


@projects.command("adopt")
@click.argument("name")
@_wished
@_dry_run
@_json
@click.pass_context
def adopt(ctx: click.Context, /, name: str, dry_run: bool, as_json: bool, **said: Any) -> None:
    """Write a manifest into a plain repository, and make sure of what it says."""

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        founding = services.founding
        project = await kept(services, principal, name)
        manifest = _manifest(project.name, Members(), **said)
        _check_labs(services, manifest)
        if dry_run:
            draft = await founding.foresee_adoption(principal, project.id, manifest)
            return _foreseen(draft, as_json=as_json)
        made = await founding.adopt(principal, project.id, manifest, _deadline())
        return _made(*made, as_json=as_json)

    perform(ctx, work)


@projects.command("rm")
@click.argument("name")
@click.option("--confirm", default="", metavar="SLUG", help="The project's name, once more.")
@_dry_run
@_json
@click.pass_context
def remove(ctx: click.Context, name: str, confirm: str, dry_run: bool, as_json: bool) -> None:
    """Delete a project: its place on the run engine, and its repository with everything in it.

    Its artifacts, labs and the output that was read here stay. Say it again when a step failed.
    """

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        project_id = (await kept(services, principal, name)).id
        if dry_run:
            draft = await services.founding.foresee_deletion(principal, project_id)
            return _foreseen(draft, as_json=as_json, kept="stays: ")
        outcomes = await services.founding.delete(principal, project_id, confirm)
        answer(
            {"project": project_id, "steps": outcomes}, as_json=as_json,
            table=lambda: map(literal, map(_line, outcomes)),
        )  # fmt: skip
        if any(one.is_missing for one in outcomes):
            narrate("not all of it is gone; say it again when that is mended")
            return 1
        return 0

    perform(ctx, work)


def _manifest(
    name: str,
    members: Members,
    title: str,
    description: str,
    is_public: bool | None,
    engine: str,
    lab_servers: tuple[str, ...],
    blueprint: str,
    artifacts: str,
) -> ProjectManifest:
    return ProjectManifest(
        title or name, description, is_public, members, engine, lab_servers, blueprint,
        artifacts.strip("/"),
    )  # fmt: skip


def _check_labs(services: Services, manifest: ProjectManifest) -> None:
    known = services.lab_index.upstreams
    unknown = ", ".join(one for one in manifest.lab_servers if one not in known)
    if unknown:
        raise Invalid(
            f"no lab server is called {unknown}", advice=f"there are: {', '.join(known) or 'none'}"
        )


def _deadline() -> datetime:
    return datetime.now(UTC) + WITHIN


def _foreseen(draft: Draft, *, as_json: bool, kept: str = "") -> int:
    answer(draft, as_json=as_json, table=lambda: map(literal, _draft_lines(draft, kept)))
    return 1 if draft.errors or any(one.went is Went.FAILED for one in draft.steps) else 0


def _draft_lines(draft: Draft, kept: str) -> Iterator[str]:
    for one in draft.steps:
        yield _line(one)
        yield from (f"    {part}" for part in one.parts)
    yield from (f"· {kept}{one}" for one in draft.kept)
    yield from (f"! {one}" for one in draft.errors)
    yield "nothing was changed"


def _made(project: Project | None, outcomes: Sequence[Outcome], *, as_json: bool) -> int:
    told = {"project": None if project is None else project.id, "steps": outcomes}
    answer(told, as_json=as_json, table=lambda: map(literal, map(_line, outcomes)))
    if any(one.is_missing for one in outcomes):
        narrate("not all of it is there; say it again when that is mended")
        return 1
    return 0


def _line(one: Outcome) -> str:
    words = f"{_SIGNS[one.went]} {one.what}"
    if one.went is Went.WAS_SO and not one.why:
        words += ": was there"
    return f"{words}: {one.why}" if one.why else words
