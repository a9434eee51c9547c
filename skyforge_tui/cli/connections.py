"""`skyforge connections`: which servers are configured, and whether they can be used."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, exit_code, guarded, narrate, rows
from skyforge_tui.cli.connecting import Narration, plain_outcome, plain_server
from skyforge_tui.domain.connection import Found, Given, Server, shown_reference
from skyforge_tui.domain.errors import SkyforgeError

if TYPE_CHECKING:
    from skyforge_tui.services.connections import ConnectionService


@click.command()
@click.argument("names", nargs=-1)
@click.option("--test", "is_test", is_flag=True, help="Connect to each and say how it is.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def connections(ctx: click.Context, names: Sequence[str], is_test: bool, as_json: bool) -> None:
    """List the configured servers, or those called NAMES; with --test, connect to each.

    Exits with the code of the first that cannot be used. Nothing is ever asked or written.
    """
    ctx.exit(guarded(lambda: asyncio.run(_list(ctx, names, is_test, as_json))))


async def _list(ctx: click.Context, names: Sequence[str], is_test: bool, as_json: bool) -> int:
    from skyforge_tui.settings.frame import read_frame
    from skyforge_tui.wiring import current_principal
    from skyforge_tui.wiring.connections import open_connections

    service = open_connections(read_frame(ctx.obj.config_path, ctx.obj.profile))
    principal = current_principal()
    known = await service.servers(principal)
    for name in names:
        await service.named(principal, name)
    chosen = [one for one in known if not names or one.name in names]
    if not is_test:
        answer(
            [plain_server(one) for one in chosen],
            as_json=as_json,
            table=lambda: rows(("KIND", "NAME", "ADDRESS", "WHO", "SECRET", "GUARD", "TRUST"),
                               [_row(one) for one in chosen]),
        )  # fmt: skip
        return 0
    outcomes = [await _tested(service, one) for one in chosen]
    documents = [plain_outcome(server, told, outcome) for server, told, outcome in outcomes]
    answer(documents, as_json=as_json, table=lambda: _outcome_rows(outcomes))
    failures = [one for _, _, one in outcomes if isinstance(one, SkyforgeError)]
    return exit_code(failures[0]) if failures else 0


Outcome = tuple[Server, Narration, "Found | SkyforgeError"]


async def _tested(service: ConnectionService, server: Server) -> Outcome:
    from skyforge_tui.wiring import current_principal

    narrate(f"{server.kind} {server.name}")
    told = Narration(["connect", server.kind, "--name", server.name])
    try:
        return server, told, await service.test(current_principal(), server, Given(), told)
    except SkyforgeError as error:
        return server, told, error


def _outcome_rows(outcomes: Sequence[Outcome]) -> Iterable[str]:
    body = []
    for server, _, outcome in outcomes:
        if isinstance(outcome, SkyforgeError):
            body.append((server.kind, server.name, "no", "", "", "", outcome.message))
        else:
            ms, version = f"{outcome.latency_ms:.0f} ms", outcome.version
            body.append(
                (server.kind, server.name, "ok", ms, version, outcome.identity, outcome.rights)
            )
    return rows(("KIND", "NAME", "", "LATENCY", "VERSION", "WHO", "NOTE"), body)


def _row(server: Server) -> tuple[str, ...]:
    secret = shown_reference(server.token_ref or server.password_ref) or "-"
    return (
        server.kind, server.name, server.address, server.username or "-", secret, server.guard,
        _trust(server),
    )  # fmt: skip


def _trust(server: Server) -> str:
    if server.is_blind:
        return "NOBODY CHECKED"
    if server.fingerprint:
        return "pinned"
    if server.address.startswith("http:"):
        return "no TLS"
    return "own authority" if server.ca_file else "system"
