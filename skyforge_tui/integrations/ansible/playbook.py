"""Recognising a playbook by what is in it, and the questions it asks.

Only the parser's events are read; nothing is composed or constructed. So a tag cannot name a class,
and aliases that would unfold to gigabytes cost as much as the bytes they are written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 1024 * 1024
"""Larger files are not read as playbooks."""
_MAX_EVENTS = 200_000
_MAX_DEPTH = 64
_MAX_PROMPTS = 100
_MAX_TAGS = 200

_IMPORTS = frozenset(
    {"import_playbook", "ansible.builtin.import_playbook", "ansible.legacy.import_playbook"}
)
_PLAY_KEY = re.compile(rb"(?:^|[\s{,\[\"'-])(?:hosts|[a-z.]*import_playbook)[\"']?\s*:")
# What YAML allows nowhere, and the mark that decoding leaves in place of what is not UTF-8.
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO = frozenset({"no", "false", "off", "n", "f", "0", "0.0"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class PlaybookError(Exception):
    """Say why something that looks like a playbook is none; line 0 means the whole file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Prompt:
    """One entry of `vars_prompt`."""

    name: str
    text: str = ""
    default: str = ""
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class Playbook:
    """What a playbook tells about itself."""

    name: str = ""
    """Of the first play that has one."""
    plays: int = 0
    prompts: tuple[Prompt, ...] = ()
    """What can be answered beforehand."""
    asks_itself: bool = False
    """Whether it also asks what only Ansible can make sense of (hashed answers, computed
    defaults), for which it needs a terminal."""
    tags: tuple[str, ...] = ()


def may_be_playbook(data: bytes) -> bool:
    """Return False when `data` surely is no playbook; cheap."""
    has_word = b"hosts" in data or b"import_playbook" in data
    return has_word and _PLAY_KEY.search(data) is not None


def read_playbook(data: bytes) -> Playbook | None:
    """Return what the playbook in `data` tells, or None when it is something else.

    Raises:
        PlaybookError: it begins as a playbook and then breaks the rules of YAML or of playbooks.
    """
    if not may_be_playbook(data):
        return None
    text = data.decode("utf-8-sig", "replace")
    fault = _NOT_YAML.search(text)
    reader = _Reader(_NOT_YAML.sub("?", text) if fault else text)
    try:
        playbook = reader.playbook()
    except yaml.MarkedYAMLError as error:
        if not reader.saw_play:
            return None
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PlaybookError(line, f"not valid YAML: {error.problem}") from None
    except _LimitError as error:
        if not reader.saw_play:
            return None
        raise PlaybookError(error.line, str(error)) from None
    if playbook is not None and fault is not None:
        line = text.count("\n", 0, fault.start()) + 1
        what = "not UTF-8 text" if fault[0] == "\ufffd" else "a control character"
        raise PlaybookError(line, f"not valid YAML: {what}")
    return playbook


def begins_as_playbook(head: bytes) -> bool:
    """Return whether `head`, the first bytes of a longer file, could be those of a playbook."""
    try:
        return read_playbook(head) is not None
    except PlaybookError:
        return True


class _LimitError(Exception):
    """More nesting or more nodes than anybody writes by hand."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class _Prompts:
    found: dict[str, Prompt] = field(default_factory=dict)
    asks_itself: bool = False

    def add(self, entry: dict[str, str | None], line: int) -> None:
        """Take one entry; None stands for a value that is not a plain scalar."""
        name = entry.get("name")
        computed = any(value is None or "{{" in value for value in (name, entry.get("default", "")))
        if not name or computed or entry.get("encrypt", "") != "":
            self.asks_itself = True
        elif name not in self.found:
            if len(self.found) >= _MAX_PROMPTS:
                raise _LimitError(line, f"it asks more than {_MAX_PROMPTS} questions")
            self.found[name] = Prompt(
                name,
                entry.get("prompt") or "",
                entry.get("default") or "",
                (entry.get("private") or "yes").lower() not in _NO,
            )


class _Reader:
    """Walks the events of the first document, counting them."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._left = _MAX_EVENTS
        self._name = ""
        self._prompts = _Prompts()
        self._tags: dict[str, None] = {}
        self.saw_play = False

    def playbook(self) -> Playbook | None:
        """Read the document; None when it is no sequence of plays."""
        while not isinstance(event := self._next(), yaml.NodeEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return None
        if not isinstance(event, yaml.SequenceStartEvent):
            return None
        plays = 0
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            if not (isinstance(event, yaml.MappingStartEvent) and self._play()):
                if plays == 0:
                    return None
                raise PlaybookError(_line(event), "not a play: it names no hosts")
            plays += 1
        if plays == 0:
            return None
        return Playbook(
            self._name,
            plays,
            tuple(self._prompts.found.values()),
            self._prompts.asks_itself,
            tuple(self._tags),
        )

    def _next(self) -> yaml.Event:
        event = next(self._events)
        self._left -= 1
        if self._left < 0:
            line = _line(event)
            raise _LimitError(line, f"it has more than {_MAX_EVENTS:,} YAML nodes")
        return event

    def _play(self) -> bool:
        """Read one entry of the top-level sequence; return whether it is a play."""
        is_play = False
        for key in self._keys(1):
            if key == "hosts" or key in _IMPORTS:
                is_play = self.saw_play = True
            value = self._next()
            if key == "name" and not self._name and isinstance(value, yaml.ScalarEvent):
                self._name = value.value
            elif key == "vars_prompt":
                self._questions(value)
            else:
                self._walk(value, key, 2)
        return is_play

    def _keys(self, depth: int) -> Iterator[str]:
        """Yield the keys of the mapping that was just begun; odd ones as empty text."""
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            if isinstance(key, yaml.ScalarEvent):
                yield key.value
            else:
                self._walk(key, "", depth + 1)
                yield ""

    def _questions(self, event: yaml.Event) -> None:
        """Read the value of `vars_prompt`."""
        if not isinstance(event, yaml.SequenceStartEvent):
            self._prompts.asks_itself |= isinstance(event, yaml.AliasEvent)
            self._walk(event, "", 2)
            return
        while not isinstance(item := self._next(), yaml.SequenceEndEvent):
            if not isinstance(item, yaml.MappingStartEvent):
                self._prompts.asks_itself |= isinstance(item, yaml.AliasEvent)
                self._walk(item, "", 3)
                continue
            entry: dict[str, str | None] = {}
            for key in self._keys(3):
                value = self._next()
                entry[key] = _text(value)
                self._walk(value, "", 4)
            self._prompts.add(entry, _line(item))

    def _walk(self, event: yaml.Event, key: str, depth: int) -> None:
        """Read the rest of the node that `event` begins, the value of `key`."""
        if depth > _MAX_DEPTH:
            line = _line(event)
            raise _LimitError(line, f"it is nested more than {_MAX_DEPTH} levels deep")
        if isinstance(event, yaml.ScalarEvent):
            if key == "tags":
                self._remember_tags(event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                self._walk(item, key, depth + 1)
        elif isinstance(event, yaml.MappingStartEvent):
            for inner in self._keys(depth):
                self._walk(self._next(), inner, depth + 1)

    def _remember_tags(self, value: str) -> None:
        for tag in value.split(","):
            if tag.strip() and len(self._tags) < _MAX_TAGS:
                self._tags[tag.strip()] = None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _text(event: yaml.Event) -> str | None:
    """Return the text of a scalar, empty for null, and None for anything else."""
    if not isinstance(event, yaml.ScalarEvent):
        return None
    is_null = event.implicit[0] and event.value in _NULL
    return "" if is_null else str(event.value)
