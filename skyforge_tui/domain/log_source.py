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
    is_fed: bool
    """Whether what is piped in, or packed, has not ended yet."""
    is_followed: bool
    """Whether there are files among the sources, which may grow at any time."""
    troubles: tuple[str, ...] = ()
    """What is wrong with sources, each as one sentence that names it."""
    gone: tuple[str, ...] = ()
    """The files that were removed; what is open of them is read on."""
    written: int = 0
    """Another number when files were written again, whatever came of their sizes."""
    untimed: tuple[str, ...] = ()
    """The files among several in which no line tells a time, so that nobody knows where to."""

    @property
    def is_whole(self) -> bool:
        """Whether all is taken in that is there."""
        return not (self.has_more or self.is_fed)
