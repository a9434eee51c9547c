"""A server that asks who one is, in the middle of everything."""

from __future__ import annotations

from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.tui.presenters import connecting as present
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line
from skyforge_tui.tui.widgets.secret_line import SecretLine


class SignInCard(Overlay[Hidden | None]):
    """Ask for what a server wants; the result is that, or None for rather not."""

    MARGIN = 4
    EDGE = "warn"

    def __init__(self, question: Question) -> None:
        title = literal(present.sign_in_title(question))
        super().__init__((Span(title, "strong", bold=True),), (Span(question.kind, "muted"),))
        self.question = question
        self._entry = SecretLine(is_masked=not question.wanted.is_short_lived)

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return why, the line to type in, and the keys."""
        asked, room = self.question, width - 4
        if asked.wanted is Proof.HOST_KEY:
            return self._trusting(room)
        why = [indented(one) for one in present.question_lines(asked.why, room)]
        label = present.proof_title(asked.wanted)
        entry = indented(self._entry.line(label, room, is_mono=self.is_mono))
        note = indented(Span("What waits for it goes on then. :signin asks again later.", "muted"))
        keys: list[Line] = [
            go_line("enter", "sign in", allowed=bool(self._entry.text)),
            hint_line(KeyHint("esc", "not now", command_id="escape")),
        ]
        foot: list[Line] = [(), indented(keys_line(keys, room))]
        return Sections(body=[(), *why, (), entry, (), note], foot=foot)

    def _trusting(self, room: int) -> Sections:
        """Return the key of a host that was never met, and the keys to judge it."""
        asked = self.question
        shown = present.host_key_lines(asked.fingerprint, asked.why, room)
        keys: list[Line] = [
            go_line("ctrl+t", "it is the right one", allowed=True),
            hint_line(KeyHint("esc", "not now", command_id="escape")),
        ]
        body = [(), *map(indented, shown)]
        return Sections(body=body, foot=[(), indented(keys_line(keys, room))])

    def key(self, key: str, character: str | None) -> bool:
        """Type, go or leave."""
        if key == "escape":
            self.finish(None)
        elif self.question.wanted is Proof.HOST_KEY:
            if key == "ctrl+t":
                self.finish(Hidden(self.question.fingerprint))
        elif key == "enter":
            if self._entry.text:
                self.finish(Hidden(self._entry.text))
        elif self._entry.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Take pasted text."""
        self._entry.paste(text)
        self.repaint()
