"""One table of a file somebody wrote by hand: typed access, and a complaint for every mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from skyforge_tui.integrations.toml import TomlDocument, nearest


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, on which line (0: the whole file), and what to write instead."""

    line: int
    message: str
    advice: str = ""


@dataclass(slots=True)
class Table:
    """A table of `document` at `place`; what is wrong with it gathers in `mistakes`."""

    document: TomlDocument
    place: tuple[str | int, ...]
    data: dict[str, Any]
    title: str
    """How complaints name it; empty for the file itself."""
    mistakes: list[Mistake] = field(default_factory=list)

    def complain(self, key: str | None, message: str, advice: str = "") -> None:
        """Note a mistake at `key`, or at the table itself."""
        place = self.place if key is None else (*self.place, key)
        line = self.document.line_of(place) or self.document.line_of(self.place) or 0
        self.mistakes.append(
            Mistake(line, f"{self.title}: {message}" if self.title else message, advice)
        )

    def know(self, *keys: str) -> None:
        """Complain about every key that is none of `keys`."""
        for key in self.data:
            if key not in keys:
                self.complain(key, f"unknown key {shown(key)}", did_you_mean(key, keys))

    def text(self, key: str, *, is_required: bool = False) -> str:
        """Return a text without control characters, or empty."""
        value = self.data.get(key)
        if value is None:
            if is_required:
                self.complain(None, f"{key} is missing", f'write {key} = "…"')
        elif not isinstance(value, str):
            self.complain(key, f"{key} must be text, not {_kind(value)}", f'write {key} = "…"')
        elif is_required and not value.strip():
            self.complain(key, f"{key} is empty")
        elif "\x00" in value:
            self.complain(key, f"{key} holds a NUL character")
        else:
            return value
        return ""

    def line(self, key: str, *, is_required: bool = False) -> str:
        """Return a text with every run of white space and control characters made one space."""
        text = self.text(key, is_required=is_required)
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())

    def texts(self, key: str, *, is_required: bool = False) -> tuple[str, ...]:
        """Return a list of texts, or none."""
        example = f'write {key} = ["…", "…"]'
        value = self.data.get(key)
        if value is None:
            if is_required:
                self.complain(None, f"{key} is missing", example)
        elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.complain(key, f"{key} must be a list of texts, not {_kind(value)}", example)
        elif is_required and not value:
            self.complain(key, f"{key} is empty", example)
        elif any("\x00" in item for item in value):
            self.complain(key, f"{key} holds a NUL character")
        else:
            return tuple(value)
        return ()

    def flag(self, key: str) -> bool:
        """Return a boolean; False when it is not given."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.complain(key, f"{key} must be true or false, not {_kind(value)}")
            return False
        return value

    def table(self, key: str, title: str) -> Table | None:
        """Return a table within this one, or None."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.complain(key, f"{key} must be a table, not {_kind(value)}", f"write [{key}]")
            return None
        return Table(self.document, (*self.place, key), value, title, self.mistakes)

    def tables(self, key: str, most: int) -> list[Table]:
        """Return the tables of a list, at most `most`, untitled and each with its own mistakes."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            dotted = ".".join([part for part in self.place if isinstance(part, str)] + [key])
            self.complain(key, f"{key} must be a list of tables", f"write [[{dotted}]]")
            return []
        if len(value) > most:
            self.complain(key, f"{len(value):,} {key}, only the first {most:,} are read")
        return [
            Table(self.document, (*self.place, key, index), item, "")
            for index, item in enumerate(value[:most])
        ]


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return advice naming the nearest candidate, else all of them."""
    known = sorted(candidates)
    close = nearest(word, known)
    return f'did you mean "{close}"?' if close else f"known: {', '.join(known) or 'none'}"


def shown(word: str) -> str:
    """Return `word` in quotes, escaped and at most 60 characters long."""
    short = word if len(word) <= 60 else word[:59] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short) + '"'


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list of something else"
        case dict():
            return "a table"
    return "a date or time"
