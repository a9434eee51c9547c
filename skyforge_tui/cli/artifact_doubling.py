"""`skyforge artifacts cp|mv`: one, or all that lies below, in the same store or another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, perform
from skyforge_tui.cli.artifact_care import as_json_option, meant, store_option
from skyforge_tui.cli.artifact_each import each
from skyforge_tui.cli.carrying import carried
from skyforge_tui.domain.artifact import ArtifactRef, checked_key, checked_prefix
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.domain.artifact import Artifact
    from skyforge_tui.services.contract import Services

_recursive = click.option("--recursive", "-r", is_flag=True, help="All that lies below.")
_overwrite = click.option("--overwrite", is_flag=True, help="Replace what is there.")


@click.command("cp")
@click.argument("source")
@click.argument("target")
@_recursive
@_overwrite
@store_option
@as_json_option
@click.pass_context
def copy_artifact(
    ctx: click.Context,
    source: str,
    target: str,
    recursive: bool,
    overwrite: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Store the artifact SOURCE a second time as TARGET; both may be STORE:KEY.

    With -r all that lies below SOURCE comes to lie below TARGET; what is there already stays.
    """
    double = _double_all if recursive else _double
    double(ctx, source, target, overwrite, store, as_json, is_move=False)


@click.command("mv")
@click.argument("source")
@click.argument("target")
@_recursive
@_overwrite
@store_option
@as_json_option
@click.pass_context
def move_artifact(
    ctx: click.Context,
    source: str,
    target: str,
    recursive: bool,
    overwrite: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Move the artifact SOURCE to TARGET; both may be STORE:KEY.

    It is removed where it was when it is whole where it goes; with -r, one after the other.
    """
    double = _double_all if recursive else _double
    double(ctx, source, target, overwrite, store, as_json, is_move=True)


def _double(
    ctx: click.Context,
    source: str,
    target: str,
    overwrite: bool,
    store: str | None,
    as_json: bool,
    *,
    is_move: bool,
) -> None:
    async def work(services: Services, principal: Principal) -> int:
        one = await meant(services, principal, store, source)
        other = await meant(services, principal, store, target)
        checked_key(one.key)
        checked_key(other.key)
        begin = services.transfers.move if is_move else services.transfers.copy
        begun = await begin(principal, one, other, overwrite=overwrite)
        await carried(services, principal, begun)
        verb = "moved" if is_move else "copied"
        answer(
            {"source": one.key, "key": other.key, "store": other.store},
            as_json=as_json,
            table=lambda: [f"{verb} to {other}"],
        )
        return 0

    perform(ctx, work)


def _double_all(
    ctx: click.Context,
    source: str,
    target: str,
    overwrite: bool,
    store: str | None,
    as_json: bool,
    *,
    is_move: bool,
) -> None:
    async def work(services: Services, principal: Principal) -> int:
        one = await meant(services, principal, store, checked_prefix(source))
        other = await meant(services, principal, store, checked_prefix(target))
        begin = services.transfers.move if is_move else services.transfers.copy

        async def double(artifact: Artifact) -> None:
            rest = artifact.key[len(one.key) :].lstrip("/")
            goal = ArtifactRef(other.store, f"{other.key}/{rest}".lstrip("/"))
            begun = await begin(principal, artifact.ref, goal, overwrite=overwrite)
            await carried(services, principal, begun)

        outcome = await each(services, principal, one, double)
        answer(
            {"source": str(one), "target": str(other), **outcome.plain},
            as_json=as_json,
            table=lambda: [outcome.words("moved" if is_move else "copied")],
        )
        return outcome.exit_code

    perform(ctx, work)
