"""Things as the filter language sees them: texts, figures and words, whatever the things are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.folding import folded
from skyforge_tui.domain.pattern import BREAK, in_one_line


class FieldKind(StrEnum):
    """What is kept in a field, and so how one asks for it."""

    TEXT = "text"
    WORD = "word"
    """One of a few words, such as a state."""
    COUNT = "count"
    AGE = "age"
    """How long ago, in microseconds."""
    DURATION = "duration"
    """In microseconds."""
    SIZE = "size"
    """In bytes."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something of a thing that can be asked for by name; tables call its column the same."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    about: str = ""
    words: tuple[str, ...] = ()
    """For a field of words, all there are."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be asked of one kind of thing."""

    noun: str
    """`runs`."""
    fields: tuple[Field, ...]
    words: tuple[str, ...] = ()
    """Words that can be said alone besides those of fields: `mine`, `active`."""
    same: Mapping[str, str] = field(default_factory=dict)
    """Other words for the same: `success` for `passed`."""

    def field(self, name: str) -> Field | None:
        """Return the field of that name."""
        return next((one for one in self.fields if one.name == name), None)

    def alone(self) -> tuple[str, ...]:
        """Return every word that can be said alone."""
        return (*(word for one in self.fields for word in one.words), *self.words)


@dataclass(frozen=True, slots=True)
class Record:
    """A thing, as a query sees it."""

    texts: Mapping[str, str]
    """By field, folded and without breaks."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """By field; only those the thing has."""
    words: frozenset[str] = frozenset()
    """What it is: its state and whatever else can be said of it in one word."""
    instance: str = ""
    """The upstream it lives on, folded."""

    @property
    def text(self) -> str:
        """All texts, with breaks between them."""
        return BREAK.join(self.texts.values())


def record(
    texts: Mapping[str, str],
    numbers: Mapping[str, int | None] | None = None,
    words: frozenset[str] = frozenset(),
    instance: str = "",
) -> Record:
    """Return a record of texts and numbers as they are."""
    return Record(
        {name: in_one_line(text) for name, text in texts.items()},
        {name: number for name, number in (numbers or {}).items() if number is not None},
        words,
        folded(instance),
    )


def sort_value(thing: Record, name: str) -> tuple[int, str] | None:
    """Return what a thing is sorted by under a field's name; None for what it does not have."""
    if name in thing.numbers:
        return thing.numbers[name], ""
    text = thing.texts.get(name, "")
    return (0, text) if text else None
