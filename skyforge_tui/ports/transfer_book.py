"""Where transfers are written down while they last, so that none is lost with its program."""

from __future__ import annotations

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

    async def read(self) -> list[Transfer]:
        """Return what is remembered, the oldest first; what cannot be read is left out."""
        ...
