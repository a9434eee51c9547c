"""The question before something that changes the world: what, whose, what is lost, what is kept."""

from __future__ import annotations

from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    line,
    literal,
    wrapped,
    wrapped_line,
)
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.presenters.offers import Question
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line
from skyforge_tui.tui.widgets.text_entry import TextEntry

LABEL = 16


class Confirm(Overlay[bool]):
    """Ask; the result is whether to go ahead. `enter` goes, `esc` does not, nothing else does."""

    MARGIN = 4

    def __init__(self, question: Question) -> None:
        tone: Tone = "bad" if question.is_destructive else "strong"
        super().__init__((Span(literal(question.title), tone, bold=True),), question.guard)
        self.EDGE = "bad" if question.is_destructive else "warn"
        self._question = question
        self._entry = TextEntry()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing for a yes."""
        return self._entry.text.strip() == self._question.words

    def sections(self, width: int, height: int) -> Sections:
        """Return what, what it costs, the words, the keys."""
        asked = self._question
        text_width = width - 4
        body: list[Line] = [()]
        for thing in asked.things:
            body.extend(indented(row) for row in wrapped_line(thing, text_width))
        if asked.costs:
            body.append(())
            for label, words in asked.costs:
                body.extend(self._cost(label, words, text_width))
        focus = None
        if asked.words:
            body.extend(((), self._asking(), indented(self._typing(text_width))))
            focus = len(body) - 1
        foot: list[Line] = [(), self._keys(text_width)]
        if asked.same_as and len(body) + len(foot) + 3 <= height:
            rows = wrapped(literal(asked.same_as), text_width - 8, 2)
            labels = ["same as ", *[" " * 8] * (len(rows) - 1)]
            same = [
                indented(Span(label, "muted"), row) for label, row in zip(labels, rows, strict=True)
            ]
            foot.extend(((), *same))
        if len(body) + len(foot) + 1 <= height and height > 24:
            foot.append(())
        return Sections(body=body, foot=foot, focus=focus)

    def _asking(self) -> Line:
        asker = (
            f"{literal(self._question.asker)} asks for the words. " if self._question.asker else ""
        )
        return indented(
            Span(f"{asker}Type  ", "muted"), Span(self._question.words, "strong", bold=True)
        )

    def _typing(self, width: int) -> Line:
        fill = "_" if self.is_mono else " "
        entry = self._entry.line(width - 1, fill=fill, on="input")
        return line(Span(fill, on="input"), entry)

    def _cost(self, label: str, words: Line, width: int) -> list[Line]:
        tone: Tone = "bad" if label in self._question.lost else "muted"
        head = Span(f"{label:<{LABEL}}", tone, bold=tone == "bad")
        is_narrow = width < 3 * LABEL
        lead = 2 if is_narrow else LABEL
        rows = [line(" " * lead, row) for row in wrapped_line(words, width - lead)]
        if is_narrow:
            return [indented(head), *(indented(row) for row in rows)]
        return [indented(head, rows[0][1:]), *(indented(row) for row in rows[1:])]

    def _keys(self, width: int) -> Line:
        go = go_line("enter", self._question.go, allowed=self.is_complete)
        out = hint_line(KeyHint("esc", self._question.way_out, command_id="escape"))
        return indented(keys_line([go, out], width))

    def key(self, key: str, character: str | None) -> bool:
        """Go, leave, or type."""
        if key == "escape":
            self.finish(False)
        elif key == "enter":
            if self.is_complete:
                self.finish(True)
        elif key in ("up", "down", "pageup", "pagedown"):
            self.scroll_body({"up": -1, "down": 1, "pageup": -5, "pagedown": 5}[key])
        elif not self._question.words or not self._entry.key(key, character):
            return False
        else:
            self.repaint()
        return True

    def pasted(self, text: str) -> None:
        """Leave it: words that guard are typed."""
