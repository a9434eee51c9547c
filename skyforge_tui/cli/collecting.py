"""Keeps what runs made before a command answers: headless, nobody does so in the background."""

from __future__ import annotations

import asyncio

from skyforge_tui.cli.answers import narrate
from skyforge_tui.cli.refreshing import refresh
from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.run import Run
from skyforge_tui.services.contract import Services

_CAUGHT_UP = 50
"""Ended runs that are looked at, newest first: a listing must not wait for years of them."""
_AGAIN_S = 0.1
"""Seconds until another look at what another program is collecting."""


async def collected(services: Services, principal: Principal, run: Run) -> None:
    """Wait until what an ended run made is kept; a failure is said, the run is what it is."""
    try:
        while await services.artifacts.collect(principal, run.id) is None:  # noqa: ASYNC110
            # Another program is at it, and cannot tell us when it is done.
            await asyncio.sleep(_AGAIN_S)
    except Unavailable as error:
        narrate(f"skyforge: what run {run.number} made is not kept yet: {error}")


async def catch_up(services: Services, principal: Principal) -> None:
    """Collect what ended lately while nobody looked; what cannot be is said and left."""
    await refresh(services, principal)
    for run_id in await services.artifacts.due(principal, _CAUGHT_UP):
        try:
            await services.artifacts.collect(principal, run_id)
        except SkyforgeError as error:
            narrate(f"skyforge: {run_id} is not collected: {error}")
