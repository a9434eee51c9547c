"""TOML that can be argued with: the data, and the line on which every key stands.

The standard parser forgets where things stood and follows any nesting it is given. A scan of the
statements runs before it, remembers the line of every key and stops what is nested too deeply.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from skyforge_tui.integrations.toml_places import KeyPath, Places, TooDeep, scan

MAX_BYTES: Final = 1024 * 1024
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONGEST_NAME: Final = 80
_PLAIN_WORDS: Final = (
    ("Invalid value", 'this is not a value; text needs quotes, as in name = "text"'),
    ("Expected '=' after a key", "expected '=' after the key"),
    ("Invalid initial character for a key", "this is not a key; odd keys need quotes"),
    ("Invalid statement", "this is neither a [table] nor a key = value"),
    (
        "Expected newline or end of document",
        "something is left over after the value; text needs quotes, each key its own line",
    ),
    ("Unterminated string", "the text that begins here is never closed by a quote"),
    ("Illegal character '\\n'", "the closing quote is missing on this line"),
    ("Illegal character '\\r'", "a stray carriage return stands here"),
    ("Illegal character", "a control character stands here"),
    ("Unclosed array", "the list that begins here is never closed, or a comma is missing in it"),
    ("Unclosed inline table", "the { that begins here is never closed, or a comma is missing"),
    ("Expected ']' at the end of a table", "the ] that closes the table's name is missing"),
    ("Expected ']]' at the end of an array", "the ]] that closes the table's name is missing"),
    ("Unescaped '\\' in a string", "a backslash needs another one, or 'single quotes' around"),
    ("Hex value too short", "the number after \\u or \\U is too short"),
    ("Invalid hex value", "the number after \\u or \\U is not a hexadecimal number"),
    ("Escaped character is not a Unicode", "\\u names a character that does not exist"),
    ("Found invalid character", "a character that cannot stand here"),
    ("Invalid date or datetime", "there is no such date or time"),
)
_CLASHES: Final = (
    "Cannot overwrite a value",
    "Cannot declare",
    "Cannot mutate",
    "Duplicate inline",
)


class TomlError(ValueError):
    """Say in plain words what is wrong with a TOML file and where; line 0 means the whole file."""

    def __init__(self, path: Path, line: int, column: int, message: str) -> None:
        place = f"{path}:{line}:{column}" if line else str(path)
        super().__init__(f"{place}: {message}")
        self.path = path
        self.line = line
        self.column = column
        self.message = message


@dataclass(frozen=True)
class TomlDocument:
    """Hold the data of a TOML file and say where each key stands."""

    path: Path
    data: dict[str, Any]
    _places: Places = field(default_factory=dict, repr=False)

    def line_of(self, key_path: KeyPath) -> int | None:
        """Return the line (from 1) of a key, table or list item such as ("a", 0, "b"), or None.

        A table that is only implied, as `a` by `[a.b]`, stands where it is first implied.
        """
        return self._places.get(tuple(key_path))


def read(path: Path) -> TomlDocument:
    """Read and parse the TOML file at `path`.

    Raises:
        OSError: it is missing, a folder, or may not be read.
        TomlError: it is not a regular file of at most 1 MiB of UTF-8 text in TOML.
    """
    with open(path, "rb", opener=_open_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise TomlError(path, 0, 0, "this is not a regular file")
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _too_big(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8", "replace")) + 1
        raise TomlError(path, line, column, "this is not UTF-8 text") from None
    return parse(text, path)


def parse(text: str, path: Path) -> TomlDocument:
    """Parse TOML `text`; `path` is only named in errors.

    Raises:
        TomlError: the text is too long, too deeply nested or not TOML.
    """
    if len(text) > MAX_BYTES:
        raise _too_big(path)
    text = text.replace("\r\n", "\n")
    try:
        found = scan(text)
    except TooDeep as error:
        raise TomlError(path, error.line, 1, str(error)) from None
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        line, column, words = _where(text, str(error))
        if words.startswith(_CLASHES):
            if found.clash is not None:
                name, line, first = found.clash
                column, words = 1, f"{name} stands here again; it was set on line {first}"
            else:
                words = "this sets again what was set before"
        elif found.open_at is not None and words.startswith(("Unclosed", "Unterminated")):
            line, column = found.open_at
        raise TomlError(path, line, column, _in_plain_words(words)) from None
    return TomlDocument(path, data, found.places)


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` was probably meant to be, or None."""
    if len(name) > _LONGEST_NAME:  # comparing is quadratic
        return None
    folded = {candidate.casefold(): candidate for candidate in candidates}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a pipe would wait for a writer; the flag changes nothing for regular files.
    return os.open(path, flags | os.O_NONBLOCK)


def _too_big(path: Path) -> TomlError:
    return TomlError(path, 0, 0, f"this is longer than {MAX_BYTES // 1024} KiB")


def _where(text: str, message: str) -> tuple[int, int, str]:
    """Split the standard parser's message into line, column and words."""
    match = _AT.search(message)
    if match is None:
        return 0, 0, message
    words = message[: match.start()]
    if match[1] is None:
        last = text.rstrip("\n")
        return last.count("\n") + 1, len(last) - (last.rfind("\n") + 1) + 1, words
    return int(match[1]), int(match[2]), words


def _in_plain_words(words: str) -> str:
    for beginning, plain in _PLAIN_WORDS:
        if words.startswith(beginning):
            return plain
    return words[:1].lower() + words[1:]
