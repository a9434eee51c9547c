"""`skyforge artifacts`: what the Artifacts place shows and does."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.artifact_care import (
    as_json_option,
    find,
    index,
    meant,
    store_option,
    url,
    verify,
)
from skyforge_tui.cli.artifact_doubling import copy_artifact, move_artifact
from skyforge_tui.cli.artifact_gc import collect_garbage
from skyforge_tui.cli.artifact_moving import (
    get_artifact,
    put_artifact,
    remove_artifacts,
)
from skyforge_tui.cli.artifact_show import show
from skyforge_tui.cli.collecting import catch_up
from skyforge_tui.cli.moments import clock
from skyforge_tui.domain.artifact import Artifact, ArtifactRef, checked_prefix
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services


@click.group()
def artifacts() -> None:
    """List, get, compare, put, copy, move, remove; what a run made is at artifacts/PROJECT/RUN/.

    With several stores, STORE:KEY names what is in another than the usual one.
    """


for _command in (
    show, get_artifact, put_artifact, copy_artifact, move_artifact, remove_artifacts,
    verify, url, find, index, collect_garbage,
):  # fmt: skip
    artifacts.add_command(_command)


@artifacts.command("ls")
@click.argument("prefix", default="")
@click.option("--recursive", "-r", is_flag=True, help="All of it, not one level.")
@store_option
@as_json_option
@click.pass_context
def list_artifacts(
    ctx: click.Context, prefix: str, recursive: bool, store: str | None, as_json: bool
) -> None:
    """List what lies below PREFIX."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, prefix)
        ref = ArtifactRef(ref.store, checked_prefix(ref.key))
        await catch_up(services, principal)
        folders: list[str] = []
        found: list[Artifact] = []
        after = None
        while after != "":
            level = await services.artifacts.level(
                principal, ref, deep=recursive, after=after or ""
            )
            folders += [one.ref.key for one in level.folders]
            found += [one for one, _ in level.artifacts]
            after = level.next
        if ref.key and not (folders or found):
            raise NotFound(f"nothing lies below {ref.key}", advice="list what is: artifacts ls")
        listed = [(f"{one}/", "", "") for one in folders] + [_row(one) for one in found]
        answer(
            {"store": ref.store, "prefix": ref.key, "folders": folders, "artifacts": found},
            as_json=as_json,
            table=lambda: rows(("KEY", "BYTES", "WRITTEN"), sorted(listed)),
        )
        return 0

    perform(ctx, work)


@artifacts.command("compare")
@click.argument("run")
@click.option("--with", "other", metavar="RUN", help="Not the last good run before it, but this.")
@as_json_option
@click.pass_context
def compare_artifacts(ctx: click.Context, run: str, other: str | None, as_json: bool) -> None:
    """Say which artifacts of RUN differ, by checksum, from what another run left."""

    async def work(services: Services, principal: Principal) -> int:
        await catch_up(services, principal)
        run_id = await services.runs.find(principal, run)
        with_id = None if other is None else await services.runs.find(principal, other)
        made = await services.artifacts.made_by(principal, run_id)
        if made is None or not made.prefix:
            raise NotFound(f"nothing is kept of run {run}", advice="artifacts ls lists what is")
        ref = ArtifactRef(made.store, made.prefix)
        found = await services.comparisons.compare(principal, ref, with_id)
        if found is None:
            raise NotFound(f"there is no run that {run} can be compared with")
        if with_id is not None and found.other.id != with_id:
            raise Invalid(f"run {other} did something else than run {run}, or left nothing")
        names = {key.removeprefix(f"{made.prefix}/"): like for key, like in found.by_key.items()}
        shown = [*sorted(names.items()), *((name, "gone") for name in found.gone)]
        answer(
            {"run": run_id, "with": found.other.id, "artifacts": names, "gone": found.gone},
            as_json=as_json,
            table=lambda: rows(("NAME", f"VS {found.other.number}"), shown),
        )
        return 0

    perform(ctx, work)


def _row(one: Artifact) -> tuple[str, str, str]:
    return one.key, str(one.size), clock(one.modified_at)
