"""Logs whose bytes somebody hands over piece by piece, and that are read meanwhile."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.ports.log_files import OpenedLog


class FedLog(Protocol):
    """A log under way; `feed` and `end` are called by one thread at a time, and may wait."""

    @property
    def opened(self) -> OpenedLog:
        """What is there so far; closing it ends everything."""
        ...

    def feed(self, chunk: bytes) -> bool:
        """Hand over the next bytes; return whether anybody still wants more."""
        ...

    def end(self) -> None:
        """Say that nothing follows; saying it twice is fine."""
        ...


class FedLogs(Protocol):
    """Makes such logs; what is handed over is kept on disk until they are closed."""

    def begin(self, name: str) -> FedLog:
        """Begin one.

        Raises:
            Unavailable: there is no place to keep it.
        """
        ...
