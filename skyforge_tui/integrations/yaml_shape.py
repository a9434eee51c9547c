"""The upper levels of a YAML file as plain text, lists and mappings, to tell files apart by.

Only the parser's events are read; nothing is composed or constructed. So a tag cannot name a class,
and aliases that would unfold to gigabytes cost as much as the bytes they are written in.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

MAX_BYTES = 4 * 1024 * 1024
"""Larger files are not read; a topology of ten thousand nodes has about one mebibyte."""
_MAX_EVENTS = 500_000
_MAX_DEPTH = 64
_KEPT_DEPTH = 4
_LOOK_BACK = 64
"""How many bytes before a word are looked at, to see where it stands."""

Shape: TypeAlias = "str | list[Shape] | dict[str, Shape] | None"
"""None stands for null, for an alias, and for what lies too deep to be kept."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


def has_outer_key(data: bytes, keys: re.Pattern[bytes]) -> bool:
    """Return False when none of `keys` surely is a key of the outermost mapping; cheap.

    `keys` matches from the first letter of a key. Deeper down the word means something else.
    """
    for match in keys.finditer(data):
        before = data[max(match.start() - _LOOK_BACK, 0) : match.start()].rstrip(b"\"'")
        if not before or before.endswith((b"\n", b"\r", codecs.BOM_UTF8)):
            return True
        if before.rstrip().endswith((b"{", b",")):
            return True
    return False


class YamlError(Exception):
    """Say why a file is not read as YAML; line 0 means the whole file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class YamlLimitError(YamlError):
    """Say that a file is larger, or deeper, than anybody writes by hand."""


def read_shape(data: bytes) -> Shape:
    """Return the upper levels of the first document in `data`.

    Keys that are no scalars are left out, and of equal keys the last counts.

    Raises:
        YamlError: it is not UTF-8 text, not YAML, or larger than anybody writes by hand.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError(data.count(b"\n", 0, error.start) + 1, "not UTF-8 text") from None
    try:
        return _Reader(text).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise YamlError(line, f"not valid YAML: {error.problem}") from None
    except yaml.YAMLError:  # characters that YAML allows nowhere
        raise YamlError(0, "not valid YAML: a control character") from None


class _Reader:
    """Walks the events of the first document, counting them."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._left = _MAX_EVENTS

    def document(self) -> Shape:
        while not isinstance(event := self._next(), yaml.NodeEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return None
        shape = self._node(event, 1)
        self._next()  # what follows the document's only node must be its end
        return shape

    def _next(self) -> yaml.Event:
        event = next(self._events)
        self._left -= 1
        if self._left < 0:
            raise YamlLimitError(_line(event), f"more than {_MAX_EVENTS:,} YAML nodes")
        return event

    def _node(self, event: yaml.Event, depth: int) -> Shape:
        """Read the rest of the node that `event` begins."""
        if depth > _MAX_DEPTH:
            raise YamlLimitError(_line(event), f"nested more than {_MAX_DEPTH} levels deep")
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NULL else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Shape] = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(item, depth + 1))
            return items if depth <= _KEPT_DEPTH else None
        if isinstance(event, yaml.MappingStartEvent):
            entries: dict[str, Shape] = {}
            while not isinstance(key := self._next(), yaml.MappingEndEvent):
                name = self._node(key, depth + 1)
                value = self._node(self._next(), depth + 1)
                if isinstance(name, str):
                    entries[name] = value
            return entries if depth <= _KEPT_DEPTH else None
        return None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
