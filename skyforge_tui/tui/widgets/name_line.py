"""A panel that asks for a name."""

from __future__ import annotations

from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented
from skyforge_tui.tui.widgets.text_entry import TextEntry


class NameLine(Overlay[str | None]):
    """Ask for a name for something; the result is the name, or None."""

    MARGIN = 4

    def __init__(
        self,
        title: str,
        about: str,
        *,
        verb: str,
        name: str = "",
        label: str = "name",
        is_selected: bool = False,
    ) -> None:
        super().__init__((Span(title, "strong", bold=True),))
        self._about = about
        self._verb = verb
        self._label = label
        self._entry = TextEntry()
        self._entry.put(name, is_selected=is_selected)

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return what is named, the name and the keys."""
        fill = "_" if self.is_mono else " "
        entry = self._entry.line(width - len(self._label) - 6, fill=fill, on="input")
        name: Line = (Span(f"{self._label} ", "muted"), Span(fill, on="input"), *entry)
        keys: Line = (
            *go_line("enter", self._verb, allowed=bool(self._entry.text.strip())),
            Span("   "),
            *hint_line(KeyHint("esc", "not now", command_id="escape")),
        )
        about: Line = (Span(literal(self._about), "muted"),)
        return Sections(body=[(), indented(about), (), indented(name)], foot=[(), indented(keys)])

    def key(self, key: str, character: str | None) -> bool:
        """Type, go or leave."""
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            if self._entry.text.strip():
                self.finish(self._entry.text.strip())
        elif self._entry.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Take pasted text."""
        self._entry.paste(text)
        self.repaint()
