"""The words of a line with the columns they stand in, quoted as in a shell."""

from __future__ import annotations

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A word without its quotes, and the columns it takes in the line."""

    text: str
    start: int
    end: int
    is_torn: bool = False
    """Whether a quote in it is never closed."""


def tokens(line: str) -> list[Token]:
    """Return the words of a line; an open quote runs to the end."""
    found: list[Token] = []
    index = 0
    while index < len(line):
        if line[index].isspace():
            index += 1
            continue
        word, end, is_torn = _word(line, index)
        found.append(Token(word, index, end, is_torn))
        index = end
    return found


def _word(line: str, start: int) -> tuple[str, int, bool]:
    text: list[str] = []
    quote = ""
    index = start
    while index < len(line):
        one = line[index]
        if quote == "'" and one != quote:
            text.append(one)
        elif one == "\\" and index + 1 < len(line) and (not quote or line[index + 1] in '"\\'):
            index += 1
            text.append(line[index])
        elif quote and one == quote:
            quote = ""
        elif quote:
            text.append(one)
        elif one in "'\"":
            quote = one
        elif one.isspace():
            break
        else:
            text.append(one)
        index += 1
    return "".join(text), index, bool(quote)


def quoted(word: str) -> str:
    """Return a word as it is typed, in quotes where it needs them."""
    return shlex.quote(word)
