"""`skyforge attention`: what the Attention place shows and does."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.refreshing import read_projects, refresh
from skyforge_tui.domain.concern import Concern
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group()
def attention() -> None:
    """List what broke, what needs you and what runs; mute what you know of already."""


@attention.command("ls")
@click.option("--muted", "with_muted", is_flag=True, help="What is muted too.")
@_json
@click.pass_context
def list_concerns(ctx: click.Context, with_muted: bool, as_json: bool) -> None:
    """List what asks for attention, most urgent first."""

    async def work(services: Services, principal: Principal) -> int:
        code = await _look(services, principal)
        found = await services.attention.all(principal)
        shown = [*found.concerns, *(found.muted if with_muted else ())]
        muted = {one.key for one in found.muted}
        answer(
            [{**_told(one), "muted": one.key in muted} for one in shown],
            as_json=as_json,
            table=lambda: rows(
                ("WHY", "WHAT", "NAME", "WHO", "KEY", "NOTE"),
                [(str(one.why), one.what, one.name, one.who, one.key, one.note) for one in shown],
            ),
        )
        return code

    perform(ctx, work, watch=True)


@attention.command("mute")
@click.argument("keys", metavar="KEY…", nargs=-1, required=True)
@_json
@click.pass_context
def mute(ctx: click.Context, keys: tuple[str, ...], as_json: bool) -> None:
    """Leave these out until they change; `attention ls` says their keys."""

    async def work(services: Services, principal: Principal) -> int:
        await _look(services, principal)
        known = {one.key for one in (await services.attention.all(principal)).concerns}
        for key in keys:
            if key not in known:
                raise NotFound(f"nothing asks for attention as {key}", advice="attention ls")
        await services.attention.mute(principal, keys)
        answer({"muted": keys}, as_json=as_json, table=lambda: [f"muted {one}" for one in keys])
        return 0

    perform(ctx, work, watch=True)


@attention.command("unmute")
@click.argument("keys", metavar="KEY…", nargs=-1, required=True)
@_json
@click.pass_context
def unmute(ctx: click.Context, keys: tuple[str, ...], as_json: bool) -> None:
    """Tell of these again."""

    async def work(services: Services, principal: Principal) -> int:
        await services.attention.unmute(principal, keys)
        answer({"unmuted": keys}, as_json=as_json, table=lambda: [f"heard {one}" for one in keys])
        return 0

    perform(ctx, work)


async def _look(services: Services, principal: Principal) -> int:
    """Bring what may ask for attention up to date; return the exit code that is due so far."""
    code = await read_projects(services, principal)
    return max(code, await refresh(services, principal))


def _told(one: Concern) -> dict[str, object]:
    return {
        "why": str(one.why), "what": one.what, "name": one.name, "project": one.project,
        "who": one.who, "since": one.at, "note": one.note, "key": one.key,
    }  # fmt: skip
