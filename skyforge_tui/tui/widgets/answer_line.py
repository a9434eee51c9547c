"""One line for a run that asks: masked until one wants to see it, handed over and forgotten."""

from __future__ import annotations

from skyforge_tui.tui.presenters.cells import Line, Span, wrapped_line
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hints_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented
from skyforge_tui.tui.widgets.text_entry import TextEntry

_SAID: Line = (
    Span(
        "It goes to the run's terminal. What the program shows of it stays in the output.", "muted"
    ),
)


class AnswerLine(Overlay[str | None]):
    """Ask for one line; the result is the line, or None."""

    EDGE = "warn"
    MARGIN = 4

    def __init__(self, number: int) -> None:
        super().__init__((Span(f"Answer run {number}", "strong", bold=True),))
        self._entry = TextEntry()
        self._is_masked = True

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return the line and the keys."""
        entry = self._entry.line(
            width - 5, is_masked=self._is_masked, fill="_" if self.is_mono else " ", on="input"
        )
        toggle = "show it" if self._is_masked else "hide it"
        keys: Line = (
            *go_line("enter", "send", allowed=True),
            Span("   "),
            *hints_line([KeyHint("ctrl+o", toggle), KeyHint("esc", "not now")], "   "),
        )
        said = [indented(row) for row in wrapped_line(_SAID, width - 4)]
        return Sections(body=[(), indented(Span(" ", on="input"), entry), (), *said],
                        foot=[(), indented(keys)])  # fmt: skip

    def key(self, key: str, character: str | None) -> bool:
        """Type, show, send or leave."""
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            self.finish(self._entry.text)
        elif key == "ctrl+o":
            self._is_masked = not self._is_masked
            self.repaint()
        elif self._entry.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Take pasted text."""
        self._entry.paste(text)
        self.repaint()
