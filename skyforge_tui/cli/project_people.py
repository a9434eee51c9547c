"""`skyforge projects members|share|audit`: who is what in projects, and who did what to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from skyforge_tui.cli.answers import answer, literal, narrate, perform, rows, told
from skyforge_tui.cli.project_actions import PEOPLE
from skyforge_tui.cli.projects import kept, projects
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.audit import AuditEntry
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, Role, upstream_of
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Overtaken, Sharing
from skyforge_tui.services.contract import Services
from skyforge_tui.services.membership import Membership

__all__ = ["projects"]

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@projects.command("members")
@click.argument("name")
@_json
@click.pass_context
def list_members(ctx: click.Context, name: str, as_json: bool) -> None:
    """List who is what in a project: by its manifest, by its servers, and why."""

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        project_id = (await kept(services, principal, name)).id
        found = await services.membership.look(principal, project_id)
        answer(
            _plain(found), as_json=as_json,
            table=lambda: rows(_heads(found), [_row(one, found) for one in found.seats]),
        )  # fmt: skip
        return 0

    perform(ctx, work)


@projects.command("share")
@click.argument("name")
@PEOPLE[2]
@PEOPLE[1]
@PEOPLE[0]
@click.option("--out", "gone", multiple=True, metavar="NAME", help="Put them out.")
@click.option("--public/--private", "is_public", default=None, help="Whether all there may look.")
@click.option(
    "--seen", metavar="OBJECT",
    help="The manifest that `projects members --json` told; if it is another by now, write"
    " nothing and say what others changed.",
)  # fmt: skip
@_json
@click.pass_context
def share(
    ctx: click.Context,
    name: str,
    owners: tuple[str, ...],
    editors: tuple[str, ...],
    viewers: tuple[str, ...],
    gone: tuple[str, ...],
    is_public: bool | None,
    seen: str | None,
    as_json: bool,
) -> None:
    """Say in the manifest who is what in a project, by a commit; skyforge sync makes it so.

    What others write meanwhile stays, unless it is about the same people: then nothing is written,
    and both changes are said.
    """
    said = (
        (owners, Role.OWNER), (editors, Role.EDITOR), (viewers, Role.VIEWER), (gone, Role.NONE),
    )  # fmt: skip
    roles = {one: role for names, role in said for one in names}
    if len(roles) < sum(len(names) for names, _ in said):
        raise click.UsageError("give everybody one role")
    if not roles and is_public is None:
        raise click.UsageError("say who shall be what, or --public or --private")
    sharing = Sharing(roles, is_public)

    async def work(services: Services, principal: Principal) -> int:
        await read_projects(services, principal)
        project_id = (await kept(services, principal, name)).id
        some = services.membership
        known = None if seen is None else await some.seen_at(principal, project_id, seen)
        try:
            after = (await some.share(principal, project_id, sharing, known)).after
        except Overtaken as error:
            code = told(error)
            for line in _both(error):
                narrate(f"  {line}")
            return code
        people = after.members.by_name()
        answer(
            {"public": after.is_public, "members": {one: r.word for one, r in people.items()}},
            as_json=as_json,
            table=lambda: map(literal, (f"{one}  {role.word}" for one, role in people.items())),
        )
        narrate(f"skyforge sync {name} --apply makes it so")
        return 0

    perform(ctx, work)


@projects.command("audit")
@click.argument("name", required=False, default="")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True,
              help="No more than so many, the newest.")  # fmt: skip
@_json
@click.pass_context
def list_audit(ctx: click.Context, name: str, limit: int, as_json: bool) -> None:
    """List who did what to a project, or to all, the newest first; what was refused as well.

    It is what was done with this state directory. What others did, the history of
    .skyforge/project.toml tells: skyforge repo log NAME .skyforge/project.toml
    """

    async def work(services: Services, principal: Principal) -> int:
        wanted = await _called(services, principal, name)
        entries = await services.audit.all(principal, wanted, limit)
        answer(
            entries, as_json=as_json,
            table=lambda: rows(
                ("AT", "WHO", "PROJECT", "DID", "OUTCOME", "WHAT"), [_entry(one) for one in entries]
            ),
        )  # fmt: skip
        return 0

    perform(ctx, work)


async def _called(services: Services, principal: Principal, name: str) -> str:
    """Return by what the record knows a project of one server; of any other name, that name.

    A project that is gone is known by its name alone, and it may be one of several alike.
    """
    if ":" not in name:
        return name
    try:
        return (await services.projects.find(principal, name)).project.id
    except NotFound:
        return name


def _plain(found: Membership) -> dict[str, Any]:
    host = upstream_of(found.project.id)
    return {
        "project": found.project.id,
        "manifest": found.seen.object_id,
        "public": found.seen.manifest.is_public,
        "public_there": found.project.is_public,
        "members": [
            {
                "name": one.name, "role": _word(one.role), "manifest": _word(one.declared),
                "granted": _word(one.granted), "engine": _word(one.on_engine),
                "is_creator": one.is_creator, "why": one.why(host), "due": one.due,
            }
            for one in found.seats
        ],
    }  # fmt: skip


def _word(role: Role | None) -> str | None:
    return None if role is None else (role.word if role else "none")


def _heads(found: Membership) -> Sequence[str]:
    host = upstream_of(found.project.id).upper()
    engine = (found.engine.upper(),) if found.engine else ()
    return ("NAME", "ROLE", "MANIFEST", host, *engine, "WHY")


def _row(one: Seat, found: Membership) -> Sequence[str]:
    granted = "?" if one.granted is None else _shown(one.granted)
    engine = (_shown(one.on_engine),) if found.engine else ()
    words = (_shown(one.declared), granted, *engine)
    return (one.name, one.role.word, *words, one.why(upstream_of(found.project.id)))


def _shown(role: Role | None) -> str:
    return role.word if role else "–"


def _entry(one: AuditEntry) -> Sequence[str]:
    at = one.at.astimezone()
    what = f"{one.words}; {one.why}" if one.words and one.why else one.words or one.why
    return (f"{at:%Y-%m-%d %H:%M:%S}", one.who, one.project, str(one.deed), str(one.outcome), what)


def _both(error: Overtaken) -> list[str]:
    """Return both changes, and what stands in the way of both."""
    theirs = [words for _, words in error.theirs.deeds(error.seen.manifest)]
    mine = [words for _, words in error.mine.deeds(error.seen.manifest)]
    lines = [f"theirs  {one}" for one in theirs or ["other lines of the manifest"]]
    lines += [f"yours   {one}" for one in mine]
    if error.meets:
        return [*lines, f"they meet: {', '.join(error.meets)}; nothing was written"]
    return [*lines, f"they are apart: say it again with --seen {error.now.object_id}"]
