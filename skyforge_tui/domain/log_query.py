"""What somebody looks for in a log, as it is typed.

::

    fatal: [leaf1]     a text, as it stands; blanks and brackets too
    unreachable        without a capital letter it is blind to case; UNREACHABLE is not
    "/etc/hosts"       a text in quotes, where it would mean something else
    /leaf[0-9]+: ok/   a pattern; /…/i blind to case, /…/c not, else as above
    !ok:               lines that do not hold it; a text that begins with ! belongs in quotes

The same pattern signs as in a table's filter; `^` and `$` are the ends of a line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from skyforge_tui.domain import log_expression
from skyforge_tui.domain.pattern import Pattern
from skyforge_tui.domain.pattern_syntax import MOST_LETTERS, PatternError, read
from skyforge_tui.domain.query import QueryError

_FLAGS = {"": None, "i": True, "c": False}


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Lines that hold something, or with `is_inverse` those that do not."""

    text: str
    """As it was typed; says all."""
    expression: bytes = field(compare=False, repr=False)
    """A regular expression over the bytes of a line; means the same to RE2 and Python's `re`."""
    is_inverse: bool = field(default=False, compare=False)
    is_blind: bool = field(default=False, compare=False)
    """Whether upper and lower case make no difference."""

    def __str__(self) -> str:
        return self.text


def read_log_query(text: str) -> LogQuery:
    """Return what `text` asks for.

    Raises:
        QueryError: it cannot be read; says where, why, and whether typing on could make it right.
    """
    is_inverse = text.startswith("!")
    start = int(is_inverse)
    asked = text[start:]
    if not asked:
        message = "what must not be there belongs behind !" if is_inverse else "nothing to look for"
        raise QueryError(message, start, is_unfinished=True)
    if asked.startswith("/"):
        expression, is_blind = _pattern(asked, start)
    else:
        literal, start = _literal(asked, start)
        if len(literal) > MOST_LETTERS:
            message = f"a text to look for has at most {MOST_LETTERS} characters"
            raise QueryError(message, start + MOST_LETTERS)
        is_blind = literal == literal.lower()
        expression = log_expression.of_text(literal, is_blind=is_blind)
    return LogQuery(text, expression, is_inverse, is_blind)


def _literal(asked: str, start: int) -> tuple[str, int]:
    """Return the text, out of its quotes if it stands in such, and where it begins."""
    is_quoted = len(asked) > 2 and asked[0] == asked[-1] == '"' and '"' not in asked[1:-1]
    return (asked[1:-1], start + 1) if is_quoted else (asked, start)


def _pattern(asked: str, start: int) -> tuple[bytes, bool]:
    """Return the expression of a pattern between slashes, and whether it is blind to case."""
    end = 1
    while end < len(asked) and asked[end] != "/":
        end += 2 if asked[end] == "\\" else 1
    inside, flag = asked[1:end], asked[end + 1 :]
    is_open = end >= len(asked)
    if not inside:
        raise QueryError("a pattern belongs between the slashes", start + 1, is_unfinished=is_open)
    if flag not in _FLAGS:
        raise QueryError(
            "a pattern ends with / or /i", start + end + 1,
            advice='a path belongs in quotes, as in "/etc/hosts"',
        )  # fmt: skip
    try:
        Pattern(inside)  # which also says when it is too large
        part = read(inside)
    except PatternError as error:
        raise QueryError(
            error.message, start + 1 + error.at, is_unfinished=error.is_unfinished and is_open
        ) from None
    is_blind = _FLAGS[flag]
    if is_blind is None:
        is_blind = not _has_capital(inside)
    return log_expression.of_pattern(part, is_blind=is_blind), is_blind


def _has_capital(pattern: str) -> bool:
    r"""Say whether a letter to be found is a capital one; those of `\W` and the like are not."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
            continue
        if pattern[at] != pattern[at].lower():
            return True
        at += 1
    return False
