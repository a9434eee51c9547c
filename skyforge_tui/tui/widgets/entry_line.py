"""One row that takes what one types, tells every change of it, and says something at its right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters.cells import Line, Span, line, spread, width_of
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.presenters.query_line import toned
from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.text_entry import TextEntry

if TYPE_CHECKING:
    from textual import events

    from skyforge_tui.domain.query import QueryError


class EntryLine(Painted, can_focus=True):
    """Typing tells every change, `enter` keeps it, `esc` drops it.

    It is there while something is typed or looked for, and takes keys only while one types.
    """

    DEFAULT_CSS = "EntryLine { height: 1; width: 1fr; display: none; }"

    class Typed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """Typing is over; what was typed stays."""

    class Dropped(Message):
        """Nothing is looked for any more."""

    def __init__(self) -> None:
        super().__init__()
        self.can_focus = False
        self._entry = TextEntry()

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.text

    @property
    def is_typing(self) -> bool:
        """Whether it takes the keys."""
        return self.can_focus

    def take_keys(self, text: str, *, is_selected: bool = False) -> None:
        """Take the keys, with `text` to begin with; if selected, what is typed replaces it."""
        self._entry.put(text, is_selected=is_selected)
        self.display = True
        self.can_focus = True
        # At once, not among the messages: losing the keys before may not be told of yet.
        self.screen.set_focus(self, scroll_visible=False)
        self.refresh()

    def put(self, text: str) -> None:
        """Show a text as if it had been typed and kept."""
        self._entry.put(text)
        self.close()

    def close(self) -> None:
        """Give the keys back."""
        self.can_focus = False
        self.display = bool(self.text)
        self.refresh()

    def clear(self) -> None:
        """Forget what was typed, and go."""
        self.put("")

    # Drawing

    def told(self, room: int) -> Line:
        """Return what stands at the right end, in at most about `room` cells."""
        raise NotImplementedError

    @property
    def error(self) -> QueryError | None:
        """What is wrong with the text."""
        return None

    @property
    def sign(self) -> str:
        """What stands before the text."""
        return "/"

    has_names = True
    """Whether `name:value` is shown as such."""

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        inner = self.size.width - 2 * MARGIN
        right = self.told(inner - 4)
        room = max(8, inner - 4 - width_of(right))
        entry = self._entry.line(room, has_caret=self.is_typing)
        fits = width_of((Span(self.text),)) < room
        is_plain = self._entry.is_selected and self.is_typing
        typed = entry if is_plain else toned(
            entry, self.error if fits else None, names=self.has_names
        )  # fmt: skip
        left = line(Span(self.sign, "accent", bold=True), " ", typed)
        return line(" " * MARGIN, spread(left, right, inner))

    # Keys

    def special(self, key: str) -> bool | None:
        """Do what a key does here only; False leaves it to the place, None to the text."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """Type, keep or drop; keys that are none of its own go on to the place."""
        before = self.text
        if event.key == "enter":
            self.post_message(self.Kept())
        elif event.key == "escape":
            self._entry.put("")
            before = ""
            self.post_message(self.Dropped())
        else:
            is_taken = self.special(event.key)
            if is_taken is None:
                is_taken = self._entry.key(event.key, event.character)
            if not is_taken:
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

        Whoever comes back goes on typing, and letters of a text must not be taken for commands.
        What is told only now may be how an earlier typing ended: then the keys are here again.
        """
        if self.is_typing and self.app.app_focus and self.screen.focused is not self:
            self.post_message(self.Kept())

    def _changed(self, before: str) -> None:
        self.refresh()
        if self.text != before:
            self.post_message(self.Typed(self.text))
