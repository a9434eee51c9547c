"""One row above a table that says what is looked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.domain.query_completion import completion
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.query_line import said
from skyforge_tui.tui.widgets.entry_line import EntryLine

if TYPE_CHECKING:
    from textual.widget import Widget

    from skyforge_tui.domain.query import QueryError
    from skyforge_tui.domain.searchable import Vocabulary


class FilterLine(EntryLine):
    """Take a filter; tab completes it."""

    def __init__(self) -> None:
        super().__init__()
        self.table: Widget | None = None
        """The table it is about: its cursor stays lively while one types here."""
        self._vocabulary: Vocabulary | None = None
        self._instances: tuple[str, ...] = ()
        self._error: QueryError | None = None
        self._hidden = 0

    def open(
        self, table: Widget, text: str, vocabulary: Vocabulary, instances: Sequence[str] = ()
    ) -> None:
        """Take the keys, with `text` to go on with."""
        self.table = table
        self._vocabulary, self._instances = vocabulary, tuple(instances)
        self.take_keys(text)

    def show(self, table: Widget, text: str, error: QueryError | None, hidden: int) -> None:
        """Say what is looked for in a table, what is wrong with it, and how many rows it hides."""
        self.table = table
        self._error, self._hidden = error, hidden
        if not self.is_typing:
            self._entry.put(text)
            self.display = bool(text)
        self.refresh()

    def told(self, room: int) -> Line:  # noqa: ARG002
        """Return what is wrong, or what tab would take and how many rows are hidden."""
        return said(self._error, self._hidden, self._offer(), is_typing=self.is_typing)

    @property
    def error(self) -> QueryError | None:
        """What cannot be read of it."""
        return self._error

    def special(self, key: str) -> bool | None:
        """Complete."""
        if key == "tab":
            self._complete()
            return True
        return False if key in ("up", "down", "pageup", "pagedown", "ctrl+p") else None

    def _offer(self) -> str:
        """Return what tab would take."""
        if self._vocabulary is None or not self._entry.is_at_end or not self.text:
            return ""
        offered = completion(self.text, len(self.text), self._vocabulary, self._instances)
        if offered.start == len(self.text) and not self.text.endswith((":", ",", "@")):
            return ""
        return offered.candidates[0].text if offered.candidates else ""

    def _complete(self) -> None:
        if self._vocabulary is None or not self._offer():
            return
        offered = completion(self.text, len(self.text), self._vocabulary, self._instances)
        self._entry.put(offered.taken(self.text, len(self.text), offered.candidates[0])[0])
