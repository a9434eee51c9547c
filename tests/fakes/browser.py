"""A browser that shows nothing."""

from __future__ import annotations


class FakeBrowser:
    """Shows nothing and remembers what it was to show."""

    def __init__(self) -> None:
        self.is_there = True
        self.opened: list[str] = []

    async def open(self, url: str) -> bool:
        """Remember it, unless nobody sits before a screen."""
        if self.is_there:
            self.opened.append(url)
        return self.is_there
