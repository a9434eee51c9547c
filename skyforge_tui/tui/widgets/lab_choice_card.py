"""On which lab servers a project's labs run: chosen in order, written by `enter`."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.services.lab_choice import LabChoice
from skyforge_tui.tui.presenters import lab_choice as present
from skyforge_tui.tui.presenters.cells import Line, Span, banded, line, literal, wrapped
from skyforge_tui.tui.presenters.glyphs import CURSOR, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line

Wanted = tuple[str, ...] | str
"""What to write, or `labs`."""
LABS = "labs"
_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}


class LabChoiceCard(Overlay["Wanted | None"]):
    """Show what runs labs, take a choice; the result is what to write, `LABS`, or None."""

    WIDTH = 84

    def __init__(self, choice: LabChoice, *, refused: str = "", note: Line = ()) -> None:
        slug = literal(choice.project.slug)
        super().__init__((Span(f"Lab servers of {slug}", "strong", bold=True),))
        self._choice = choice
        self._chosen = list(choice.chosen)
        self._refused = refused
        self._note = note
        self._cursor = 0

    @property
    def _is_changed(self) -> bool:
        return tuple(self._chosen) != self._choice.chosen

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each server, what the choice means, and the keys."""
        room, places = width - 4, self._choice.places
        rows = [self._row(index, width) for index in range(len(places))]
        words = "" if self._chosen else present.ANYWHERE
        about: list[Line] = [indented(Span(one, "muted")) for one in wrapped(words, room)]
        if self._note:
            about.append(indented(self._note))
        elif self._refused:
            about.append(indented(Span(f"{REFUSED} {literal(self._refused)}", "warn")))
        may = not self._refused
        keys = [
            go_line("enter", "write it", allowed=may and self._is_changed),
            hint_line(KeyHint("space", "choose, or not", may)),
            hint_line(KeyHint("l", "their labs")),
            hint_line(KeyHint("esc", "close", command_id="escape")),
        ]
        return Sections([()], rows, [(), *about, (), indented(keys_line(keys, room))], self._cursor)

    def _row(self, index: int, width: int) -> Line:
        words = present.place_line(self._choice.places[index], self._chosen)
        spans = tuple(replace(span, ref=f"row:{index}") for span in words)
        if index == self._cursor:
            return banded(line(Span(CURSOR, "accent"), " ", spans), width)
        return indented(*spans)

    def key(self, key: str, character: str | None) -> bool:
        """Choose, write, show the labs, move or leave."""
        if key in ("escape", "q"):
            self.finish(None)
        elif key in _STEPS:
            last = len(self._choice.places) - 1
            self._cursor = max(0, min(self._cursor + _STEPS[key], last))
            self.repaint()
        elif key == "space":
            self._toggle(self._cursor)
        elif key == "enter":
            if self._is_changed and not self._refused:
                self.finish(tuple(self._chosen))
        elif character == "l":
            self.finish(LABS)
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Choose what was clicked, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = min(int(index), len(self._choice.places) - 1)
            self._toggle(self._cursor)
        else:
            self.key(ref, ref)

    def _toggle(self, index: int) -> None:
        """Choose a server after those chosen before, or no more."""
        if self._refused or not self._choice.places:
            return
        name = self._choice.places[index].name
        if name in self._chosen:
            self._chosen.remove(name)
        else:
            self._chosen.append(name)
        self._note = ()
        self.repaint()
