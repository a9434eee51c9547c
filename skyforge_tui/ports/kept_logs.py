"""Output of runs that happen elsewhere, kept here: bytes that are always true, even when late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Line(NamedTuple):
    """One line of output, without its line feed; written at so many unix milliseconds."""

    at_ms: int
    data: bytes


class KeptLog(Protocol):
    """The output of one run, open for writing. All calls do file I/O: never on the loop.

    Raises (all but the properties and `close`):
        Unavailable: it cannot be written; what was written is still true.
    """

    @property
    def is_complete(self) -> bool:
        """Whether everything was written that there will ever be."""
        ...

    @property
    def size(self) -> int:
        """Bytes written."""
        ...

    def append(self, lines: Sequence[Line]) -> None:
        """Write these lines at the end."""
        ...

    def append_bytes(self, data: bytes, at_ms: int) -> None:
        """Write bytes at the end as they are; they arrived at so many unix milliseconds."""
        ...

    def replace(self, lines: Sequence[Line], gaps: Sequence[int] = (), reason: str = "") -> None:
        """Make these lines the whole output.

        Where what is there is their beginning, the rest is appended; else all is written anew
        beside it, and readers are handed over when it is whole. Before the lines with these
        indices something may be missing.
        """
        ...

    def note_gap(self, missing_lines: int | None, reason: str) -> None:
        """Note that something is missing at the present end, and why."""
        ...

    def note_resumed(self, reason: str) -> None:
        """Note that at the present end nothing is missing although it may seem so, and why."""
        ...

    def finish(self) -> None:
        """Note that everything was written that there will ever be."""
        ...

    def close(self) -> None:
        """Let somebody else write; closing twice is fine."""
        ...


class KeptLogs(Protocol):
    """Where the output of one upstream's runs is kept, shared by all programs on this machine."""

    def open(self, native_run_id: str) -> KeptLog | None:
        """Open the output of a run for writing, empty at first; None while another program writes.

        Raises:
            Unavailable: it cannot be opened.
        """
        ...

    def prepare(self, native_run_id: str) -> None:
        """Make the place of a run's output, so that it can be read, though it may be empty.

        Raises:
            Unavailable: it cannot be made.
        """
        ...

    def size(self, native_run_id: str) -> int:
        """Return how many bytes are kept of a run, whoever writes; 0 if none."""
        ...

    def is_complete(self, native_run_id: str) -> bool:
        """Say whether everything of a run is kept that there will ever be."""
        ...
