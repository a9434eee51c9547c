"""The fields of a launch: one row each, answered in place, checked while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    cut_line,
    cut_text,
    line,
    literal,
    width_of,
)
from skyforge_tui.tui.presenters.glyphs import CHANGED, CURSOR
from skyforge_tui.tui.widgets.field_entry import VALUE, FieldEntry

_FIELD = "field"
"""What references to fields begin with."""


class SurveyForm:
    """All fields of a survey, one of them in focus."""

    def __init__(
        self,
        fields: Sequence[SurveyField],
        answers: Mapping[str, str],
        files: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Take the questions, what they begin with, and files that could be meant, by name."""
        self.entries = [
            FieldEntry(
                one,
                None if one.kind is FieldKind.SECRET else answers.get(one.name),
                (files or {}).get(one.name, ()),
            )
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

    def press(self, ref: str) -> bool:
        """Go to the field that was clicked; say whether `ref` names one."""
        kind, _, index = ref.partition(":")
        if kind != _FIELD:
            return False
        self.move(int(index) - self.focus)
        return True

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
    ref = f"{_FIELD}:{index}"
    label = cut_text(literal(entry.field.name), label_width - 2, "middle")
    room = width - 4 - label_width
    hint = entry.hint_line()
    value_width = VALUE if room >= VALUE + 14 else max(10, room - min(width_of(hint), 18) - 2)
    lead = (Span(CURSOR, "accent"), Span(" ")) if has_focus else (Span("  "),)
    tone = Span(
        f"{label:<{label_width - 2}}", "strong" if has_focus else "muted", bold=has_focus, ref=ref
    )
    mark = Span(f"{CHANGED} " if entry.is_changed else "  ", "accent")
    value = entry.value_line(value_width, has_focus=has_focus, is_mono=is_mono)
    said = cut_line(hint, max(0, room - value_width - 2))
    return line(lead, tone, mark, value, "  ", said)
