"""What somebody looks for in a table: terms that must all hold of a thing.

One language for every table, the palette and the commands. `query_parser` reads it; here is what
it means. Text is compared blind to case; a number a thing does not have fulfils no comparison.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.pattern import Pattern, in_one_line
from skyforge_tui.domain.searchable import Record


class QueryError(Invalid):
    """Say what is wrong in a query, and where."""

    def __init__(
        self, message: str, column: int, *, advice: str = "", is_unfinished: bool = False
    ) -> None:
        super().__init__(message, advice=advice)
        self.column = column
        """The index of the character that is wrong."""
        self.is_unfinished = is_unfinished
        """Whether typing on could make it right."""
        self.before: Query = EVERYTHING
        """The terms before the one that is wrong."""


# What a term asks.


@dataclass(frozen=True, slots=True)
class Word:
    """A text that stands somewhere in the thing."""

    text: str
    """Folded."""
    is_quoted: bool = field(default=False, compare=False)

    def matches(self, thing: Record) -> bool:
        """Say whether it does."""
        return self.text in thing.text

    def __str__(self) -> str:
        return quoted(self.text) if self.is_quoted else self.text


@dataclass(frozen=True, slots=True)
class Like:
    """A pattern that matches somewhere in the thing."""

    pattern: Pattern

    def matches(self, thing: Record) -> bool:
        """Say whether it does."""
        return self.pattern.is_in(thing.text)

    def __str__(self) -> str:
        return f"/{self.pattern.text}/"


@dataclass(frozen=True, slots=True)
class Has:
    """One of several texts or patterns that stands in one field."""

    name: str
    values: tuple[str | Pattern, ...]
    """Texts are folded."""

    def matches(self, thing: Record) -> bool:
        """Say whether one does."""
        text = thing.texts.get(self.name, "")
        return any(one in text if isinstance(one, str) else one.is_in(text) for one in self.values)

    def __str__(self) -> str:
        return f"{self.name}:{','.join(_value(one) for one in self.values)}"


@dataclass(frozen=True, slots=True)
class Is:
    """One of several words that the thing is."""

    words: tuple[str, ...]
    name: str = field(default="", compare=False)
    """The field whose words they are; empty for a word said alone."""

    def matches(self, thing: Record) -> bool:
        """Say whether it is one of them."""
        return not thing.words.isdisjoint(self.words)

    def __str__(self) -> str:
        words = ",".join(self.words)
        return f"{self.name}:{words}" if self.name else words


@dataclass(frozen=True, slots=True)
class Compares:
    """A number of the thing, against a limit."""

    name: str
    sign: str
    """`<`, `<=`, `>`, `>=` or `=`."""
    limit: int
    typed: str = field(default="", compare=False)
    """The limit as it was written."""

    def matches(self, thing: Record) -> bool:
        """Say whether the thing has the number, and it fits."""
        number = thing.numbers.get(self.name)
        return number is not None and SIGNS[self.sign](number, self.limit)

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.typed}"


@dataclass(frozen=True, slots=True)
class On:
    """The instance the thing lives on, by the beginning of its name."""

    name: str
    """Folded."""

    def matches(self, thing: Record) -> bool:
        """Say whether it lives there."""
        return thing.instance.startswith(self.name)

    def __str__(self) -> str:
        return f"@{self.name}"


SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
Test = Word | Like | Has | Is | Compares | On


@dataclass(frozen=True, slots=True)
class Term:
    """Something that must hold, or, when inverse, must not."""

    test: Test
    is_inverse: bool = False

    def matches(self, thing: Record) -> bool:
        """Say whether it does."""
        return self.test.matches(thing) is not self.is_inverse

    def __str__(self) -> str:
        return f"{'!' if self.is_inverse else ''}{self.test}"


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all hold; without any, everything is found. As text it can be read again."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return " ".join(str(one) for one in self.terms)

    def matches(self, thing: Record) -> bool:
        """Say whether all terms hold of a thing."""
        return all(one.matches(thing) for one in self.terms)

    def spans(self, field_name: str, text: str) -> list[tuple[int, int]]:
        """Return which letters of a field's `text` are looked for: (start, end), in order."""
        low = in_one_line(text)
        found: list[tuple[int, int]] = []
        for one in self.terms:
            if one.is_inverse:
                continue
            match one.test:
                case Word(word):
                    found.extend(_places(word, low))
                case Like(pattern):
                    found.extend(pattern.spans(low[:_MOST_MARKED]))
                case Has(name, values) if name == field_name:
                    for value in values:
                        if isinstance(value, str):
                            found.extend(_places(value, low))
                        else:
                            found.extend(value.spans(low[:_MOST_MARKED]))
                case _:
                    pass
        return _apart(found)


EVERYTHING = Query()
_MOST_MARKED = 200
"""Letters of a cell in which a pattern's matches are looked for."""


def quoted(text: str) -> str:
    """Return `text` in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(value: str | Pattern) -> str:
    if isinstance(value, Pattern):
        return f"/{value.text}/"
    is_plain = value and value[0] not in '/"' and not any(c.isspace() or c == "," for c in value)
    return value if is_plain else quoted(value)


def _places(word: str, text: str) -> list[tuple[int, int]]:
    found = []
    at = text.find(word)
    while at >= 0 and word:
        found.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    return found


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
