"""The card before a launch: what, where, whose, the answers, and the command it equals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skyforge_tui.tui.presenters.cells import Line, Span, cut_text, literal, spread, wrapped
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.glyphs import ASKS, NONE, PASSED, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.presenters.offers import LaunchOffer, Untrusted
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line, rule, same_rows
from skyforge_tui.tui.widgets.picker import Choice, Picker
from skyforge_tui.tui.widgets.survey_form import SurveyForm

LABEL = 12
HASH = 12
"""How many characters of a content's hash are shown."""
_ALONG = "  trusted with it"


class LaunchCard(Overlay[dict[str, str] | None]):
    """Ask for the answers; the result is all of them by name, or None.

    `same_as` turns the answers that may be shown into the headless command. `on_trust` is called
    when the person trusts the content; say how it went with `trusted` or `say`. `said` is why it
    is asked once more.
    """

    WIDTH = 82
    MARGIN = 3
    CENTRED = False

    def __init__(
        self,
        offer: LaunchOffer,
        *,
        same_as: Callable[[Mapping[str, str]], str],
        untrusted: Untrusted | None = None,
        on_trust: Callable[[LaunchCard], None] | None = None,
        said: str = "",
    ) -> None:
        title = (Span(f"{offer.title} ", "strong", bold=True), Span(literal(offer.name)))
        super().__init__(title, offer.guard)
        self.EDGE = "warn" if offer.guard or untrusted else "accent"
        self._offer = offer
        self._form = SurveyForm(offer.fields, offer.answers or {}, offer.files)
        self._same_as = same_as
        self._content = untrusted
        self._untrusted = untrusted
        self._on_trust = on_trust
        self._is_trusting = False
        self._said: Line = (Span(literal(said), "bad"),) if said else ()

    @property
    def form(self) -> SurveyForm:
        """The fields."""
        return self._form

    @property
    def may_launch(self) -> bool:
        """Whether nothing is missing: permitted, content trusted, answers complete."""
        return not self._refused and self._untrusted is None and self._form.is_complete

    def trusted(self) -> None:
        """Take the content as trusted from now on."""
        self._untrusted = None
        self._is_trusting = False
        self.EDGE = "warn" if self._offer.guard else "accent"
        self._said = ()
        self.repaint()

    def say(self, words: str) -> None:
        """Say in the last line why something did not work."""
        self._is_trusting = False
        self._said = (Span(literal(words), "bad"),)
        self.repaint()

    def sections(self, width: int, height: int) -> Sections:
        """Return facts, fields, command and keys, as airy as the height allows."""
        for is_roomy, is_airy in ((True, True), (True, False), (False, True), (False, False)):
            made = self._with_air(width, is_roomy=is_roomy, is_airy=is_airy)
            if made.height <= height:
                return made
        least = min(3, len(made.body))
        if len(made.head) + len(made.foot) + least <= height:
            return made
        return self._cramped(width)

    def _cramped(self, width: int) -> Sections:
        """Return everything in one body that scrolls; only the keys stay put."""
        body = [*self._facts(width), *self._trust(width), *self._same(width)]
        focus = 0
        if self._form.entries:
            fields, at = self._form.lines(width, is_roomy=False, is_mono=self.is_mono)
            focus = len(body) + at
            body.extend(fields)
        said = [indented(self._word)] if self._word else []
        return Sections(body=body, foot=[*said, self._keys(width)], focus=focus)

    def _with_air(self, width: int, *, is_roomy: bool, is_airy: bool) -> Sections:
        blank: list[Line] = [()] if is_airy else []
        head = [*blank, *self._facts(width), *self._trust(width)]
        body: list[Line] = []
        focus = None
        if self._form.entries:
            head.append(rule(width))
            body, at = self._form.lines(width, is_roomy=is_roomy, is_mono=self.is_mono)
            body = [*blank, *body]
            focus = at + len(blank)
        foot = [rule(width), *self._same(width), *blank, self._keys(width)]
        last = self._word or ((Span(self._offer.note, "muted"),) if is_airy else ())
        if last:
            foot.append(indented(last))
        elif is_roomy:
            foot.append(())
        return Sections(head, body, foot, focus)

    @property
    def _word(self) -> Line:
        """What is to be known before anything else: what just failed, or why it is refused."""
        if self._said or not self._refused:
            return self._said
        return (Span(f"{REFUSED} ", "warn", bold=True), Span(literal(self._refused), "warn"))

    @property
    def _refused(self) -> str:
        return self._offer.refused() if self._offer.refused is not None else ""

    def _facts(self, width: int) -> list[Line]:
        facts = [*self._offer.facts]
        if self._offer.by_answers is not None:
            facts += self._offer.by_answers(self._form.plain_answers)
        return [
            indented(
                Span(f"{fact.label:<{LABEL}}", "muted"),
                spread(fact.words, fact.aside, width - 4 - LABEL),
            )
            for fact in facts
        ]

    def _trust(self, width: int) -> list[Line]:
        if self._content is None:
            return []
        room = width - 4 - LABEL
        trust: Line = (Span(f"{PASSED} ", "ok"), Span("trusted", "muted"))
        if self._untrusted is not None:
            trust = (
                Span(f"{ASKS} ", "warn", bold=True),
                Span("nobody here has trusted it yet", "warn"),
            )
        lines = [_labelled("content", trust)]
        for path, digest in self._content.files:
            aside = (Span(f"sha256 {digest[:HASH]}", "muted"),)
            name = cut_text(literal(path), max(8, room - HASH - 9), "front")
            lines.append(_labelled("file", spread((Span(name),), aside, room)))
        label = "runs" if self._untrusted is None else "would run"
        runs = wrapped(literal(self._content.command(self._form.plain_answers)), room, 2)
        lines.extend(
            _labelled("" if index else label, (Span(row),)) for index, row in enumerate(runs)
        )
        if self._untrusted is not None and self._untrusted.along:
            names = cut_text(literal(", ".join(self._untrusted.along)), room - len(_ALONG))
            lines.append(_labelled("also", (Span(names), Span(_ALONG, "muted"))))
        return lines

    def _same(self, width: int) -> list[Line]:
        return same_rows(self._same_as(self._form.plain_answers), width)

    def _keys(self, width: int) -> Line:
        parts = [go_line("enter", self._offer.go, allowed=self.may_launch)]
        if self._untrusted is not None:
            trust = "trust this content" if width >= 60 else "trust it"
            word = "trusting…" if self._is_trusting else trust
            parts.insert(0, go_line("ctrl+t", word, allowed=not self._is_trusting))
        current = self._form.current
        if current is not None and current.is_long:
            parts.append(hint_line(KeyHint("ctrl+o", "all of them")))
        if len(self._form.entries) > 1:
            parts.append(hint_line(KeyHint("tab", "next field")))
        parts.append(hint_line(KeyHint("esc", "back", command_id="escape")))
        return indented(keys_line(parts, width - 4))

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Answer, go on, launch, trust, leave."""
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            self._go()
        elif key == "ctrl+t":
            self._trust_now()
        elif key == "ctrl+o":
            self._show_options()
        elif key in ("tab", "down", "shift+tab", "up"):
            self._form.move(1 if key in ("tab", "down") else -1)
            self.repaint()
        elif key in ("pageup", "pagedown"):
            self.scroll_body(5 if key == "pagedown" else -5)
        elif self._form.current is not None and self._form.current.key(key, character):
            self._said = ()
            self.repaint()
        else:
            return False
        return True

    def pasted(self, text: str) -> None:
        """Put pasted text into the field in focus."""
        if self._form.current is not None:
            self._form.current.paste(text)
            self.repaint()

    def pressed(self, ref: str) -> None:
        """Go to a clicked field, or do what the key at the foot does."""
        if self._form.press(ref):
            self.repaint()
        else:
            self.key(ref, None)

    def _go(self) -> None:
        if self.may_launch:
            self.finish(
                {one.field.name: one.field.checked(one.answer) for one in self._form.entries}
            )
            return
        if self._untrusted is not None and not self._refused:
            self._said = (Span("Trust the content first: ctrl+t", "warn"),)
        self._form.show_missing()
        self.repaint()

    def _show_options(self) -> None:
        """Let one of many choices be found by typing."""
        entry = self._form.current
        if entry is None or not entry.options:
            return

        def chosen(option: str | None) -> None:
            if option is not None:
                entry.choose(option)
            self.repaint()

        columns = (Column("name", "", 20, most=None, is_name=True),)
        choices = [Choice(one, literal(one) or NONE) for one in entry.options]
        _ = self.app.push_screen(Picker(entry.field.name, columns, choices, verb="take it"), chosen)

    def _trust_now(self) -> None:
        if self._untrusted is not None and self._on_trust is not None and not self._is_trusting:
            self._is_trusting = True
            self._said = ()
            self.repaint()
            self._on_trust(self)


def _labelled(label: str, words: Line) -> Line:
    return indented(Span(f"{label:<{LABEL}}", "muted"), words)
