"""One question of a launch: answered in place, checked while one types."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.cells import (
    Ground,
    Line,
    Span,
    cut_line,
    fitted,
    line,
    literal,
    width_of,
)
from skyforge_tui.tui.presenters.fuzzy import match
from skyforge_tui.tui.presenters.glyphs import NONE
from skyforge_tui.tui.widgets.text_entry import TextEntry

VALUE = 30
"""How many cells a value takes when there is room."""


class FieldEntry:
    """One question being answered."""

    def __init__(self, field: SurveyField, answer: str | None, files: Sequence[str] = ()) -> None:
        """Take a question with what it begins with, and files that could be meant."""
        self.field = field
        self._files = tuple(files)
        self.secret_hint = "secret, not kept"
        """What is said beside a secret."""
        self.was_left = False
        """Whether one has been here and gone on: only then is an empty answer called missing."""
        start = field.default if answer is None else answer
        self._default = field.default
        if field.kind is FieldKind.BOOL:
            start, self._default = _as_bool(field, start), _as_bool(field, field.default)
        self._options = _options(field, start)
        self._choice = self._options.index(start) if start in self._options else 0
        self.entry = TextEntry(start)

    @property
    def answer(self) -> str:
        """The answer as it stands."""
        return self._options[self._choice] if self._options else self.entry.text

    @property
    def is_changed(self) -> bool:
        """Whether the answer is another one than the default; never of a secret."""
        return self.field.kind is not FieldKind.SECRET and self.answer != self._default

    @property
    def is_long(self) -> bool:
        """Whether there are more choices than are seen at once."""
        return _reach([(Span(literal(one)),) for one in self._options]) + 4 > VALUE

    @property
    def options(self) -> tuple[str, ...]:
        """What one can choose from, where one chooses."""
        return self._options

    @property
    def fits(self) -> list[str]:
        """The files that what was typed may become, best first."""
        typed = self.entry.text
        found = [(match(typed, one), one) for one in self._files if one != typed]
        scored = [(how.score, one) for how, one in found if how is not None]
        return [one for _, one in sorted(scored, key=lambda pair: -pair[0])]

    def choose(self, option: str) -> None:
        """Take one of the options."""
        self._choice = self._options.index(option)

    @property
    def complaint(self) -> str:
        """Why the answer will not do, or empty."""
        try:
            self.field.checked(self.answer)
        except Invalid as wrong:
            return wrong.message
        return ""

    @property
    def saying(self) -> Line:
        """What is said below the field in focus: why its answer will not do, or what it is for."""
        if self.complaint and self.answer:
            return (Span(literal(self.complaint), "bad"),)
        if self.fits:
            many = f"1 of {len(self.fits)} files that fit, → takes it"
            return (Span(literal(self.fits[0])), Span(f"   {many}", "muted"))
        about = literal(self.field.description)
        if self.is_changed and self._default:
            shown = "yes" if self._default == "true" else "no"
            default = shown if self.field.kind is FieldKind.BOOL else literal(self._default)
            about = f"{about}{', ' if about else ''}default {default}"
        return (Span(about, "muted"),) if about else ()

    def key(self, key: str, character: str | None) -> bool:
        """Take a keypress: typing, `→` for a file, `space` for a box, `←` `→` for one of several.

        A letter goes to the next choice that begins with it.
        """
        if not self._options:
            if key == "right" and self.entry.is_at_end and self.fits:
                self.entry.put(self.fits[0])
                return True
            return self.entry.key(key, character)
        after = [*range(self._choice + 1, len(self._options)), *range(self._choice)]
        named = [at for at in after if character and self._options[at].startswith(character)]
        if named and self.field.kind is FieldKind.ENUM:
            self._choice = named[0]
            return True
        if key in ("space", "left", "right"):
            step = -1 if key == "left" else 1
            self._choice = (self._choice + step) % len(self._options)
            return True
        return False

    def paste(self, text: str) -> None:
        """Insert pasted text where text is typed."""
        if not self._options:
            self.entry.paste(text)

    # Drawing

    def value_line(self, width: int, *, has_focus: bool, is_mono: bool) -> Line:
        """Return the value as its kind is answered, in `width` cells."""
        match self.field.kind:
            case FieldKind.BOOL:
                is_on = self.answer == "true"
                box = Span("[x] " if is_on else "[ ] ", "strong" if is_on else "text")
                return fitted((box, Span("yes" if is_on else "no")), width)
            case FieldKind.ENUM:
                return fitted(self._choices_line(width), width)
            case _:
                on: Ground = "input" if has_focus else "surface"
                fill = "_" if is_mono else " "
                entry = self.entry.line(
                    width - 1,
                    has_caret=has_focus,
                    is_masked=self.field.kind is FieldKind.SECRET,
                    fill=fill,
                    on=on,
                )
                return line(Span(fill, "muted" if is_mono else "text", on=on), entry)

    def _choices_line(self, width: int) -> Line:
        """Return `‹ frr ›  eos  srlinux`, moved so that the chosen one is in view."""
        parts: list[Line] = []
        for index, option in enumerate(self._options):
            shown = literal(option) or NONE
            if index == self._choice:
                parts.append((Span(f"‹ {shown} ›", "accent", bold=True),))
            else:
                parts.append((Span(shown, "muted"),))
        first = 0
        while first < self._choice and _reach(parts[first : self._choice + 1]) > width - 3:
            first += 1
        spans: list[Span] = [Span("… ", "muted")] if first else []
        for index, part in enumerate(parts[first:]):
            spans.extend((Span("  "), *part) if index else part)
        return cut_line(tuple(spans), width)

    def hint_line(self) -> Line:
        """Return what stands beside the value: what is wrong with it, or how to answer."""
        answer, complaint = self.answer, self.complaint
        if complaint and answer and self.field.kind is FieldKind.INT:
            return (Span("whole number", "bad", bold=True),)
        if complaint and (answer or self.was_left):
            return (Span(_without_name(complaint, self.field.name), "bad", bold=True),)
        if complaint:
            return (Span("required", "muted"),)
        match self.field.kind:
            case FieldKind.SECRET:
                return (Span(self.secret_hint, "muted"),)
            case FieldKind.BOOL:
                return (Span("space", "muted"),)
            case FieldKind.ENUM:
                how = "ctrl+o" if self.is_long else "← →"
                return (Span(f"{how} {self._choice + 1} of {len(self._options)}", "muted"),)
            case FieldKind.INT:
                return (Span("required" if self.field.required else "whole number", "muted"),)
            case FieldKind.STRING:
                return (Span("required" if self.field.required else "", "muted"),)


def _reach(parts: Sequence[Line]) -> int:
    return sum(width_of(part) + 2 for part in parts)


def _without_name(complaint: str, name: str) -> str:
    """Return a complaint without the name that stands before it anyway."""
    return literal(complaint.removeprefix(f"{name} ").removeprefix("is "))


def _as_bool(field: SurveyField, start: str) -> str:
    try:
        return field.checked(start) or "false"
    except Invalid:
        return "false"


def _options(field: SurveyField, start: str) -> tuple[str, ...]:
    if field.kind is FieldKind.BOOL:
        return ("false", "true")
    if field.kind is not FieldKind.ENUM:
        return ()
    is_open = start not in field.choices
    return ("", *field.choices) if is_open or not field.required else field.choices
