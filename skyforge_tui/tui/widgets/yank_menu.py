"""What can be copied, one letter each."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, cut_text, line, literal
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.presenters.offers import Yank
from skyforge_tui.tui.widgets.letter_menu import CLOSES, LetterMenu
from skyforge_tui.tui.widgets.overlay import Sections, indented

LABEL = 18


class YankMenu(LetterMenu[Yank]):
    """Show what can be copied; the result is what was picked, or None."""

    def __init__(self, title: str, yanks: Sequence[Yank]) -> None:
        super().__init__((Span("Copy ", "strong", bold=True), Span(literal(title))), yanks)

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, and the keys."""
        keys = (KeyHint("letter", "copies"), KeyHint("enter", "copies this one"), CLOSES)
        return Sections([()], self.rows(width), [(), indented(hints_line(keys))], self.cursor)

    def words(self, entry: Yank, ref: str, width: int) -> Line:
        """Return what it is, and the text."""
        text = cut_text(literal(entry.text), max(8, width - LABEL - 9), "middle")
        return line(
            Span(f"{entry.key}  ", "accent", bold=True, ref=ref),
            Span(f"{entry.label:<{LABEL}}", "muted", ref=ref), Span(text, ref=ref),
        )  # fmt: skip
