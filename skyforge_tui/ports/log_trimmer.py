"""Giving up the output of runs that have ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class LogTrimmer(Protocol):
    """Removes output, never that of a run which is written or read by anybody."""

    def drop(self, native_run_id: str, reason: str) -> int:
        """Remove a run's output for good; return how many bytes there were. Does file I/O.

        A gap of that size stays in its place and says `reason`. Interrupted at any point, the
        output is there as a whole or gone as a whole.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended, or somebody reads its output.
            Unavailable: it cannot be removed; it is still there.
        """
        ...


class KeptTrimmer(LogTrimmer, Protocol):
    """Removes output that was brought here from elsewhere; it leaves no gap, and may come again."""

    def sizes(self) -> Mapping[str, int]:
        """Return how many bytes are kept of each run, by its native id. Does file I/O."""
        ...
