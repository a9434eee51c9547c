"""Reads the filter language.

::

    bgp core           both, anywhere in the thing, blind to case
    "cut off"          a phrase; also what would mean something else: "failed", "a:b"
    /leaf[0-9]+/       a pattern
    !training          not this
    template:bgp,wan   in one field, one of these; template:/^bgp/ as a pattern
    state:failed,lost  one of these states; a state or `mine` can be said alone
    age<9d  size>10MB  figures: ages, durations, sizes, counts; < <= > >= =
    @eve-lab1          on this instance
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import NoReturn

from skyforge_tui.domain.folding import folded
from skyforge_tui.domain.pattern import Pattern, in_one_line
from skyforge_tui.domain.pattern_syntax import PatternError
from skyforge_tui.domain.query import (
    Compares,
    Has,
    Is,
    Like,
    On,
    Query,
    QueryError,
    Term,
    Test,
    Word,
)
from skyforge_tui.domain.query_values import EXAMPLES, could_become, number_of
from skyforge_tui.domain.searchable import Field, FieldKind, Vocabulary

MOST_LETTERS = 1000
_NAMED = re.compile(r"([A-Za-z_][\w-]*?)(:|<=|>=|<|>|=)")


def parse(text: str, vocabulary: Vocabulary) -> Query:
    """Return what `text` asks of the things of a vocabulary.

    A quote or a pattern that is still open reaches to the end of the text.

    Raises:
        QueryError: it cannot be read; says where, why, and what could be meant.
    """
    if len(text) > MOST_LETTERS:
        raise QueryError(f"a filter has at most {MOST_LETTERS} characters", MOST_LETTERS)
    reader = _Reader(text, vocabulary)
    terms: list[Term] = []
    while reader.skip_blanks():
        try:
            terms.append(reader.term())
        except QueryError as error:
            error.before = Query(tuple(terms))
            raise
    return Query(tuple(terms))


class _Reader:
    """Reads terms from left to right."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._at = 0

    def skip_blanks(self) -> bool:
        """Go to the next term; say whether there is one."""
        while self._peek().isspace():
            self._at += 1
        return self._at < len(self._text)

    def term(self) -> Term:
        start = self._at
        is_inverse = self._peek() == "!"
        self._at += is_inverse
        if is_inverse and not self._is_inside():
            self._expected("what must not be there belongs behind !", start)
        return Term(self._test(), is_inverse)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _is_inside(self) -> bool:
        """Say whether the term goes on."""
        return bool(self._peek()) and not self._peek().isspace()

    def _expected(self, message: str, start: int) -> NoReturn:
        is_last = self._at >= len(self._text)
        raise QueryError(message, min(self._at, len(self._text)) if is_last else start,
                         is_unfinished=is_last)  # fmt: skip

    def _test(self) -> Test:
        start = self._at
        match self._peek():
            case '"':
                word = Word(self._phrase(), is_quoted=True)
                self._must_end("a blank belongs behind the phrase")
                return word
            case "/":
                pattern = self._pattern()
                self._must_end('a path belongs in quotes, as in "/etc/hosts"')
                return Like(pattern)
            case "@":
                self._at += 1
                name = self._bare("")
                if not name:
                    self._expected("the name of an instance belongs behind @", start)
                return On(folded(name))
            case "!":
                raise QueryError("one ! is enough", start)
        named = _NAMED.match(self._text, self._at)
        if named is not None:
            return self._named(named[1], named[2])
        return self._word(folded(self._bare("")))

    def _word(self, word: str) -> Test:
        word = self._vocabulary.same.get(word, word)
        return Is((word,)) if word in self._vocabulary.alone() else Word(word)

    # Pieces.

    def _bare(self, ends: str) -> str:
        start = self._at
        while self._is_inside() and (not ends or self._peek() not in ends):
            self._at += 1
        return self._text[start : self._at]

    def _phrase(self) -> str:
        start = self._at
        letters: list[str] = []
        self._at += 1
        while self._peek() not in ("", '"'):
            if self._peek() == "\\" and self._text[self._at + 1 : self._at + 2] in ("\\", '"'):
                self._at += 1
            letters.append(self._peek())
            self._at += 1
        self._at += 1
        if not letters:
            self._expected("a phrase belongs between the quotes", start)
        return in_one_line("".join(letters))

    def _pattern(self) -> Pattern:
        self._at += 1
        start = self._at
        while self._peek() not in ("", "/"):
            self._at += 2 if self._peek() == "\\" else 1
        text = self._text[start : self._at]
        is_open = self._at >= len(self._text)
        self._at += 1
        if not text:
            self._expected("a pattern belongs between the slashes", start)
        try:
            return Pattern(text)
        except PatternError as error:
            raise QueryError(
                error.message, start + error.at, is_unfinished=error.is_unfinished and is_open
            ) from None

    def _must_end(self, message: str) -> None:
        if self._is_inside():
            raise QueryError(message, self._at)

    # Fields.

    def _named(self, name: str, sign: str) -> Test:
        start = self._at
        name = folded(name)
        asked = self._vocabulary.field(name)
        if asked is None:
            raise self._unknown(name, start)
        self._at += len(name) + len(sign)
        if asked.kind in (FieldKind.TEXT, FieldKind.WORD):
            if sign not in ":=":
                example = asked.words[0] if asked.words else "word"
                raise QueryError(f"{name} takes a :, as in {name}:{example}", start + len(name))
            return self._one_of(asked)
        if sign == ":" and asked.kind is not FieldKind.COUNT:
            raise QueryError(f"{name} takes < or >, as in {name}<2", start + len(name),
                             advice=f"{name} is {EXAMPLES[asked.kind]}")  # fmt: skip
        return self._compared(asked, "=" if sign == ":" else sign)

    def _compared(self, asked: Field, sign: str) -> Test:
        start = self._at
        typed = self._bare("")
        limit = number_of(asked.kind, typed)
        if limit is None:
            message = f"{asked.name} is {EXAMPLES[asked.kind]}"
            could_be = self._at >= len(self._text) and could_become(asked.kind, typed)
            raise QueryError(message, start, is_unfinished=could_be)
        return Compares(asked.name, sign, limit, folded(typed))

    def _one_of(self, asked: Field) -> Test:
        values = [self._value(asked)]
        while self._peek() == ",":
            self._at += 1
            values.append(self._value(asked))
        self._must_end("a blank or a comma belongs here")
        if asked.kind is FieldKind.WORD:
            return Is(tuple(str(one) for one in values), asked.name)
        return Has(asked.name, tuple(values))

    def _value(self, asked: Field) -> str | Pattern:
        start = self._at
        if asked.kind is FieldKind.TEXT and self._peek() == "/":
            return self._pattern()
        value = self._phrase() if self._peek() == '"' else folded(self._bare(","))
        if not value:
            self._expected(f"what {asked.name} should be belongs here", start)
        if asked.kind is not FieldKind.WORD:
            return value
        value = self._vocabulary.same.get(value, value)
        if value in asked.words:
            return value
        could_be = self._at >= len(self._text) and _starts(value, asked.words)
        raise QueryError(f"no {asked.name} is {value}{_guess(value, asked.words)}", start,
                         advice=f"there are {', '.join(asked.words)}", is_unfinished=could_be,
                         )  # fmt: skip

    def _unknown(self, name: str, start: int) -> QueryError:
        names = [one.name for one in self._vocabulary.fields]
        return QueryError(
            f"{self._vocabulary.noun} have no {name}{_guess(name, names)}", start,
            advice=f"they have {', '.join(names)}; quote it to look for the text",
        )  # fmt: skip


def _starts(value: str, words: Iterable[str]) -> bool:
    return any(one.startswith(value) for one in words)


def _guess(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 1, 0.5)
    return f"; {close[0]}?" if close else ""
