"""Somebody's name being typed, with those who are called so."""

from __future__ import annotations

from typing import Literal

from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.widgets.text_entry import TextEntry

Took = Literal["given", "left", "typed", "other", ""]
"""What a keypress was: the end, the way out, another text, something of ours, or nothing."""
_MOST_FITS = 5
_WIDTH = 30


class PersonEntry:
    """A name on its way; `tab` takes the first that fits."""

    def __init__(self) -> None:
        self._entry = TextEntry()
        self._fits: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What was typed."""
        return self._entry.text.strip()

    def offer(self, text: str, fits: tuple[str, ...]) -> None:
        """Show who is called so, unless something else was typed since."""
        if text == self.name:
            self._fits = fits[:_MOST_FITS]

    def key(self, key: str, character: str | None) -> Took:
        """Take a keypress."""
        match key:
            case "escape":
                return "left"
            case "enter":
                return "given" if self.name else "other"
            case "tab":
                if self._fits:
                    self._entry.put(self._fits[0])
                return "other"
        if not self._entry.key(key, character):
            return ""
        self._fits = ()
        return "typed"

    def paste(self, text: str) -> None:
        """Insert pasted text."""
        self._entry.paste(text)
        self._fits = ()

    def row(self, room: int, *, is_mono: bool) -> Line:
        """Return the name as it is typed, and beside it who fits."""
        typed = self._entry.line(min(_WIDTH, room - 8), fill="_" if is_mono else " ", on="input")
        fits = Span("  ".join(map(literal, self._fits)), "muted")
        return line(Span("name  ", "muted"), typed, "  ", fits)

    def hints(self) -> list[KeyHint]:
        """Return the keys that mean something now."""
        tab = [KeyHint("tab", literal(self._fits[0]))] if self._fits else []
        return [KeyHint("enter", "add"), *tab, KeyHint("esc", "not now", command_id="escape")]
