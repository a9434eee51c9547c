"""Whatever shows web pages on the machine this program runs on."""

from __future__ import annotations

from typing import Protocol


class Browser(Protocol):
    """Opens pages for the person who sits at this machine."""

    async def open(self, url: str) -> bool:
        """Show a page; return False when there is nothing here that could, as over SSH."""
        ...
