"""What can be done to something, one letter each; what cannot says why."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, Tone, banded, cut_text, line, literal
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.presenters.lab_acts import Possible
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented

_LONGEST_LABEL = 38


class ActMenu(Overlay[Possible | None]):
    """Show what can be done; the result is what was picked, or None."""

    WIDTH = 96
    MARGIN = 3

    def __init__(self, title: str, acts: Sequence[Possible]) -> None:
        super().__init__((Span(literal(title), "strong", bold=True),))
        self._acts = tuple(acts)
        self._cursor = 0
        self._label = min(_LONGEST_LABEL, max((len(one.label) for one in acts), default=0))

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, why the one under the cursor cannot be, and the keys."""
        rows = [self._row(index, width) for index in range(len(self._acts))]
        keys = (KeyHint("letter", "does it"), KeyHint("enter", "does this one"),
                KeyHint("esc", "close", command_id="escape"))  # fmt: skip
        reason = self._acts[self._cursor].reason if self._acts else ""
        why: Line = (Span(literal(reason), "warn"),) if reason else ()
        foot: list[Line] = [(), indented(*why), indented(hints_line(keys))]
        return Sections([()], rows, foot, self._cursor)

    def _row(self, index: int, width: int) -> Line:
        one = self._acts[index]
        ref = f"row:{index}"
        tone: Tone = "muted" if one.reason else "text"
        label = cut_text(one.label, self._label)
        room = max(8, width - self._label - 11)
        words = line(
            Span(f"{one.key}  ", "muted" if one.reason else "accent", bold=True, ref=ref),
            Span(f"{label:<{self._label}}  ", tone, ref=ref),
            Span(cut_text(literal(one.reason), room), "muted", ref=ref),
        )  # fmt: skip
        if index == self._cursor:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(*words)

    def key(self, key: str, character: str | None) -> bool:
        """Pick by letter or under the cursor, move, leave."""
        picked = next((one for one in self._acts if one.key == character), None)
        if key == "escape":
            self.finish(None)
        elif picked is not None:
            self._pick(picked)
        elif key == "enter":
            self._pick(self._acts[self._cursor])
        elif key in ("up", "down"):
            step = 1 if key == "down" else -1
            self._cursor = max(0, min(self._cursor + step, len(self._acts) - 1))
            self.repaint()
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Pick what was clicked, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._pick(self._acts[int(index)])
        else:
            self.key(ref, None)

    def _pick(self, one: Possible) -> None:
        if one.reason:
            self._cursor = self._acts.index(one)
            self.repaint()
        else:
            self.finish(one)
