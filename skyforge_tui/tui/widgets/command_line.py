"""One line to say what to do: completed while one types, old lines by ↑, mistakes in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skyforge_tui.tui.presenters.cells import Line, Span, banded, cut_line, line, literal
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.presenters.offers import Suggestion, Wrong
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line
from skyforge_tui.tui.widgets.text_entry import TextEntry

LISTED = 8
"""How many ways on are in view at once."""
NAME = 34
"""The most a way on takes of a row; the rest says what it means."""


class CommandLine(Overlay[str | None]):
    """Take a line; the result is the line, or None.

    `complete` gives the ways to go on from a text, best first; `check` says what is wrong with one.
    """

    WIDTH = 400
    MARGIN = 1
    CENTRED = False
    AT_FOOT = True

    def __init__(
        self,
        complete: Callable[[str], Sequence[Suggestion]],
        check: Callable[[str], Wrong | None],
        past: Sequence[str] = (),
        text: str = "",
    ) -> None:
        """Take the language, and older lines, newest first."""
        super().__init__((Span("Command", "strong", bold=True),))
        self._complete = complete
        self._check = check
        self._past = tuple(past)
        self._back = -1
        self._draft = ""
        self._entry = TextEntry(text)
        self._ways: Sequence[Suggestion] = ()
        self._cursor = 0
        self._wrong: Wrong | None = None
        self._find()

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.text

    @property
    def ways(self) -> Sequence[Suggestion]:
        """How the line may go on, best first."""
        return self._ways

    def sections(self, width: int, height: int) -> Sections:
        """Return the ways on, the line, what is wrong with it, the keys."""
        room = max(0, min(LISTED, height - 4))
        first = max(0, min(self._cursor - room + 1, len(self._ways) - room))
        shown = list(enumerate(self._ways))[first : first + room]
        body: list[Line] = [self._row(index, one, width) for index, one in shown]
        entry: Line = (Span(":", "accent", bold=True), *self._entry.line(width - 5))
        foot: list[Line] = [indented(*entry)]
        if self._wrong is not None:
            foot += self._said(self._wrong, width)
        foot.append(indented(keys_line([hint_line(one) for one in self._keys()], width - 4)))
        more = len(self._ways) - len(shown)
        self.corner = (Span(f"{more} more", "muted"),) if more > 0 else ()
        return Sections(body=body, foot=foot)

    def _row(self, index: int, one: Suggestion, width: int) -> Line:
        name = min(NAME, max(12, width // 3))
        words: Line = (
            Span(f"{literal(one.shown):<{name}}", "text", ref=f"row:{index}"),
            Span(" "), Span(literal(one.about), "muted", ref=f"row:{index}"),
        )  # fmt: skip
        if index != self._cursor:
            return indented(cut_line(words, width - 4))
        return banded(line(Span(CURSOR, "accent"), " ", cut_line(words, width - 4)), width)

    def _said(self, wrong: Wrong, width: int) -> list[Line]:
        meant = f"; did you mean {literal(wrong.suggestion)}?" if wrong.suggestion else ""
        lead = " " * min(wrong.column + 1, max(0, width // 2))
        return [indented(lead, cut_line(
            (Span("↑ ", "bad", bold=True), Span(literal(wrong.message) + meant, "bad")),
            max(1, width - 4 - len(lead)),
        ))]  # fmt: skip

    def _keys(self) -> list[KeyHint]:
        hints = [KeyHint("enter", "do it")]
        if self._ways:
            hints.append(KeyHint("tab", "take it"))
        if len(self._ways) > 1:
            hints.append(KeyHint("shift+tab", "next"))
        if self._past:
            hints.append(KeyHint("↑", "older", command_id="up"))
        hints.append(KeyHint("esc", "close", command_id="escape"))
        return hints

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Type, take a way on, bring back an older line, go, leave."""
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            self._go()
        elif key in ("up", "down"):
            self._recall(1 if key == "up" else -1)
        elif key == "tab" or (key == "right" and self._entry.is_at_end):
            self._take()
        elif key in ("shift+tab", "ctrl+n", "ctrl+p", "pagedown", "pageup"):
            self._step({"ctrl+p": -1, "pageup": -LISTED, "pagedown": LISTED}.get(key, 1))
        elif self._entry.key(key, character):
            self._back = -1
            self._find()
        else:
            return False
        self.repaint()
        return True

    def pasted(self, text: str) -> None:
        """Take pasted text."""
        self._entry.paste(text)
        self._find()
        self.repaint()

    def pressed(self, ref: str) -> None:
        """Take a clicked way on, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = min(int(index), len(self._ways) - 1)
            self._take()
            self.repaint()
        else:
            self.key(ref, None)

    def _find(self) -> None:
        self._ways = self._complete(self._entry.text)
        self._cursor = 0
        self._wrong = None

    def _take(self) -> None:
        if self._ways:
            self._entry.put(self._ways[self._cursor].line)
            self._find()

    def _step(self, delta: int) -> None:
        if self._ways:
            self._cursor = (self._cursor + delta) % len(self._ways)

    def _recall(self, step: int) -> None:
        """Bring back older lines that begin with what was typed; and at last what was typed."""
        if self._back < 0:
            self._draft = self._entry.text
        fitting = [one for one in self._past if one.startswith(self._draft)]
        self._back = max(-1, min(self._back + step, len(fitting) - 1))
        self._entry.put(self._draft if self._back < 0 else fitting[self._back])
        self._ways, self._wrong, self._cursor = self._complete(self._entry.text), None, 0

    def _go(self) -> None:
        self._wrong = self._check(self._entry.text)
        if not self._entry.text.strip():
            self.finish(None)
        elif self._wrong is None:
            self.finish(self._entry.text.strip())
