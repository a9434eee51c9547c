"""Pick one of many by typing a few letters: the palette, the launch deck, a menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    banded,
    line,
    literal,
    with_tone,
)
from skyforge_tui.tui.presenters.columns import Column, Fitted, fit, head_line, row_line
from skyforge_tui.tui.presenters.fuzzy import Match, marked_line, match
from skyforge_tui.tui.presenters.glyphs import CURSOR, CURSOR_IDLE, PENDING
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.widgets.choice import Choice
from skyforge_tui.tui.widgets.overlay import Drawn, Overlay, Sections, indented, keys_line, rule
from skyforge_tui.tui.widgets.text_entry import TextEntry

__all__ = ["Choice", "Picker"]

Item = TypeVar("Item")

PIN = 3
"""Columns before a row's text: the digit that picks it, and two blanks."""
MORE = 13
"""What `99 more ↓` takes beside the keys where a row is short."""


class Picker(Overlay[Item | None], Generic[Item]):
    """Show choices, best match first; the result is the picked item, or None."""

    WIDTH = 102
    MARGIN = 2
    CENTRED = False

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        choices: Sequence[Choice[Item]],
        *,
        verb: str = "choose",
        about: Callable[[Item], Sequence[Line]] | None = None,
        at_once: Mapping[str, tuple[str, Item]] | None = None,
        acts: Mapping[str, tuple[str, Callable[[Picker[Item], Item], None]]] | None = None,
        prompt: str = "type to filter",
        query: str = "",
        on_shown: Callable[[Picker[Item]], None] | None = None,
    ) -> None:
        """Take what to show.

        `about` gives up to three lines on the choice under the cursor. `at_once` maps keys that act
        while nothing is typed to (label, item): `{".": ("same again", item)}`. `acts` maps keys
        that do something to the item under the cursor, while the choices stay open. `on_shown` is
        told once the choices are on the screen: who finds more of them later can add them then.
        """
        super().__init__((Span(literal(title), "strong", bold=True),))
        self._columns = tuple(columns)
        self._choices = tuple(choices)
        self._verb = verb
        self._about = about
        self._at_once = dict(at_once or {})
        self._acts = dict(acts or {})
        self._on_shown = on_shown
        self._said: Line = ()
        self._pending = ""
        self._prompt = prompt
        self._entry = TextEntry(query)
        self._found: list[tuple[Choice[Item], Match]] = []
        self._cursor = 0
        self._tallest = 0
        self._find()

    @property
    def found(self) -> list[Choice[Item]]:
        """What matches, best first."""
        return [choice for choice, _ in self._found]

    @property
    def current(self) -> Choice[Item] | None:
        """The choice under the cursor."""
        return self._found[self._cursor][0] if self._found else None

    def update_choices(self, choices: Sequence[Choice[Item]]) -> None:
        """Show other choices; query stays, and the cursor on the same item if it is still there."""
        current = self.current
        self._choices = tuple(choices)
        self._find()
        if current is not None:
            for index, choice in enumerate(self.found):
                if choice.item == current.item:
                    self._cursor = index
        self.repaint()

    def await_more(self, doing: str) -> None:
        """Say what is done to find more choices; empty when all are there."""
        if doing != self._pending:
            self._pending = doing
            self._find()
            self.repaint()

    def on_mount(self) -> None:
        """Tell that it is there."""
        if self._on_shown is not None:
            self._on_shown(self)

    def say(self, words: str) -> None:
        """Say why something did not work, until the next key."""
        self._said = (Span(literal(words), "bad"),)
        self.repaint()

    def _find(self) -> None:
        query = self._entry.text
        found: list[tuple[Choice[Item], Match]] = []
        for choice in self._choices:
            how = match(query, choice.name, choice.also)
            if how is not None:
                found.append((choice, how))
        if query.strip():
            found.sort(key=lambda pair: -pair[1].score)
        self._found = found
        self._cursor = 0
        total = len(self._choices)
        some = count(total) if len(found) == total else f"{count(len(found))} of {count(total)}"
        pending = (Span(PENDING, "spin"), Span(f" {self._pending}  ", "muted"))
        self.corner = (*(pending if self._pending else ()), Span(some, "muted"))

    # Drawing

    def sections(self, width: int, height: int) -> Sections:
        """Return the query, the choices, the keys, and words on the one under the cursor."""
        is_roomy = height >= 12
        has_pins = any(choice.pin for choice in self._choices)
        fitted = fit(self._columns, width - 4 - (PIN if has_pins else 0))
        blank: list[Line] = [()] if is_roomy else []
        head: list[Line] = [*blank, indented(*self._query()), *blank]
        if is_roomy and any(column.title for column in self._columns):
            head.append(indented(" " * (PIN if has_pins else 0), head_line(fitted)))
        about = [*self._say()] if is_roomy or self._said else []
        keys = [hint_line(hint) for hint in self._keys(has_pins=has_pins)]
        room = width - 4 - (MORE if width < 60 else 0)
        foot: list[Line] = [*blank, indented(keys_line(keys, room, "  "))]
        if about:
            foot.extend(((), rule(width)) if height > 30 else ((),))
            foot.extend(indented(one) for one in about)
        if height > 30:
            foot.append(())
        rows = len(self._found) or 1
        self._tallest = max(self._tallest, rows)
        rest = min(self._tallest, height - len(head) - len(foot)) - rows
        draw = partial(self._row, fitted=fitted, width=width, has_pins=has_pins)
        body = Drawn(rows, draw, blank=rest)
        return Sections(head, body, foot, self._cursor)

    def _nothing(self) -> Line:
        if not self._choices:
            return (
                Span("Nothing is known yet." if self._pending else "There is nothing.", "muted"),
            )
        return (Span("Nothing matches. ", "muted"), Span("esc", bold=True),
                Span(" clears", "muted"))  # fmt: skip

    def _query(self) -> Line:
        sign = Span(f"{CURSOR_IDLE} ", "accent", bold=True)
        if not self._entry.text:
            return (sign, *self._entry.line(1), Span(self._prompt, "muted"))
        return (sign, *self._entry.line(max(1, min(self.WIDTH, self.app.size.width) - 12)))

    def _row(self, index: int, fitted: Fitted, width: int, *, has_pins: bool) -> Line:
        if not self._found:
            return indented(self._nothing())
        choice, how = self._found[index]
        is_chosen = index == self._cursor
        name = marked_line(choice.name, how.positions)
        cells = {
            column.key: name if column.is_name else choice.cells.get(column.key, ())
            for column, _ in fitted
        }
        if choice.reason:
            cells = {key: with_tone(cell, "muted") for key, cell in cells.items()}
        pin = Span(f"{choice.pin:<{PIN}}", "accent", bold=True) if has_pins else Span("")
        ref = f"row:{index}"
        body = tuple(
            replace(span, ref=ref) for span in row_line(fitted, cells, is_chosen=is_chosen)
        )
        if is_chosen:
            return banded(line(Span(CURSOR, "accent"), " ", pin, body), width)
        return indented(pin, body)

    def _say(self) -> Sequence[Line]:
        if self._said:
            return (self._said,)
        choice = self.current
        if choice is None:
            return ()
        if choice.reason:
            return (line(Span(f"{choice.name} ", bold=True), Span(choice.reason, "warn")),)
        return self._about(choice.item) if self._about else ()

    def _keys(self, *, has_pins: bool) -> list[KeyHint]:
        hints = [KeyHint("enter", self._verb)]
        if has_pins:
            hints.append(KeyHint("1-9", "pinned"))
        hints.extend(KeyHint(key, label) for key, (label, _) in self._at_once.items())
        hints.extend(KeyHint(key, label) for key, (label, _) in self._acts.items())
        hints.append(KeyHint("esc", "close", command_id="escape"))
        return hints

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Filter, move, pick, leave."""
        self._said = ()
        if key in self._acts:
            if self.current is not None:
                self._acts[key][1](self, self.current.item)
        elif key == "escape":
            if self._entry.text and not self._found:
                self._typed("")
            else:
                self.finish(None)
        elif key == "enter":
            self._pick(self.current)
        elif key in _STEPS:
            self._step(_STEPS[key])
        elif not self._entry.text and self._acts_at_once(key, character):
            pass
        elif self._entry.key(key, character):
            self._typed(self._entry.text)
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Filter by pasted text."""
        self._entry.paste(text)
        self._typed(self._entry.text)

    def pressed(self, ref: str) -> None:
        """Pick a clicked row, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = min(int(index), len(self._found) - 1)
            self._pick(self.current)
        else:
            self.key(ref, None)

    def _typed(self, text: str) -> None:
        if text != self._entry.text:
            self._entry.put(text)
        self._find()
        self.repaint()

    def _step(self, delta: int) -> None:
        self._cursor = max(0, min(self._cursor + delta, len(self._found) - 1))
        self.repaint()

    def _acts_at_once(self, key: str, character: str | None) -> bool:
        typed = character or key
        if typed in self._at_once:
            self.finish(self._at_once[typed][1])
            return True
        pinned = next((one for one in self._choices if one.pin and one.pin == typed), None)
        if pinned is not None:
            self._pick(pinned)
        return pinned is not None

    def _pick(self, choice: Choice[Item] | None) -> None:
        """Return the choice; one that cannot be picked now says why instead."""
        if choice is None:
            return
        if choice.reason:
            self._cursor = next(i for i, one in enumerate(self.found) if one is choice)
            self.repaint()
            return
        self.finish(choice.item)


_STEPS = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "ctrl+p": -1, "ctrl+n": 1,
          "tab": 1, "shift+tab": -1, "ctrl+home": -1_000_000, "ctrl+end": 1_000_000}  # fmt: skip
