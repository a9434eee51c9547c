"""One row below a log that takes what is looked for, and says how much of it there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Line, Span, line, spread, width_of
from skyforge_tui.tui.presenters.finding import Found, said
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.presenters.query_line import toned
from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.text_entry import TextEntry

if TYPE_CHECKING:
    from textual import events

LEAST_TYPED = 12
"""Cells for what is typed, at least; what is said gives way."""


class SearchLine(Painted, can_focus=True):
    """Take a search: typing tells every change, `enter` keeps it, `esc` drops it.

    It is there while something is typed or looked for, and takes keys only while one types.
    """

    DEFAULT_CSS = "SearchLine { height: 1; width: 1fr; display: none; }"

    class Typed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """Typing is over; what was typed stays."""

    class Dropped(Message):
        """Nothing is looked for any more."""

    class Stepped(Message):
        """Another hit is wanted: the next one, or the one before if negative."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self._entry = TextEntry()
        self._found: Found | None = None
        self._is_filter = False

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.text

    @property
    def is_typing(self) -> bool:
        """Whether it takes the keys."""
        return self.can_focus

    def open(self, text: str, *, is_filter: bool) -> None:
        """Take the keys, with `text` to begin with."""
        self._entry.put(text)
        self._is_filter = is_filter
        self.display = True
        self.can_focus = True
        self.focus(scroll_visible=False)
        self.refresh()

    def show(self, found: Found | None) -> None:
        """Say what was found; None when nothing is looked for."""
        if not self.is_typing:
            self.display = found is not None
        if found is not None:
            self._is_filter = found.is_filter
        if found != self._found:
            self._found = found
            self.refresh()

    def close(self) -> None:
        """Give the keys back."""
        self.can_focus = False
        self.display = bool(self.text)
        self.refresh()

    def clear(self) -> None:
        """Forget what was typed, and go."""
        self._entry.put("")
        self.close()

    # Drawing

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        inner = self.size.width - 2 * MARGIN
        right = said(self._found, max(0, inner - LEAST_TYPED - 4), is_typing=self.is_typing)
        room = max(8, inner - 4 - width_of(right))
        entry = self._entry.line(room, has_caret=self.is_typing)
        error = None if self._found is None else self._found.error
        fits = width_of((Span(self.text),)) < room
        typed = toned(entry, error if fits else None, names=False)
        sign = "&" if self._is_filter else "/"
        left = line(Span(sign, "accent", bold=True), " ", typed)
        return line(" " * MARGIN, spread(left, right, inner))

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Type, keep, drop, or go from hit to hit; other keys go on to the place."""
        before = self.text
        match event.key:
            case "enter":
                self.post_message(self.Kept())
            case "escape":
                self.post_message(self.Dropped())
            case "up" | "down":
                self.post_message(self.Stepped(1 if event.key == "down" else -1))
            case "pageup" | "pagedown" | "ctrl+p" | "tab":
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
        """Keep what was typed when the keys go elsewhere."""
        if self.is_typing:
            self.post_message(self.Kept())

    def _changed(self, before: str) -> None:
        self.refresh()
        if self.text != before:
            self.post_message(self.Typed(self.text))
