"""One line that is typed unseen: a password, a token; or a code, which may be seen."""

from __future__ import annotations

from skyforge_tui.tui.presenters.cells import Ground, Line, Span, line
from skyforge_tui.tui.widgets.text_entry import TextEntry


class SecretLine:
    """A text being typed, with its label before it."""

    def __init__(self, *, is_masked: bool = True) -> None:
        self._entry = TextEntry()
        self._is_masked = is_masked

    @property
    def text(self) -> str:
        """What was typed."""
        return self._entry.text

    def key(self, key: str, character: str | None) -> bool:
        """Take a keypress; return False when it means nothing here."""
        return self._entry.key(key, character)

    def paste(self, text: str) -> None:
        """Take pasted text."""
        self._entry.paste(text.strip())

    def line(self, label: str, width: int, *, is_mono: bool) -> Line:
        """Return label and text in `width` cells."""
        fill = "_" if is_mono else " "
        on: Ground = "input"
        entry = self._entry.line(
            max(4, width - len(label) - 3), is_masked=self._is_masked, fill=fill, on=on
        )
        return line(Span(f"{label}  ", "muted"), Span(fill, on=on), entry)
