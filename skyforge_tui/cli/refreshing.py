"""Brings what is known up to date, and finds a run; a dead server holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from skyforge_tui.cli.answers import exit_code, narrate, said_here
from skyforge_tui.domain.errors import Refused, SkyforgeError, Unavailable
from skyforge_tui.domain.identity import LOCAL, Principal, RunId, upstream_of

PATIENCE: Final = timedelta(seconds=60)
"""How long a server may take to tell all its projects: some have hundreds, far away."""

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.run_parts import KnowsRuns


async def refresh(services: KnowsRuns, principal: Principal, only: str = "") -> int:
    """Read the runs of every engine, or of `only` one; return the exit code that is due so far.

    A server that does not answer, or not to us, is told: what was known of it is shown.

    Raises:
        Unavailable: the runs of this machine cannot be read.
    """
    wanted = [one for one in services.run_upstreams if only in ("", one)]
    codes = await asyncio.gather(*(_refreshed(services, principal, one) for one in wanted))
    return max(codes, default=0)


async def read_projects(
    services: Services,
    principal: Principal,
    patience: timedelta = PATIENCE,
    only: Collection[str] | None = None,
    *,
    told: Collection[str] = (),
) -> int:
    """Read the projects of every server, or of `only` these; return the exit code that is due.

    A server that does not answer, or not to us, is told, unless it is `told` of elsewhere: what was
    known of it is shown.

    Raises:
        Unavailable: the projects of this machine cannot be read.
    """
    unread = await services.projects.try_sync(principal, patience, only)
    if LOCAL in unread:
        raise unread[LOCAL]
    for upstream, error in unread.items():
        if upstream not in told:
            _tell(error, "projects")
    return max(map(exit_code, unread.values()), default=0)


async def read_older(services: KnowsRuns, principal: Principal) -> None:
    """Read all runs that servers list when they are asked, and tell what they keep to themselves.

    Raises:
        Unavailable, Refused: one did not answer.
    """
    older = await services.older_runs.read(principal)
    while older.left:
        older = await services.older_runs.read(principal)
    if older.beyond:
        names = ", ".join(older.upstreams)
        narrate(f"{older.beyond} older runs are counted by {names}, but not listed")


async def found_run(services: KnowsRuns, principal: Principal, reference: str) -> RunId:
    """Return the run that `reference` names, as it is now."""
    await refresh(services, principal, upstream_of(reference) if ":" in reference else "")
    return await services.runs.find(principal, reference)


async def _refreshed(services: KnowsRuns, principal: Principal, upstream: str) -> int:
    try:
        await services.runs.refresh(principal, upstream)
    except (Unavailable, Refused) as error:
        if upstream == LOCAL:
            raise
        _tell(error, "runs")
        return exit_code(error)
    return 0


def _tell(error: SkyforgeError, what: str) -> None:
    advice = f"; {advised}" if (advised := said_here(error.advice)) else ""
    narrate(f"skyforge: {error}: its {what} are shown as last known{advice}")
