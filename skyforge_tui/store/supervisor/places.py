"""Where the files, locks and sockets of local runs are; supervisors and readers agree here."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

SPEC = "spec.json"
"""What was asked for, written before the supervisor starts and never changed."""
STATUS = "status.json"
"""Where the run is on its way; replaced as a whole."""
EXIT = "exit.json"
"""How it ended; when it exists the run has ended."""
LOCK = "lock"
"""Locked as long as the supervisor is alive."""
OUTPUT = "output.log"
"""The bytes the process wrote."""
COMPLAINTS = "supervisor.err"
"""What the supervisor itself had to say when it broke; absent when it did not."""

_NUMBER = re.compile(r"[1-9][0-9]{0,14}")
"""Written in one way only, and so small that every database can hold it."""

_LONGEST_SOCKET = "bells/0000000-00000000.bell"
_MAX_SOCKET_PATH = 100
"""macOS allows 104 bytes including the final NUL."""


def number_of(name: str) -> int | None:
    """Return the number of the run that `name` names; None when no run is ever called so."""
    return int(name) if _NUMBER.fullmatch(name) else None


@dataclass(frozen=True, slots=True)
class Places:
    """All paths below one state directory, which must be absolute."""

    state: Path

    @property
    def runs(self) -> Path:
        """The directory of run directories, each named by its number."""
        return self.state / "runs"

    @property
    def slots(self) -> Path:
        """The directory of slot locks."""
        return self.state / "slots"

    @property
    def sockets(self) -> Path:
        """The directory of control sockets: below the state directory if its path is short enough.

        The way around a long path depends on nothing but the state directory and the user, so that
        every process finds the same place.
        """
        inside = self.state / "sockets"
        if len(os.fsencode(inside / _LONGEST_SOCKET)) <= _MAX_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
        return Path(f"/tmp/skyforge-{os.geteuid()}-{name}")  # noqa: S108 - ownership is checked

    @property
    def bells(self) -> Path:
        """The directory of datagram sockets on which watchers are told of changes."""
        return self.sockets / "bells"

    def run(self, number: int) -> Path:
        """Return the directory of a run."""
        return self.runs / str(number)

    def control(self, number: int) -> Path:
        """Return the path of a run's control socket."""
        return self.sockets / f"{number}.sock"

    def make_sockets(self) -> None:
        """Create the socket directories, for nobody but this user.

        Raises:
            OSError: they cannot be created, or somebody else was there first.
        """
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{self.sockets} belongs to somebody else")
        if found.st_mode & 0o077:
            self.sockets.chmod(0o700)
        self.bells.mkdir(mode=0o700, exist_ok=True)
