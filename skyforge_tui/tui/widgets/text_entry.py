"""One line of typing: the text, the caret, and what the usual keys do to them."""

from __future__ import annotations

from rich.cells import cell_len

from skyforge_tui.tui.presenters.cells import Ground, Line, Span, Tone, fitted, literal
from skyforge_tui.tui.presenters.glyphs import CARET, MASK


class TextEntry:
    """A line of text being typed; `key` says whether it took a keypress."""

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._caret = len(text)
        self._is_selected = False

    @property
    def text(self) -> str:
        """What was typed."""
        return self._text

    @property
    def is_at_end(self) -> bool:
        """Whether the caret stands behind the last character."""
        return self._caret == len(self._text)

    @property
    def is_selected(self) -> bool:
        """Whether the next character replaces the whole text."""
        return self._is_selected

    def put(self, text: str, *, is_selected: bool = False) -> None:
        """Replace the whole text, the caret at its end; if selected, what is typed replaces it."""
        self._text = text
        self._caret = len(text)
        self._is_selected = is_selected and bool(text)

    def paste(self, text: str) -> None:
        """Insert text at the caret, as one line: what comes after a line break is dropped."""
        lines = text.splitlines()
        self._insert("".join(one for one in (lines[0] if lines else "") if one.isprintable()))

    def key(self, key: str, character: str | None) -> bool:
        """Take a keypress; return False when it is none of an entry's own."""
        moved = _moved(key, self._text, self._caret)
        if moved is not None:
            self._caret = moved
            self._is_selected = False
            return True
        cut = _cut_to(key, self._text, self._caret)
        if cut is not None:
            if self._is_selected:
                self.put("")
                return True
            start, end = sorted((cut, self._caret))
            self._text = self._text[:start] + self._text[end:]
            self._caret = start
            return True
        if character and character.isprintable():
            self._insert(character)
            return True
        return False

    def _insert(self, text: str) -> None:
        if self._is_selected and text:
            self.put("")
        self._text = self._text[: self._caret] + text + self._text[self._caret :]
        self._caret += len(text)

    def line(
        self,
        width: int,
        *,
        has_caret: bool = True,
        is_masked: bool = False,
        fill: str = " ",
        on: Ground = "",
    ) -> Line:
        """Return the entry in exactly `width` cells, scrolled so that the caret is in view.

        `fill` stands where nothing was typed (`_` without colours).
        """
        shown = [MASK if is_masked else literal(one) or "\ufffd" for one in self._text]
        caret = self._caret if has_caret else 0
        room = width - 1
        first = 0
        while has_caret and cell_len("".join(shown[first:caret])) > room:
            first += 1
        before, after = "".join(shown[first:caret]), "".join(shown[caret:])
        if not has_caret:
            spans: Line = (Span(after, on=on),)
        elif self._is_selected:
            spans = (Span(before, on="cursor"), Span(CARET, "accent", on=on))
        elif after:
            spans = (
                Span(before, on=on),
                Span(shown[caret], "pill", on="pill"),
                Span("".join(shown[caret + 1 :]), on=on),
            )
        else:
            spans = (Span(before, on=on), Span(CARET, "accent", on=on))
        used = sum(cell_len(span.text) for span in spans)
        if used < width:
            tone: Tone = "muted" if fill != " " else "text"
            spans = (*spans, Span(fill * (width - used), tone, on=on))
        return fitted(spans, width)


def _word_left(text: str, caret: int) -> int:
    while caret and not text[caret - 1].isalnum():
        caret -= 1
    while caret and text[caret - 1].isalnum():
        caret -= 1
    return caret


def _word_right(text: str, caret: int) -> int:
    while caret < len(text) and not text[caret].isalnum():
        caret += 1
    while caret < len(text) and text[caret].isalnum():
        caret += 1
    return caret


def _moved(key: str, text: str, caret: int) -> int | None:
    """Return where `key` moves the caret, or None when it does not move it."""
    match key:
        case "left":
            return max(0, caret - 1)
        case "right":
            return min(len(text), caret + 1)
        case "home":
            return 0
        case "end":
            return len(text)
        case "ctrl+left" | "alt+left":
            return _word_left(text, caret)
        case "ctrl+right" | "alt+right":
            return _word_right(text, caret)
        case _:
            return None


def _cut_to(key: str, text: str, caret: int) -> int | None:
    """Return up to where `key` deletes from the caret, or None when it does not delete."""
    match key:
        case "backspace" | "ctrl+h":
            return max(0, caret - 1)
        case "delete":
            return min(len(text), caret + 1)
        case "alt+backspace" | "ctrl+backspace":
            return _word_left(text, caret)
        case "ctrl+u":
            return 0
        case "ctrl+k":
            return len(text)
        case _:
            return None
