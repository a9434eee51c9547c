"""`skyforge projects create|rm`: projects made and removed, and what came of it."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, literal, narrate, perform
from skyforge_tui.cli.projects import projects
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.making import Outcome, Went
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.services.contract import Services

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_SIGNS = {Went.DONE: "●", Went.WAS_SO: "✓", Went.FAILED: "×", Went.LEFT: "○"}
PEOPLE = (
    click.option("--owner", "owners", multiple=True, metavar="NAME", help="Make them an owner."),
    click.option("--editor", "editors", multiple=True, metavar="NAME", help="Make them an editor."),
    click.option("--viewer", "viewers", multiple=True, metavar="NAME", help="Make them a viewer."),
)


@projects.command("create")
@click.argument("name", metavar="[OWNER/]NAME")
@click.option("--on", "host", required=True, metavar="GITEA", help="Where it is kept.")
@click.option("--title", default="", help="What people call it; without it, its name.")
@click.option("--description", default="", help="What it is about.")
@click.option("--engine", default="", metavar="NAME", help="The Semaphore on which it runs.")
@click.option("--public", "is_public", is_flag=True, help="Everybody there may look.")
@PEOPLE[2]
@PEOPLE[1]
@PEOPLE[0]
@_json
@click.pass_context
def create(
    ctx: click.Context,
    name: str,
    host: str,
    title: str,
    description: str,
    engine: str,
    is_public: bool,
    owners: tuple[str, ...],
    editors: tuple[str, ...],
    viewers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make sure of a project: its repository, and a manifest in it.

    Say it again when a step failed: what is there already is left as it is.
    """
    members = Members(frozenset(owners), frozenset(editors), frozenset(viewers))
    manifest = ProjectManifest(title or name.rpartition("/")[2], description, is_public, members,
                               engine)  # fmt: skip

    async def work(services: Services, principal: Principal) -> int:
        project, outcomes = await services.founding.create(principal, host, name, manifest)
        told = {"project": None if project is None else project.id, "steps": outcomes}
        answer(told, as_json=as_json, table=lambda: map(literal, map(_line, outcomes)))
        if any(one.went in (Went.FAILED, Went.LEFT) for one in outcomes):
            narrate("not all of it is there; say it again when that is mended")
            return 1
        if project is not None and (members or engine):
            narrate(f"skyforge sync {project.slug} says what is due yet")
        return 0

    perform(ctx, work)


@projects.command("rm")
@click.argument("name")
@click.option("--confirm", default="", metavar="SLUG", help="The project's name, once more.")
@click.option("--dry-run", is_flag=True, help="Say what would be lost, and leave it.")
@click.pass_context
def remove(ctx: click.Context, name: str, confirm: str, dry_run: bool) -> None:
    """Delete a project's repository with everything in it; runs and artifacts stay."""

    async def work(services: Services, principal: Principal) -> int:
        await services.projects.sync(principal)
        project_id = await _kept(services, principal, name)
        project = (await services.projects.get(principal, project_id)).project
        if dry_run:
            lost = f"{project.path}: {project.file_count} files and all their history"
            answer(
                {"project": project.id, "lost": [lost]}, as_json=False,
                table=lambda: map(literal, [f"lost  {lost}", "kept  its runs and artifacts"]),
            )  # fmt: skip
            return 0
        await services.founding.delete(principal, project_id, confirm)
        narrate(f"deleted {project.path}")
        return 0

    perform(ctx, work)


async def _kept(services: Services, principal: Principal, name: str) -> ProjectId:
    """Return the project of a name; of several alike the one whose host makes projects."""
    return (await services.projects.find(principal, name, services.founding.hosts)).project.id


def _line(one: Outcome) -> str:
    words = f"{_SIGNS[one.went]} {one.what}"
    if one.went is Went.WAS_SO:
        words += ": was there"
    return f"{words}: {one.why}" if one.why else words
