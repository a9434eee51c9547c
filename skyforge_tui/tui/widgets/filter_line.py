"""One row above a table that says what is looked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.domain.query_completion import completion
from skyforge_tui.tui.presenters.cells import Line, Span, line, spread, width_of
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.presenters.query_line import said, toned
from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.text_entry import TextEntry

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget

    from skyforge_tui.domain.query import QueryError
    from skyforge_tui.domain.searchable import Vocabulary


class FilterLine(Painted, can_focus=True):
    """Take a filter: typing tells every change, `enter` keeps it, `esc` clears it.

    It is there while something is typed or looked for, and takes keys only while one types.
    """

    DEFAULT_CSS = "FilterLine { height: 1; width: 1fr; display: none; }"

    class Typed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """Typing is over; what was typed stays."""

    class Cleared(Message):
        """Nothing is looked for any more."""

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self.table: Widget | None = None
        """The table it is about: its cursor stays lively while one types here."""
        self._entry = TextEntry()
        self._vocabulary: Vocabulary | None = None
        self._instances: tuple[str, ...] = ()
        self._error: QueryError | None = None
        self._hidden = 0

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.text

    @property
    def is_typing(self) -> bool:
        """Whether it takes the keys."""
        return self.can_focus

    def open(
        self, table: Widget, text: str, vocabulary: Vocabulary, instances: Sequence[str] = ()
    ) -> None:
        """Take the keys, with `text` to begin with."""
        self.table = table
        self._vocabulary, self._instances = vocabulary, tuple(instances)
        self._entry.put(text)
        self.display = True
        self.can_focus = True
        self.focus(scroll_visible=False)
        self.refresh()

    def show(self, table: Widget, text: str, error: QueryError | None, hidden: int) -> None:
        """Say what is looked for in a table, what is wrong with it, and how many rows it hides."""
        self.table = table
        self._error, self._hidden = error, hidden
        if not self.is_typing:
            self._entry.put(text)
            self.display = bool(text)
        self.refresh()

    def close(self) -> None:
        """Give the keys back."""
        self.can_focus = False
        self.display = bool(self.text)
        self.refresh()

    # Drawing

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        inner = self.size.width - 2 * MARGIN
        offer = self._offer()
        right = said(self._error, self._hidden, offer, is_typing=self.is_typing)
        room = max(8, inner - 4 - width_of(right))
        entry = self._entry.line(room, has_caret=self.is_typing)
        fits = width_of((Span(self.text),)) < room
        typed = toned(entry, self._error if fits else None)
        left = line(Span("/", "accent", bold=True), " ", typed)
        return line(" " * MARGIN, spread(left, right, inner))

    def _offer(self) -> str:
        """Return what tab would take."""
        if self._vocabulary is None or not self._entry.is_at_end or not self.text:
            return ""
        offered = completion(self.text, len(self.text), self._vocabulary, self._instances)
        if offered.start == len(self.text) and not self.text.endswith((":", ",", "@")):
            return ""
        return offered.candidates[0].text if offered.candidates else ""

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Type, complete, keep or clear; other keys go on to the place."""
        before = self.text
        match event.key:
            case "enter":
                self.post_message(self.Kept())
            case "escape":
                self._entry.put("")
                self.post_message(self.Cleared())
            case "tab":
                self._complete()
            case "up" | "down" | "pageup" | "pagedown" | "ctrl+p":
                return
            case _:
                if not self._entry.key(event.key, event.character):
                    return
        event.stop()
        event.prevent_default()
        self._changed(before)

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted text."""
        before = self.text
        event.stop()
        self._entry.paste(event.text)
        self._changed(before)

    def on_blur(self, event: events.Blur) -> None:  # noqa: ARG002
        """Keep what was typed when the keys go elsewhere, but not when the terminal's focus does.

        Whoever comes back goes on typing, and letters of a filter must not be taken for commands.
        """
        if self.is_typing and self.app.app_focus:
            self.post_message(self.Kept())

    def _complete(self) -> None:
        if self._vocabulary is None or not self._offer():
            return
        offered = completion(self.text, len(self.text), self._vocabulary, self._instances)
        self._entry.put(offered.taken(self.text, len(self.text), offered.candidates[0])[0])

    def _changed(self, before: str) -> None:
        self.refresh()
        if self.text != before:
            self.post_message(self.Typed(self.text))
