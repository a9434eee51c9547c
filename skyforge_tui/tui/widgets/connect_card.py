"""Connecting to a server on one card: what is said of it, then every step as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from skyforge_tui.domain.connection import Found, Server, Step, StepReport
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.tui.presenters import connecting as present
from skyforge_tui.tui.presenters.cells import Line, Span, cut_text, literal, wrapped
from skyforge_tui.tui.presenters.connect_fields import fields
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line, rule, same_rows
from skyforge_tui.tui.widgets.secret_line import SecretLine
from skyforge_tui.tui.widgets.survey_form import SurveyForm

Reply = Callable[[Hidden | None], None]
Verdict = Callable[[bool], None]


class Phase(Enum):
    """What the card is at."""

    FILLING = auto()
    WORKING = auto()
    ASKING = auto()
    TRUSTING = auto()
    FAILED = auto()
    DONE = auto()


class ConnectCard(Overlay[Found | None]):
    """Ask about a server and connect to it; the result is what was found, or None.

    `on_go` is called with the answers when the person goes; tell the card how it goes on with
    `told`, `ask`, `show_certificate`, `failed` and `succeeded`. `on_give_up` is called when they
    do not want to wait any more. `same_as` turns answers into the headless command; `others` are
    the kinds of servers for which there is a card as well.
    """

    WIDTH = 82
    MARGIN = 3
    CENTRED = False

    def __init__(
        self,
        server: Server,
        places: Sequence[str],
        *,
        on_go: Callable[[ConnectCard, dict[str, str]], None],
        on_give_up: Callable[[], None],
        same_as: Callable[[Mapping[str, str]], str],
        others: Sequence[str] = (),
    ) -> None:
        super().__init__(
            (Span("Connect to ", "strong", bold=True), Span(literal(server.kind.title())))
        )
        self._on_go = on_go
        self._on_give_up = on_give_up
        self._same_as = same_as
        self._others = f"others: :connect {', '.join(others)}" if others else ""
        self._form = SurveyForm(fields(server, places), {})
        for entry in self._form.entries:
            hint = _HINTS.get((server.kind, entry.field.name), _HINTS.get(("", entry.field.name)))
            entry.secret_hint = entry.secret_hint if hint is None else hint
        self._phase = Phase.FILLING
        self._reports: dict[Step, StepReport] = {}
        self._found: Found | None = None
        self._entry = SecretLine()
        self._asked: tuple[Proof, str, Reply] | None = None
        self._shown: tuple[str, str, Verdict] | None = None
        self._believed: set[tuple[str, str]] = set()
        """Fingerprints, with the words that say whose: the same one elsewhere is asked about."""

    @property
    def phase(self) -> Phase:
        """What the card is at."""
        return self._phase

    @property
    def is_over(self) -> bool:
        """Whether it is known how the attempt ended."""
        return self._phase in (Phase.FILLING, Phase.FAILED, Phase.DONE)

    # How it goes on.

    def told(self, report: StepReport) -> None:
        """Show how a step is going."""
        self._reports[report.step] = report
        self.repaint()

    def ask(self, wanted: Proof, why: str, reply: Reply) -> None:
        """Ask for what proves who one is; `reply` is called once, with None for rather not."""
        self._entry = SecretLine(is_masked=not wanted.is_short_lived)
        self._asked = (wanted, why, reply)
        self._enter(Phase.ASKING)

    def show_certificate(self, fingerprint: str, words: str, verdict: Verdict) -> None:
        """Ask whether a certificate is the right one; `verdict` is called once.

        What the person said yes to counts for every further try on this card.
        """
        if (fingerprint, words) in self._believed:
            verdict(True)
            return
        self._shown = (fingerprint, words, verdict)
        self._enter(Phase.TRUSTING)

    def failed(self, error: SkyforgeError) -> None:
        """Show why it did not work, with the step at which it ended."""
        if not any(one.words == error.message for one in self._reports.values()):
            self._said = (error.message, error.advice)
        self._enter(Phase.FAILED)

    def succeeded(self, found: Found) -> None:
        """Show what was found."""
        self._found = found
        self._enter(Phase.DONE)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self.EDGE = {Phase.FAILED: "bad", Phase.TRUSTING: "warn"}.get(phase, "accent")  # type: ignore[assignment]
        self.repaint()

    _said: tuple[str, str] = ("", "")

    # Drawing

    def sections(self, width: int, height: int) -> Sections:
        """Return the form, or the steps with what is asked about them."""
        if self._phase is Phase.FILLING:
            return self._filling(width, height)
        steps = [indented(one) for one in present.step_lines(self._reports, width - 4)]
        asked = [indented(one) for one in self._asking(width - 4)]
        foot = [rule(width), *asked, indented(keys_line(self._keys(), width - 4))]
        blank: list[Line] = [()] if len(steps) + len(foot) + 2 <= height else []
        focus = len(steps) - 1 if len(steps) + len(foot) > height else None
        return Sections(blank, [*steps, *blank], foot, focus)

    def _filling(self, width: int, height: int) -> Sections:
        same = same_rows(self._same_as(self._form.answers), width)
        keys = indented(keys_line(self._keys(), width - 4))
        said = Span(cut_text(self._others, width - 4), "muted")
        others = [indented(said)] if self._others else []
        for is_roomy, note in ((True, others), (False, others), (False, [])):
            body, focus = self._form.lines(width, is_roomy=is_roomy, is_mono=self.is_mono)
            made = Sections([()], body, [rule(width), *same, (), keys, *note], focus)
            if made.height <= height:
                return made
        foot = [rule(width), *same, keys] if height > 16 else [keys]
        return Sections([], body, foot, focus)

    def _asking(self, width: int) -> list[Line]:
        match self._phase:
            case Phase.ASKING if self._asked is not None:
                wanted, why, _ = self._asked
                entry = self._entry.line(present.proof_title(wanted), width, is_mono=self.is_mono)
                return [*present.question_lines(why, width), (), entry, ()]
            case Phase.TRUSTING if self._shown is not None:
                fingerprint, words, _ = self._shown
                return [*present.certificate_lines(fingerprint, words, width), ()]
            case Phase.FAILED if self._said[0]:
                said = [(Span(one, "bad"),) for one in wrapped(literal(self._said[0]), width, 3)]
                advice = [(Span(one, "muted"),) for one in wrapped(self._said[1], width, 2)]
                return [*said, *advice, ()]
            case Phase.DONE if self._found is not None:
                words = present.connected_words(self._found)
                return [(Span(one, "ok"),) for one in wrapped(literal(words), width, 2)]
            case _:
                return []

    def _keys(self) -> list[Line]:
        match self._phase:
            case Phase.FILLING:
                go = go_line("enter", "connect", allowed=self._form.is_complete)
                return [go, hint_line(KeyHint("tab", "next field")), _out("back")]
            case Phase.WORKING:
                return [_out("give up")]
            case Phase.ASKING:
                return [go_line("enter", "go on", allowed=bool(self._entry.text)), _out("not now")]
            case Phase.TRUSTING:
                return [go_line("ctrl+t", "it is the right one", allowed=True), _out("it is not")]
            case Phase.FAILED:
                return [go_line("enter", "try again", allowed=True), _out("change something")]
            case Phase.DONE:
                return [go_line("enter", "use it", allowed=True)]

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Answer, go on, or leave, by what the card is at."""
        if key in ("pageup", "pagedown"):
            self.scroll_body(5 if key == "pagedown" else -5)
            return True
        match self._phase:
            case Phase.FILLING:
                return self._take_filling(key, character)
            case Phase.WORKING:
                if key == "escape":
                    self._on_give_up()
            case Phase.ASKING:
                return self._take_asking(key, character)
            case Phase.TRUSTING:
                if key in ("ctrl+t", "escape"):
                    self._judge(is_right=key == "ctrl+t")
            case Phase.FAILED:
                if key == "enter":
                    self._go()
                elif key == "escape":
                    self._enter(Phase.FILLING)
            case Phase.DONE:
                if key in ("enter", "escape"):
                    self.finish(self._found)
        return True

    def _take_filling(self, key: str, character: str | None) -> bool:
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            self._go()
        elif key in ("tab", "down", "shift+tab", "up"):
            self._form.move(1 if key in ("tab", "down") else -1)
            self.repaint()
        elif self._form.current is not None and self._form.current.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def _take_asking(self, key: str, character: str | None) -> bool:
        if key == "escape":
            self._answer(None)
        elif key == "enter":
            if self._entry.text:
                self._answer(Hidden(self._entry.text))
        elif self._entry.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Put pasted text where one types."""
        if self._phase is Phase.ASKING:
            self._entry.paste(text)
        elif self._phase is Phase.FILLING and self._form.current is not None:
            self._form.current.paste(text)
        self.repaint()

    def pressed(self, ref: str) -> None:
        """Go to a clicked field, or do what the key at the foot does."""
        if self._form.press(ref):
            self.repaint()
        else:
            self.key(ref, None)

    def _go(self) -> None:
        if not self._form.is_complete:
            self._form.show_missing()
            self.repaint()
            return
        self._reports = {}
        self._said = ("", "")
        self._enter(Phase.WORKING)
        self._on_go(self, self._form.answers)

    def _answer(self, value: Hidden | None) -> None:
        asked, self._asked = self._asked, None
        self._entry = SecretLine()
        self._enter(Phase.WORKING)
        if asked is not None:
            asked[2](value)

    def _judge(self, *, is_right: bool) -> None:
        shown, self._shown = self._shown, None
        self._enter(Phase.WORKING)
        if shown is not None:
            fingerprint, words, verdict = shown
            if is_right:
                self._believed.add((fingerprint, words))
            verdict(is_right)


_HINTS = {
    ("", "password"): "becomes a token",
    ("eve", "password"): "kept where you say",
    ("", "token"): "instead of both",
    ("s3", "password"): "kept where you say",
    ("netlab", "password"): "where no key is let in",
    ("containerlab", "password"): "where no key is let in",
}
"""What stands in an empty field, by kind of server and name of the field."""


def _out(label: str) -> Line:
    return hint_line(KeyHint("esc", label, command_id="escape"))
