"""What can be done to something, one letter each; what cannot says why."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, Tone, cut_text, line, literal
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.presenters.lab_acts import Possible
from skyforge_tui.tui.widgets.letter_menu import CLOSES, LetterMenu
from skyforge_tui.tui.widgets.overlay import Sections, indented

_LONGEST_LABEL = 38


class ActMenu(LetterMenu[Possible]):
    """Show what can be done; the result is what was picked, or None."""

    def __init__(self, title: str, acts: Sequence[Possible]) -> None:
        super().__init__((Span(literal(title), "strong", bold=True),), acts)
        self._label = min(_LONGEST_LABEL, max((len(one.label) for one in acts), default=0))

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, why the one under the cursor cannot be, and the keys."""
        keys = (KeyHint("letter", "does it"), KeyHint("enter", "does this one"), CLOSES)
        reason = self.entries[self.cursor].reason if self.entries else ""
        why: Line = (Span(literal(reason), "warn"),) if reason else ()
        foot: list[Line] = [(), indented(*why), indented(hints_line(keys))]
        return Sections([()], self.rows(width), foot, self.cursor)

    def words(self, entry: Possible, ref: str, width: int) -> Line:
        """Return what is done, and why it cannot be."""
        tone: Tone = "muted" if entry.reason else "text"
        label = cut_text(entry.label, self._label)
        room = max(8, width - self._label - 11)
        return line(
            Span(f"{entry.key}  ", "muted" if entry.reason else "accent", bold=True, ref=ref),
            Span(f"{label:<{self._label}}  ", tone, ref=ref),
            Span(cut_text(literal(entry.reason), room), "muted", ref=ref),
        )  # fmt: skip

    def pick(self, entry: Possible) -> None:
        """Do it, or show why it cannot be done."""
        if entry.reason:
            self.cursor = self.entries.index(entry)
            self.repaint()
        else:
            super().pick(entry)
