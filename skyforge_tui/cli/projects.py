"""`skyforge projects`: what the Projects place shows."""

from __future__ import annotations

from collections.abc import Sequence

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.identity import Principal, Role, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.services.contract import Services
from skyforge_tui.services.projects import ProjectView


@click.group()
def projects() -> None:
    """Make projects, say who is what in them, look at them, and what was done to them."""


async def kept(services: Services, principal: Principal, name: str) -> Project:
    """Return the project of a name; of several alike the one whose host makes projects."""
    return (await services.projects.find(principal, name, services.founding.hosts)).project


@projects.command("ls")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_projects(ctx: click.Context, as_json: bool) -> None:
    """List the projects of this workspace."""

    async def work(services: Services, principal: Principal) -> int:
        code = await read_projects(services, principal)
        views = await services.projects.all(principal)
        answer(
            [_plain(view) for view in views],
            as_json=as_json,
            table=lambda: rows(
                ("PROJECT", "ON", "KIND", "ROLE", "TEMPLATES", "BRANCH", "PATH"),
                [_row(view) for view in views],
            ),
        )
        return code

    perform(ctx, work)


@projects.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def show_project(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show one project, by slug, id or path; where several are called so, by SERVER:SLUG."""

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        view = await services.projects.find(principal, name)
        answer(
            {**_plain(view), "templates": view.templates, "files": view.project.files},
            as_json=as_json,
            table=lambda: _lines(view),
        )
        return 0

    perform(ctx, work)


def _plain(view: ProjectView) -> dict[str, object]:
    project = view.project
    return {
        "id": project.id,
        "slug": project.slug,
        "server": upstream_of(project.id),
        "name": project.name,
        "description": project.description,
        "kind": project.kind,
        "path": project.path,
        "role": "none" if view.role is Role.NONE else view.role.word,
        "branch": project.branch,
        "commit": project.commit,
        "file_count": project.file_count,
        "templates": len(view.templates),
        "notices": project.notices,
    }


def _row(view: ProjectView) -> Sequence[str]:
    project = view.project
    return (
        project.slug, upstream_of(project.id), str(project.kind), view.role.word,
        str(len(view.templates)), project.branch, project.path,
    )  # fmt: skip


def _lines(view: ProjectView) -> list[str]:
    project = view.project
    facts = [
        ("project", project.slug),
        ("on", upstream_of(project.id)),
        ("description", project.description),
        ("path", project.path),
        ("role", view.role.word),
        ("branch", project.branch),
        ("commit", f"{project.commit.sha[:10]} {project.commit.subject}" if project.commit else ""),
        ("files", str(project.file_count)),
    ]
    lines = rows(("FACT", "VALUE"), [fact for fact in facts if fact[1]])[1:]
    if view.templates:
        listed = rows(
            ("TEMPLATE", "KIND", "TRUSTED", "DESCRIPTION"),
            [
                (one.name, str(one.kind), "yes" if one.is_trusted else "no", one.description)
                for one in view.templates
            ],
        )
        lines += ["", *listed]
    for notice in project.notices:
        told = [("!", notice.title), ("", notice.body), ("", notice.where), ("", notice.advice)]
        lines += ["", *rows(("", ""), [one for one in told if one[1]])[1:]]
    return lines
