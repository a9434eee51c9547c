"""One row below a log that takes what is looked for, and says how much of it there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.finding import Found, said
from skyforge_tui.tui.widgets.entry_line import EntryLine

if TYPE_CHECKING:
    from skyforge_tui.domain.query import QueryError

LEAST_TYPED = 12
"""Cells for what is typed, at least; what is said gives way."""


class SearchLine(EntryLine):
    """Take a search; up and down go from hit to hit while one types."""

    class Stepped(Message):
        """Another hit is wanted: the next one, or the one before if negative."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    has_names = False

    def __init__(self) -> None:
        super().__init__()
        self._found: Found | None = None
        self._is_filter = False

    def open(self, text: str, *, is_filter: bool) -> None:
        """Take the keys; what was looked for before stands there until something is typed."""
        self._is_filter = is_filter
        self.take_keys(text, is_selected=True)

    def show(self, found: Found | None) -> None:
        """Say what was found; None when nothing is looked for."""
        if not self.is_typing:
            self.display = found is not None
        if found is not None:
            self._is_filter = found.is_filter
        if found != self._found:
            self._found = found
            self.refresh()

    def told(self, room: int) -> Line:
        """Return what was found."""
        return said(self._found, max(0, room - LEAST_TYPED), is_typing=self.is_typing)

    @property
    def error(self) -> QueryError | None:
        """What cannot be read of it."""
        return None if self._found is None else self._found.error

    @property
    def sign(self) -> str:
        """Say whether only lines with hits are shown."""
        return "&" if self._is_filter else "/"

    def special(self, key: str) -> bool | None:
        """Go from hit to hit."""
        if key in ("up", "down"):
            self.post_message(self.Stepped(1 if key == "down" else -1))
            return True
        return False if key in ("pageup", "pagedown", "ctrl+p", "tab") else None
