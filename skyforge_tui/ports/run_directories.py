"""Directories of local runs: the truth about them, each written by its supervisor alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from skyforge_tui.domain.run import RunDetail, RunSpec


@dataclass(frozen=True, slots=True)
class Reservation:
    """A run directory that exists but whose supervisor is not started yet."""

    number: int
    command: tuple[str, ...]
    """The argument vector that starts the supervisor."""
    secrets: bytes
    """What to write to the supervisor's standard input, then close it. Never stored."""
    pass_fds: tuple[int, ...]
    """Descriptors the supervisor must inherit: the lock that says it is alive."""


class RunDirectories(Protocol):
    """Reserves and reads run directories. All calls do file I/O: never on the UI thread."""

    def reserve(self, spec: RunSpec, secret_environment: Mapping[str, str]) -> Reservation:
        """Create the next run directory with `spec` in it and return how to start it.

        Numbers rise and are never used twice, whatever processes share the state directory.

        Raises:
            Unavailable: the directory cannot be written (no space, no permission).
        """
        ...

    def started(self, reservation: Reservation) -> None:
        """Close our copies of the descriptors; the supervisor holds its own."""
        ...

    def abandon(self, reservation: Reservation, reason: str) -> None:
        """Record that the supervisor could not be started, then close as `started` does."""
        ...

    def numbers(self) -> list[int]:
        """Return the numbers of all runs, ascending."""
        ...

    def read(self, number: int) -> RunDetail:
        """Return the run as its directory tells it; a dead supervisor without exit record is LOST.

        Raises:
            NotFound: there is no such run, or it is being born right now.
            Unavailable: its records cannot be read; names the file.
        """
        ...

    def live(self) -> list[int]:
        """Return the numbers of the runs whose supervisor is alive; cheap however many ended."""
        ...

    def bells(self) -> str:
        """Return the directory in which watchers bind datagram sockets called `<any>.bell`.

        Supervisors send the run's number, in digits and a line feed, to each of them when the run
        is born and at every change of its state.

        Raises:
            Unavailable: it cannot be created, or belongs to somebody else.
        """
        ...

    def control_path(self, number: int) -> str | None:
        """Return the path of the supervisor's control socket, or None when it is not alive.

        Raises:
            Unavailable: that cannot be found out.
        """
        ...
