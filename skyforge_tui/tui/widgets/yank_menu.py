"""What can be copied, one letter each."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, banded, cut_text, line, literal
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.presenters.offers import Yank
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented

LABEL = 18


class YankMenu(Overlay[Yank | None]):
    """Show what can be copied; the result is what was picked, or None."""

    WIDTH = 96
    MARGIN = 3

    def __init__(self, title: str, yanks: Sequence[Yank]) -> None:
        super().__init__((Span("Copy ", "strong", bold=True), Span(literal(title))))
        self._yanks = tuple(yanks)
        self._cursor = 0

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, and the keys."""
        rows = [self._row(index, width) for index in range(len(self._yanks))]
        keys = (KeyHint("letter", "copies"), KeyHint("enter", "copies this one"),
                KeyHint("esc", "close", command_id="escape"))  # fmt: skip
        return Sections([()], rows, [(), indented(hints_line(keys))], self._cursor)

    def _row(self, index: int, width: int) -> Line:
        one = self._yanks[index]
        ref = f"row:{index}"
        text = cut_text(literal(one.text), max(8, width - LABEL - 9), "middle")
        words = line(
            Span(f"{one.key}  ", "accent", bold=True, ref=ref),
            Span(f"{one.label:<{LABEL}}", "muted", ref=ref), Span(text, ref=ref),
        )  # fmt: skip
        if index == self._cursor:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(*words)

    def key(self, key: str, character: str | None) -> bool:
        """Copy by letter or under the cursor, move, leave."""
        picked = next((one for one in self._yanks if one.key == character), None)
        if key == "escape":
            self.finish(None)
        elif picked is not None:
            self.finish(picked)
        elif key == "enter":
            self.finish(self._yanks[self._cursor])
        elif key in ("up", "down"):
            step = 1 if key == "down" else -1
            self._cursor = max(0, min(self._cursor + step, len(self._yanks) - 1))
            self.repaint()
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Copy what was clicked, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self.finish(self._yanks[int(index)])
        else:
            self.key(ref, None)
