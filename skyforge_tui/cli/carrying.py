"""Waits for a transfer, and tells a terminal how far it has come."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.transfer import TransferState

if TYPE_CHECKING:
    from skyforge_tui.domain.transfer import Transfer
    from skyforge_tui.services.contract import Services

_LOOK_S = 0.5
"""Seconds between two looks at how far a transfer has come."""


async def carried(services: Services, principal: Principal, begun: Transfer) -> Transfer:
    """Return a transfer when it has ended well; how far it has come is told to a terminal.

    Whoever does not want to wait ends it.

    Raises:
        Conflict: it was stopped, or another program goes on with it.
    """
    waiting = asyncio.ensure_future(services.transfers.wait(principal, begun.id))
    is_told = sys.stderr.isatty()
    try:
        while True:
            done, _ = await asyncio.wait([waiting], timeout=_LOOK_S)
            if done:
                return _ended_well(await waiting)
            if is_told:
                _tell(await services.transfers.one(principal, begun.id))
    except asyncio.CancelledError:
        await services.transfers.abandon(principal, begun.id)
        raise
    finally:
        waiting.cancel()
        if is_told:
            sys.stderr.write("\r\x1b[K")


def _ended_well(transfer: Transfer) -> Transfer:
    if transfer.state is TransferState.STOPPED:
        words = f"{transfer.kind} {transfer.name}: {transfer.error or 'it was stopped'}"
        raise Conflict(words, operation="artifact.transfer", advice="see what is there: artifacts")
    return transfer


def _tell(transfer: Transfer) -> None:
    """Write how far a transfer has come over what was written before."""
    at = datetime.now(UTC)
    left = transfer.left_s(at)
    share = f" {transfer.done * 100 // transfer.total}%" if transfer.total else ""
    rest = "" if left is None else f", {left:.0f} s left"
    speed = f"{transfer.speed(at) / 1e6:.1f} MB/s"
    words = f"{transfer.kind} {transfer.name}{share} {transfer.done:,} bytes, {speed}{rest}"
    sys.stderr.write(f"\r\x1b[K{words}")
    sys.stderr.flush()
