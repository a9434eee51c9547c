"""Brings what is known of labs up to date, for as long as the person at the shell has patience."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from skyforge_tui.cli.answers import narrate, said_here
from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.cli.spans import Span
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LOCAL, Principal

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services

PATIENCE: Final = timedelta(seconds=5)
"""Hosts whose every answer takes a program to be started tell a dozen labs in less."""

patience_option = click.option(
    "--patience", type=Span(), default=f"{PATIENCE.seconds}s", show_default=True, metavar="SPAN",
    help="How long a server may take; then its labs are those known.",
)  # fmt: skip


async def look(services: Services, principal: Principal, patience: timedelta) -> int:
    """Read what this machine declares, then all else at once; return the exit code that is due."""
    await look_at_projects(services, principal, patience, (LOCAL,))
    far = [one for one in services.catalog.upstreams if one != LOCAL]
    code, _ = await asyncio.gather(
        look_at_labs(services, principal, patience),
        look_at_projects(services, principal, patience, far),
    )
    return code


async def look_at_labs(
    services: Services, principal: Principal, patience: timedelta, only: Collection[str] = ()
) -> int:
    """Ask all that run labs, or `only` these; tell who is silent, and return the exit code.

    Programs of this machine end by themselves: patience is for servers.
    """
    wanted = only or services.lab_index.upstreams
    near = await services.labs.near(principal)
    far = [one for one in wanted if one not in near]
    await asyncio.gather(
        services.labs.sync(principal, only=[one for one in wanted if one in near]),
        services.labs.sync(principal, only=far, patience=patience),
    )
    sources = (await services.labs.all(principal)).sources
    asked = [one for one in sources if not only or one.provider in only]
    for source in asked:
        if source.error:
            narrate(f"skyforge: {source.provider}: {source.error}")
        if source.error and (advice := said_here(source.advice)):
            narrate(f"  {advice}")
    return 3 if any(one.mode is UpstreamState.ERROR for one in asked) else 0


async def look_at_projects(
    services: Services,
    principal: Principal,
    patience: timedelta,
    only: Collection[str] | None = None,
) -> None:
    """Read the projects of every host, or of `only` these; a silent one holds up nobody."""
    # One that runs labs too is told of as that.
    await read_projects(services, principal, patience, only, told=services.lab_index.upstreams)
