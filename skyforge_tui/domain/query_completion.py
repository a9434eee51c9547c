"""What could be typed next into a filter, wherever the caret stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from skyforge_tui.domain.folding import folded
from skyforge_tui.domain.searchable import Field, FieldKind, Vocabulary

_VALUE = re.compile(r"([A-Za-z_][\w-]*?)(?::|=)(?:[^,\s]*,)*([^,\s]*)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that fits at the caret."""

    text: str
    """What stands from `start` to the caret once it is taken."""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What fits at the caret, and from where on it replaces what was typed."""

    start: int
    candidates: tuple[Candidate, ...] = ()

    def taken(self, text: str, caret: int, candidate: Candidate) -> tuple[str, int]:
        """Return the text with a candidate taken, and where the caret is then."""
        done = text[: self.start] + candidate.text
        return done + text[caret:], len(done)


def completion(
    text: str, caret: int, vocabulary: Vocabulary, instances: Iterable[str] = ()
) -> Completion:
    """Return what fits at `caret`: fields, words said alone, values of a field, or instances."""
    start = _term_start(text, caret)
    if start is None:
        return Completion(caret)
    start += text[start:caret].startswith("!")
    typed = folded(text[start:caret])
    if typed.startswith("@"):
        names = [Candidate(f"@{one}", "instance") for one in sorted(instances)]
        return Completion(start, _beginning(typed, names))
    named = _VALUE.match(text, start, caret)
    if named is not None:
        asked = vocabulary.field(folded(named[1]))
        words = () if asked is None else asked.words
        candidates = [Candidate(one, asked.name if asked else "") for one in words]
        return Completion(named.start(2), _beginning(folded(named[2]), candidates))
    fields = [Candidate(one.name + _sign(one), one.about) for one in vocabulary.fields]
    alone = [Candidate(word, one.name) for one in vocabulary.fields for word in one.words]
    alone += [Candidate(word) for word in vocabulary.words]
    return Completion(start, _beginning(typed, [*fields, *alone]))


def _sign(asked: Field) -> str:
    match asked.kind:
        case FieldKind.TEXT | FieldKind.WORD:
            return ":"
        case FieldKind.AGE:
            return "<"
        case FieldKind.COUNT:
            return "="
        case FieldKind.DURATION | FieldKind.SIZE:
            return ">"


def _beginning(typed: str, candidates: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(one for one in candidates if one.text.startswith(typed) and one.text != typed)


def _term_start(text: str, caret: int) -> int | None:
    """Return where the term at the caret begins; None inside of quotes and slashes."""
    start = 0
    closing = ""
    for index, one in enumerate(text[:caret]):
        if closing:
            if one == closing and text[index - 1] != "\\":
                closing = ""
        elif one.isspace():
            start = index + 1
        elif one == '"' or (one == "/" and text[start:index] in ("", "!")):
            closing = one
    return None if closing else start
