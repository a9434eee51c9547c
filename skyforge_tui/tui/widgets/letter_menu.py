"""A menu whose entries have one letter each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from skyforge_tui.tui.presenters.cells import Line, Span, banded, line
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.widgets.overlay import Overlay, indented

CLOSES = KeyHint("esc", "close", command_id="escape")


class Entry(Protocol):
    """What can be picked."""

    @property
    def key(self) -> str:
        """Its letter."""


EntryT = TypeVar("EntryT", bound=Entry)


class LetterMenu(Overlay[EntryT | None], Generic[EntryT]):
    """Show entries; the result is what was picked, or None."""

    WIDTH = 96
    MARGIN = 3

    def __init__(self, title: Line, entries: Sequence[EntryT]) -> None:
        super().__init__(title)
        self.entries = tuple(entries)
        self.cursor = 0

    @abstractmethod
    def words(self, entry: EntryT, ref: str, width: int) -> Line:
        """Return an entry as a row of a menu so wide; `ref` is what a click on it tells."""

    def pick(self, entry: EntryT) -> None:
        """Take an entry."""
        self.finish(entry)

    def rows(self, width: int) -> list[Line]:
        """Return a row for each entry."""
        return [self._row(index, width) for index in range(len(self.entries))]

    def _row(self, index: int, width: int) -> Line:
        words = self.words(self.entries[index], f"row:{index}", width)
        if index == self.cursor:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(*words)

    def key(self, key: str, character: str | None) -> bool:
        """Pick by letter or under the cursor, move, leave."""
        picked = next((one for one in self.entries if one.key == character), None)
        if key == "escape":
            self.finish(None)
        elif picked is not None:
            self.pick(picked)
        elif key == "enter" and self.entries:
            self.pick(self.entries[self.cursor])
        elif key in ("up", "down"):
            step = 1 if key == "down" else -1
            self.cursor = max(0, min(self.cursor + step, len(self.entries) - 1))
            self.repaint()
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Pick what was clicked, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self.pick(self.entries[int(index)])
        else:
            self.key(ref, None)
