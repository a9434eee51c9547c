"""The browser of this machine."""

from __future__ import annotations

from skyforge_tui.integrations.browser import open_page


class LocalBrowser:
    """Shows pages on the screen of this machine; implements `Browser`."""

    async def open(self, url: str) -> bool:
        """Show a page; return False when there is nothing here that could, as over SSH."""
        return await open_page(url)
