"""Where transfers are written down while they last, so that none is lost with its program."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from skyforge_tui.domain.transfer import Transfer


class TransferBook(Protocol):
    """Remembers transfers that were begun and not ended well.

    Raises, all of them:
        Unavailable: it cannot be read or written.
    """

    async def write(self, transfer: Transfer) -> None:
        """Remember a transfer in place of what was known of it."""
        ...

    async def remove(self, transfer_id: str) -> None:
        """Forget a transfer; one that is not there is forgotten already."""
        ...

    def hold(self, transfer_id: str) -> AbstractAsyncContextManager[bool]:
        """Give whether a transfer is ours as long as the block lasts; never waits.

        It is nobody else's then, in no program, and comes free when its holder ends, however that
        ends. One that is not remembered is nobody's.
        """
        ...

    async def read(self) -> list[Transfer]:
        """Return what is remembered, the oldest first; what cannot be read is left out."""
        ...
