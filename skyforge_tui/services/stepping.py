"""Takes steps for whoever follows them, so that each is told as it began and as it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.making import Follower, Went

CUT_OFF = "cut off: whether it came through is not known"


async def taken(follower: Follower, what: str, work: Awaitable[Went | None]) -> None:
    """Take a step; it went as `work` says, and was done where that says nothing.

    Raises:
        SkyforgeError: it failed, which was told.
    """
    follower.tell(what, Went.RUNNING)
    try:
        went = await work
    except asyncio.CancelledError:
        follower.tell(what, Went.FAILED, CUT_OFF)
        raise
    except SkyforgeError as error:
        follower.tell(what, Went.FAILED, said(error))
        raise
    follower.tell(what, went or Went.DONE)


def said(error: SkyforgeError) -> str:
    """Return why something failed, and what to do."""
    return "; ".join(filter(None, (str(error), error.advice)))
