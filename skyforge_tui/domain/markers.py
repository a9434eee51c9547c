"""Markers: what a run says in its output that it made, `SKYFORGE_OUTPUT lab=path` and the like.

Output is written by strangers. Everything here is bounded, and nothing a marker says is believed:
whoever uses a path of one looks where it really leads.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_LINE = 1 << 20
"""Bytes of a line that are looked at."""
LONGEST_NAME = 128
LONGEST_VALUE = 4096
"""Characters; a longer name or value is ignored."""
MOST = 1000
"""Different markers kept of one run."""

_WORD = b"SKYFORGE_"
_ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_BREAK = re.compile(rb"[\r\n]")
_MARKER = re.compile(r"(?<![A-Za-z0-9_])SKYFORGE_(OUTPUT|ARTIFACT)[ \t]+([^\r\n]*)")
_STRING = re.compile(r'(?:(?<=[\[{,:=])|^)\s*("(?:[^"\\]|\\.)*")(?=\s*(?:[,}\]:]|$))')
"""A JSON string where JSON would have one, as Ansible prints what a task returned."""


class MarkerKind(StrEnum):
    """What a marker declares."""

    OUTPUT = "output"
    """Something that is there now, such as a lab."""
    ARTIFACT = "artifact"
    """A file worth keeping."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One thing a run declared."""

    kind: MarkerKind
    name: str
    value: str


class MarkerScanner:
    """Finds markers in raw output as it comes, in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._found: dict[tuple[MarkerKind, str], str] = {}
        self.ignored = 0
        """Markers that were not taken: too long, not text, or too many."""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        first = None if _WORD in chunk else _BREAK.search(chunk)
        if first is not None:
            # The whole lines in it, of which a long output has millions, hold no marker.
            self._grow(chunk[: first.start()])
            self._end_line()
            chunk = chunk[max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1 :]
        *whole, last = _BREAK.split(chunk)
        for piece in whole:
            self._grow(piece)
            self._end_line()
        self._grow(last)

    def finish(self) -> tuple[Marker, ...]:
        """Return the markers, in the order in which they were first seen; a later value wins."""
        self._end_line()
        return tuple(Marker(kind, name, value) for (kind, name), value in self._found.items())

    def _grow(self, piece: bytes) -> None:
        room = LONGEST_LINE - len(self._rest)
        self._rest += piece[:room]

    def _end_line(self) -> None:
        line, self._rest = self._rest, b""
        if _WORD in line:
            text = _ANSI.sub(b"", line).decode("utf-8", "replace")
            for kind, body in _markers_in(text):
                self._take(kind, body)

    def _take(self, kind: MarkerKind, body: str) -> None:
        name, equals, value = (part.strip() for part in body.partition("="))
        if not (name and equals and value):
            return
        is_sound = name.isprintable() and value.isprintable() and "\ufffd" not in name + value
        is_short = len(name) <= LONGEST_NAME and len(value) <= LONGEST_VALUE
        is_room = (kind, name) in self._found or len(self._found) < MOST
        if is_sound and is_short and is_room:
            self._found[kind, name] = value
        else:
            self.ignored += 1


def _markers_in(text: str) -> list[tuple[MarkerKind, str]]:
    """Return the markers of one line: those inside JSON strings unescaped, the others as is."""
    found = []
    plain = []
    end = 0
    for match in _STRING.finditer(text):
        if "SKYFORGE_" not in match[1]:
            continue
        try:
            inner = json.loads(match[1], strict=False)
        except ValueError:  # no JSON after all, such as a Windows path in quotes
            continue
        plain.append(text[end : match.start(1)])
        end = match.end(1)
        found += [hit for row in inner.splitlines() for hit in _plain_markers(row)]
    plain.append(text[end:])
    return found + [hit for piece in plain for hit in _plain_markers(piece)]


def _plain_markers(text: str) -> list[tuple[MarkerKind, str]]:
    match = _MARKER.search(text)
    if match is None:
        return []
    body = match[2]
    quote = text[match.start() - 1 : match.start()]
    if quote == "'" and body.endswith("'"):  # as YAML and a shell that echoes its commands quote
        body = body[:-1].replace("''", "'")
    return [(MarkerKind(match[1].lower()), body)]
