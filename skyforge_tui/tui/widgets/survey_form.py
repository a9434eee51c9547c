"""The fields of a launch: one row each, answered in place, checked while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.cells import (
    Ground,
    Line,
    Span,
    cut_line,
    cut_text,
    fitted,
    line,
    literal,
    width_of,
)
from skyforge_tui.tui.presenters.glyphs import CURSOR, NONE
from skyforge_tui.tui.widgets.text_entry import TextEntry

VALUE = 30
"""How many cells a value takes when there is room."""


class FieldEntry:
    """One question being answered."""

    def __init__(self, field: SurveyField, answer: str | None) -> None:
        self.field = field
        self.was_left = False
        """Whether one has been here and gone on: only then is an empty answer called missing."""
        start = field.default if answer is None else answer
        if field.kind is FieldKind.BOOL:
            start = _as_bool(field, start)
        self._options = _options(field, start)
        self._choice = self._options.index(start) if start in self._options else 0
        self.entry = TextEntry(start)

    @property
    def answer(self) -> str:
        """The answer as it stands."""
        return self._options[self._choice] if self._options else self.entry.text

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
        about = literal(self.field.description)
        return (Span(about, "muted"),) if about else ()

    def key(self, key: str, character: str | None) -> bool:
        """Take a keypress: typing, `space` for a box, `←` `→` for one of several."""
        if not self._options:
            return self.entry.key(key, character)
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
                return (Span("secret, not kept", "muted"),)
            case FieldKind.BOOL:
                return (Span("space", "muted"),)
            case FieldKind.ENUM:
                return (Span(f"← → {self._choice + 1} of {len(self._options)}", "muted"),)
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


class SurveyForm:
    """All fields of a survey, one of them in focus."""

    def __init__(self, fields: Sequence[SurveyField], answers: Mapping[str, str]) -> None:
        self.entries = [
            FieldEntry(one, None if one.kind is FieldKind.SECRET else answers.get(one.name))
            for one in fields
        ]
        self.focus = next((i for i, one in enumerate(self.entries) if one.complaint), 0)

    @property
    def is_complete(self) -> bool:
        """Whether every answer will do."""
        return not any(entry.complaint for entry in self.entries)

    @property
    def answers(self) -> dict[str, str]:
        """All answers as they stand, secret ones included."""
        return {entry.field.name: entry.answer for entry in self.entries}

    @property
    def plain_answers(self) -> dict[str, str]:
        """The answers that may be shown."""
        return {
            entry.field.name: entry.answer
            for entry in self.entries
            if entry.field.kind is not FieldKind.SECRET
        }

    @property
    def current(self) -> FieldEntry | None:
        """The field in focus."""
        return self.entries[self.focus] if self.entries else None

    def move(self, delta: int) -> None:
        """Go to another field, round and round."""
        if self.current is not None:
            self.current.was_left = True
            self.focus = (self.focus + delta) % len(self.entries)

    def show_missing(self) -> None:
        """Say of every field what is wrong, and go to the first such field."""
        for index in reversed(range(len(self.entries))):
            self.entries[index].was_left = True
            if self.entries[index].complaint:
                self.focus = index

    def lines(self, width: int, *, is_roomy: bool, is_mono: bool) -> tuple[list[Line], int]:
        """Return the rows of the form, and which of them is in focus.

        Rows are as wide as a panel's inside. With room, a blank row follows each field; the field
        in focus says there what it is for.
        """
        longest = max((len(entry.field.name) for entry in self.entries), default=0)
        label_width = max(12, min(longest + 2, (width - 4) // 3))
        rows: list[Line] = []
        focus = 0
        for index, entry in enumerate(self.entries):
            has_focus = index == self.focus
            if has_focus:
                focus = len(rows)
            rows.append(_row(entry, index, label_width, width, has_focus, is_mono))
            says = entry.saying if has_focus else ()
            if is_roomy or says:
                lead = " " * (2 + label_width + 1)
                rows.append(line(lead, cut_line(says, width - len(lead) - 2)) if says else ())
        return rows, focus


def _row(
    entry: FieldEntry, index: int, label_width: int, width: int, has_focus: bool, is_mono: bool
) -> Line:
    ref = f"field:{index}"
    label = cut_text(literal(entry.field.name), label_width - 1, "middle")
    room = width - 4 - label_width
    hint = entry.hint_line()
    value_width = VALUE if room >= VALUE + 14 else max(10, room - min(width_of(hint), 18) - 2)
    lead = (Span(CURSOR, "accent"), Span(" ")) if has_focus else (Span("  "),)
    tone = Span(
        f"{label:<{label_width}}", "strong" if has_focus else "muted", bold=has_focus, ref=ref
    )
    value = entry.value_line(value_width, has_focus=has_focus, is_mono=is_mono)
    said = cut_line(hint, max(0, room - value_width - 2))
    return line(lead, tone, value, "  ", said)
