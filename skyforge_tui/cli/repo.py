"""`skyforge repo`: what is in a project's repository, here or on a server, and one way to write."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows, told, write
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.cli.repo_meeting import Meeting, beside, kept, meeting
from skyforge_tui.domain.errors import Stale
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.repository import Entry, EntryKind, FileChange
from skyforge_tui.services.contract import Services

_REF = click.option("--ref", metavar="BRANCH", help="A branch or commit; else the default branch.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_MOST = 64 * 1024 * 1024


@click.group()
def repo() -> None:
    """Look into repositories, and write a file by a commit."""


@repo.command("ls")
@click.argument("project")
@click.argument("path", default="")
@_REF
@_JSON
@click.pass_context
def list_folder(
    ctx: click.Context, project: str, path: str, ref: str | None, as_json: bool
) -> None:
    """List a folder of PROJECT, page after page, until it is told in full."""

    async def work(services: Services, principal: Principal) -> int:
        known = await _known(services, principal, project)
        some = services.repositories
        tree = await some.tree_of(principal, known.id, ref or known.branch, path)
        entries: list[Entry] = []
        total = 1 if tree else 0
        while len(entries) < total:
            page = await some.folder(principal, known.id, tree, len(entries))
            entries += page.entries
            total = page.total if page.entries else len(entries)
        answer(
            entries, as_json=as_json,
            table=lambda: rows(("KIND", "SIZE", "NAME"), [_entry_row(one) for one in entries]),
        )  # fmt: skip
        return 0

    perform(ctx, work)


@repo.command("cat")
@click.argument("project")
@click.argument("path")
@_REF
@click.option("--bytes", "most", type=click.IntRange(1, _MOST), default=_MOST,
              help="Write no more than that many.")  # fmt: skip
@click.pass_context
def write_file_out(ctx: click.Context, project: str, path: str, ref: str | None, most: int) -> None:
    """Write a file of PROJECT to standard output, byte by byte."""

    async def work(services: Services, principal: Principal) -> int:
        known = await _known(services, principal, project)
        content = await services.repositories.read_file(
            principal, known.id, ref or known.branch, path, most
        )
        write(content.data)
        if not content.is_whole:
            narrate(f"skyforge: the first {len(content.data)} of {content.size} bytes")
        return 0

    perform(ctx, work)


@repo.command("log")
@click.argument("project")
@click.argument("path", default="")
@_REF
@_JSON
@click.pass_context
def list_commits(
    ctx: click.Context, project: str, path: str, ref: str | None, as_json: bool
) -> None:
    """List the newest commits of PROJECT, or those that changed PATH."""

    async def work(services: Services, principal: Principal) -> int:
        known = await _known(services, principal, project)
        page = await services.repositories.commits(principal, known.id, ref or known.branch, path)
        answer(
            page.commits, as_json=as_json,
            table=lambda: rows(
                ("COMMIT", "AT", "AUTHOR", "SUBJECT"), [_commit_row(one) for one in page.commits]
            ),
        )  # fmt: skip
        return 0

    perform(ctx, work)


@repo.command("branches")
@click.argument("project")
@_JSON
@click.pass_context
def list_branches(ctx: click.Context, project: str, as_json: bool) -> None:
    """List the branches of PROJECT, the default one first."""

    async def work(services: Services, principal: Principal) -> int:
        known = await _known(services, principal, project)
        found = await services.repositories.branches(principal, known.id)
        answer(
            found, as_json=as_json,
            table=lambda: rows(
                ("BRANCH", "COMMIT", "AT", "AUTHOR", "SUBJECT"),
                [(one.name, *_commit_row(one.commit)) for one in found],
            ),
        )  # fmt: skip
        return 0

    perform(ctx, work)


@repo.command("put")
@click.argument("project")
@click.argument("path")
@click.argument("source", type=click.File("rb"))
@click.option("-m", "--message", required=True, help="What the commit says.")
@click.option("--branch", metavar="NAME", help="Where to; else the default branch.")
@click.option(
    "--replaces", metavar="OBJECT", default="",
    help="The object that `repo ls --json` tells of the file; without it, it is new.",
)  # fmt: skip
@click.option(
    "--together", is_flag=True,
    help="If somebody else changed it since, commit both changes, where they are apart.",
)  # fmt: skip
@_JSON
@click.pass_context
def put_file(
    ctx: click.Context, project: str, path: str, source: IO[bytes], message: str,
    branch: str | None, replaces: str, together: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write SOURCE (`-` is standard input) to PATH of PROJECT by a commit.

    When the file is not what is to be replaced any more, nothing is written, and both changes are
    shown; what came by standard input is kept in a file.
    """

    async def work(services: Services, principal: Principal) -> int:
        known = await _known(services, principal, project)
        change = FileChange(path, source.read(), replaces, _can_run(source))
        where = branch or known.branch
        mine, is_beside = change.data or b"", False
        while True:
            try:
                made = await services.repositories.write_files(
                    principal, known.id, [change], message, where
                )
                break
            except Stale as error:
                met = await meeting(services, principal, known.id, change, where)
                both = beside(change, met) if together else None
                if both is None or both.replaces == change.replaces:
                    given = replace(change, data=mine)
                    return _told_of(met, error, given, is_piped=_is_piped(source))
                change, is_beside = both, True  # and so on, if somebody is faster again
        if is_beside:
            narrate("somebody else changed it meanwhile: both changes are committed")
        answer({"commit": made}, as_json=as_json, table=lambda: [made])
        return 0

    perform(ctx, work)


def _can_run(source: IO[bytes]) -> bool:
    """Say whether what was read comes from a file that is executable."""
    if _is_piped(source):
        return False
    found = os.fstat(source.fileno())
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & stat.S_IXUSR)


def _is_piped(source: IO[bytes]) -> bool:
    """Say whether what was read comes from standard input, which tells it only once."""
    return getattr(source, "name", "<stdin>") in ("-", "<stdin>")


def _told_of(met: Meeting, error: Stale, change: FileChange, *, is_piped: bool) -> int:
    """Say both changes and where ours is, and return the exit code."""
    code = told(error)
    for line in met.lines():
        narrate(f"  {line}")
    if is_piped:
        narrate(f"  what you gave is kept in {kept(change.path, change.data or b'')}")
    return code


async def _known(services: Services, principal: Principal, name: str) -> Project:
    await read_projects(services, principal)
    return (await services.projects.find(principal, name, services.repositories.hosts)).project


def _entry_row(entry: Entry) -> Sequence[str]:
    is_file = entry.kind is EntryKind.FILE
    return (entry.kind.value, str(entry.size) if is_file else "", entry.name)


def _commit_row(commit: Commit) -> Sequence[str]:
    return (commit.sha[:10], f"{commit.at:%Y-%m-%d %H:%M}", commit.author, commit.subject)
