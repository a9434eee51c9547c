"""Where an opened log comes from: files by name, or what is piped in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PIPED = "-"
"""The name of standard input."""


class SourceKind(StrEnum):
    """How a source is read."""

    FILE = "file"
    """In place, as it grows."""
    PIPE = "pipe"
    """Once, as it comes."""
    PACKED = "packed"
    """Once, unpacked."""


@dataclass(frozen=True, slots=True)
class LogSource:
    """One of the places that a log is read from."""

    name: str
    """As it was given."""
    kind: SourceKind
    detail: str = ""
    """How it is packed."""


@dataclass(frozen=True, slots=True)
class LogProgress:
    """How far an opened log has come."""

    size: int
    """Bytes there are to be read, of all sources together."""
    has_more: bool
    """Whether there is more to take in at once."""
    is_over: bool
    """Whether nothing can come any more: whatever was piped in or packed has ended."""
    troubles: tuple[str, ...] = ()
    """What is wrong with sources, each as one sentence that names it."""
