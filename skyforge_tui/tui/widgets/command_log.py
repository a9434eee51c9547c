"""Every command that was sent, newest last: copy one, or do it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skyforge_tui.domain.history import SentCommand
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    banded,
    cut_line,
    line,
    literal,
    width_of,
    wrapped,
)
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.presenters.sent import sent_about, sent_line
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, rule


@dataclass(frozen=True, slots=True)
class Again:
    """A command to be done again."""

    sent: SentCommand


class CommandLog(Overlay[Again | None]):
    """Show the commands; the result is the one to do again, or None."""

    WIDTH = 120
    MARGIN = 2

    def __init__(
        self,
        commands: Sequence[SentCommand],
        now: datetime,
        *,
        on_copy: Callable[[SentCommand], None],
    ) -> None:
        corner = (Span(count(len(commands)), "muted"),)
        super().__init__((Span("Commands sent", "strong", bold=True),), corner)
        self._commands = tuple(commands)
        self._now = now
        self._on_copy = on_copy
        self._cursor = len(commands) - 1
        self._copied = False

    @property
    def current(self) -> SentCommand | None:
        """The command under the cursor."""
        return self._commands[self._cursor] if self._commands else None

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, words on the one under the cursor, the keys."""
        rows = [self._row(index, width) for index in range(len(self._commands))]
        if not rows:
            rows = [indented(Span("Nothing was sent from here yet.", "muted"))]
        about: Line = () if self.current is None else sent_about(self.current)
        if self._copied:
            about = (Span("Copied.", "ok"),)
        keys = (KeyHint("enter", "again, asks first"), KeyHint("y", "copy"),
                KeyHint("esc", "close", command_id="escape"))  # fmt: skip
        foot = [rule(width), *self._in_full(width - 4), indented(cut_line(about, width - 4)),
                indented(hints_line(keys))]  # fmt: skip
        return Sections(body=rows, foot=foot, focus=max(0, self._cursor))

    def _in_full(self, room: int) -> list[Line]:
        """Return the command under the cursor, whole, where a row is too narrow for some.

        As many rows for each of them, so that nothing jumps while one moves.
        """
        narrow = [one for one in self._commands if width_of(sent_line(one, self._now)) > room]
        rows = max((len(wrapped(literal(one.line), room, _MOST)) for one in narrow), default=0)
        if not rows or self.current is None:
            return []
        shown = wrapped(literal(self.current.line), room, _MOST)
        return [indented(Span(one)) for one in (*shown, *[""] * (rows - len(shown)))]

    def _row(self, index: int, width: int) -> Line:
        words = tuple(
            replace(span, ref=f"row:{index}")
            for span in cut_line(sent_line(self._commands[index], self._now), width - 4)
        )
        if index == self._cursor:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(*words)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Move, copy, do it again, leave."""
        self._copied = False
        if key in ("escape", "q"):
            self.finish(None)
        elif key == "enter" and self.current is not None:
            self.finish(Again(self.current))
        elif key == "y" and self.current is not None:
            self._on_copy(self.current)
            self._copied = True
            self.repaint()
        elif key in _STEPS:
            self._cursor = max(0, min(self._cursor + _STEPS[key], len(self._commands) - 1))
            self.repaint()
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Go to a clicked row, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = int(index)
            self.repaint()
        else:
            self.key(ref, None)


_MOST = 4
"""Rows for one command in full."""

_STEPS = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10,
          "home": -1_000_000, "g": -1_000_000, "end": 1_000_000, "G": 1_000_000}  # fmt: skip
