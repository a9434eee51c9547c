"""Where keys stand in TOML text: a scan of statements that judges nothing but depth.

It is at most as strict as the standard parser, which has the last word: at the first thing that is
no TOML the scan stops, and what it has seen so far helps to say what is wrong.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top, such as ("templates", 0, "name")."""
Places = dict[KeyPath, int]

MAX_DEPTH: Final = 64
_LONGEST_SCALAR: Final = 1024
_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*+")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})'
    r"|'''[\s\S]*?'''(?:'{0,2})"
    r'|"(?!"")(?:[^"\\\n]|\\[^\n])*+"'
    r"|'(?!'')[^'\n]*+'"
)
_SCALAR = re.compile(r"[^,\]}#\n\[{\"']+")


class TooDeep(ValueError):  # noqa: N818
    """Something no person writes by hand stands on `line`."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _NotToml(Exception):  # noqa: N818
    """The scan cannot go on; the standard parser will say why."""


@dataclass(slots=True)
class Scan:
    """What a scan saw before it ended or stopped."""

    places: Places = field(default_factory=dict)
    clash: tuple[str, int, int] | None = None
    """The last thing set twice: its name, the line, and the line where it stood first."""
    open_at: tuple[int, int] | None = None
    """Line and column of the innermost list, table or text that was open when the scan stopped."""


def scan(text: str) -> Scan:
    """Find the line of every key in `text`, whose line ends are line feeds.

    Raises:
        TooDeep: it is nested more than 64 levels, or a number has more than 1024 characters.
    """
    scanner = _Scanner(text)
    with suppress(_NotToml):
        scanner.document()
    return scanner.seen


class _Scanner:
    """Walks over the text once; all positions only rise."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line = 1
        self.seen = Scan()
        self._tables: dict[KeyPath, int] = {}  # how many tables each [[list]] has
        self._values: set[KeyPath] = set()  # what was set to a value, or opened by a [header]

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self.position >= len(self.text):
                return
            if self._peek("["):
                table = self._header()
            else:
                self._key_value(table)

    def _header(self) -> KeyPath:
        line = self.line
        is_list = self._peek("[[")
        self.position += 2 if is_list else 1
        self._skip(_SPACE)
        key = self._key()
        self._expect("]]" if is_list else "]")
        path = self._implied(key[:-1], line)
        path += (key[-1],)
        if is_list:
            self._note(path, line)
            position = self._tables.get(path, 0)
            self._tables[path] = position + 1
            path += (position,)
            self.seen.places[path] = line
            return path
        if path in self._values:
            self._clash(path, line)
        self._values.add(path)
        self.seen.places[path] = line
        return path

    def _implied(self, key: KeyPath, line: int) -> KeyPath:
        """Follow a header's leading keys, each to the newest table of its list."""
        path: KeyPath = ()
        for part in key:
            path += (part,)
            self._note(path, line)
            if path in self._tables:
                path += (self._tables[path] - 1,)
        return path

    def _key_value(self, table: KeyPath) -> None:
        line = self.line
        key = self._key()
        path = table
        for part in key[:-1]:
            path += (part,)
            self._note(path, line)
        path += (key[-1],)
        if path in self._values:
            self._clash(path, line)
        self._values.add(path)
        self._note(path, line)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if len(path) > MAX_DEPTH:
            raise TooDeep(self.line, f"this is nested more than {MAX_DEPTH} levels deep")
        if self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        elif self._peek('"') or self._peek("'"):
            self._string()
        else:
            match = _SCALAR.match(self.text, self.position)
            if match is None:
                raise _NotToml
            if match.end() - match.start() > _LONGEST_SCALAR:
                raise TooDeep(self.line, f"this value is longer than {_LONGEST_SCALAR} characters")
            self.position = match.end()

    def _array(self, path: KeyPath) -> None:
        opened = self._here()
        self.position += 1
        number = 0
        while True:
            self._skip(_BLANK)
            self._stop_at_end(opened)
            if self._peek("]"):
                break
            self._note((*path, number), self.line)
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            self._stop_at_end(opened)
            if self._peek("]"):
                break
            self._comma(opened)
        self.position += 1

    def _inline_table(self, path: KeyPath) -> None:
        opened = self._here()
        self.position += 1
        self._skip(_BLANK)
        while not self._peek("}"):
            self._stop_at_end(opened)
            self._key_value(path)
            self._skip(_BLANK)
            self._stop_at_end(opened)
            if not self._peek("}"):
                self._comma(opened)
                self._skip(_BLANK)
        self.position += 1

    def _key(self) -> KeyPath:
        parts: list[str] = []
        while True:
            parts.append(self._key_part())
            if len(parts) > MAX_DEPTH:
                raise TooDeep(self.line, f"this is nested more than {MAX_DEPTH} levels deep")
            self._skip(_SPACE)
            if not self._peek("."):
                return tuple(parts)
            self.position += 1
            self._skip(_SPACE)

    def _key_part(self) -> str:
        if match := _BARE_KEY.match(self.text, self.position):
            self.position = match.end()
            return match[0]
        if not (self._peek('"') or self._peek("'")):
            raise _NotToml
        token = self._string()
        if "\\" not in token or token.startswith("'"):
            return token[1:-1]
        try:
            return str(tomllib.loads(f"key = {token}")["key"])
        except ValueError:
            raise _NotToml from None

    def _string(self) -> str:
        match = _STRING.match(self.text, self.position)
        if match is None:
            self.seen.open_at = self._here()
            raise _NotToml
        self._move(match.end())
        return match[0]

    def _note(self, path: KeyPath, line: int) -> None:
        self.seen.places.setdefault(path, line)

    def _clash(self, path: KeyPath, line: int) -> None:
        name = ".".join(str(part) for part in path)
        self.seen.clash = (name, line, self.seen.places[path])

    def _comma(self, opened: tuple[int, int]) -> None:
        if not self._peek(","):
            self.seen.open_at = opened
            raise _NotToml
        self.position += 1

    def _stop_at_end(self, opened: tuple[int, int]) -> None:
        if self.position >= len(self.text):
            self.seen.open_at = opened
            raise _NotToml

    def _expect(self, token: str) -> None:
        if not self._peek(token):
            raise _NotToml
        self.position += len(token)

    def _peek(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        if match is not None:
            self._move(match.end())

    def _move(self, position: int) -> None:
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def _here(self) -> tuple[int, int]:
        return self.line, self.position - self.text.rfind("\n", 0, self.position)
