"""Where things are in a run's output: byte offsets, lines, generations and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it was written: raw bytes without the line feed."""

    number: int | None
    """Counted from 0; None as long as the lines above are not all counted."""
    offset: int
    """Of its first byte in the generation."""
    data: bytes
    at: datetime | None
    """When its first byte arrived; None when that was not recorded."""
    omitted: int = 0
    """Bytes at the end of the line that `data` leaves out, because the line is enormous."""
    source: int | None = None
    """Number of the file it is from, where several are read as one."""

    @property
    def end(self) -> int:
        """The offset behind its last byte: of its line feed, where it has one."""
        return self.offset + len(self.data) + self.omitted


@dataclass(frozen=True, slots=True)
class LogGap:
    """A hole: bytes or lines known to be missing at `offset`, or a place where none is."""

    offset: int
    missing_bytes: int | None
    missing_lines: int | None
    reason: str

    @property
    def is_filled(self) -> bool:
        """Whether nothing is missing here, though something happened that might have lost it."""
        return self.missing_bytes == 0 and self.missing_lines == 0
