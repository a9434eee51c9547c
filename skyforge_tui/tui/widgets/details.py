"""All that is known of one thing: what its row shows, whole, and what no row has room for."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, line, literal, width_of, wrapped_line
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.presenters.offers import Fact
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line, rule

_MOST_LABEL = 16
_MOST_ROWS = 40
"""Rows one value may take; what is longer is copied by `y` or read where it lies."""


class Details(Overlay[bool]):
    """Show facts, one below the other; the result is whether something is to be copied."""

    WIDTH = 104
    MARGIN = 3

    def __init__(self, title: str, facts: Sequence[Fact]) -> None:
        super().__init__((Span(literal(title), "strong", bold=True),))
        self._facts = tuple(facts)
        self._label = min(
            _MOST_LABEL, max((width_of((Span(one.label),)) for one in facts), default=0)
        )

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return the facts, with a rule between those of the row and the others, and the keys."""
        body: list[Line] = [()]
        for one in self._facts:
            body.extend(self._rows(one, width) if one.label else [rule(width)])
        keys = [KeyHint("y", "copy one"), KeyHint("esc", "close", command_id="escape")]
        foot: list[Line] = [(), indented(keys_line([hint_line(one) for one in keys], width - 4))]
        return Sections(body=body, foot=foot)

    def _rows(self, fact: Fact, width: int) -> list[Line]:
        room = max(8, width - 6 - self._label)
        rows = wrapped_line(
            line(fact.words, "  " if fact.aside else "", fact.aside), room, _MOST_ROWS
        )
        label = f"{literal(fact.label)[: self._label]:<{self._label}}  "
        head = indented(Span(label, "muted"), rows[0])
        return [head, *(indented(" " * len(label), row) for row in rows[1:])]

    def key(self, key: str, character: str | None) -> bool:
        """Scroll, copy, or close."""
        if key in ("escape", "q", "enter") or character == "d":
            self.finish(False)
        elif character == "y":
            self.finish(True)
        elif key in _STEPS:
            self.scroll_body(_STEPS[key])
        else:
            return False
        return True


_STEPS = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10, "space": 10,
          "home": -1_000_000, "g": -1_000_000, "end": 1_000_000, "G": 1_000_000}  # fmt: skip
