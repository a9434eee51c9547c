"""Transfers: bytes on their way between a store and this machine, or between stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.artifact import ArtifactRef


class TransferKind(StrEnum):
    """What is done."""

    GET = "get"
    PUT = "put"
    COPY = "copy"
    MOVE = "move"
    EXPORT = "export"
    """A lab is handed out by whatever runs it, and kept."""
    UNKNOWN = "unknown"


class TransferState(StrEnum):
    """How it is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing happens any more unless somebody asks."""
        return self in (TransferState.DONE, TransferState.FAILED, TransferState.STOPPED)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer as last seen; `source` and `target` are `STORE:KEY`, or a path of a file.

    The source of an exported lab is its id.
    """

    id: str
    kind: TransferKind
    source: str
    target: str
    state: TransferState
    begun_at: datetime
    done: int = 0
    """Bytes that are there."""
    total: int = 0
    """Bytes in all; 0 while nobody knows."""
    kept: int = 0
    """Bytes that an earlier attempt had brought."""
    ended_at: datetime | None = None
    error: str = ""
    advice: str = ""
    overwrite: bool = False
    is_resumed: bool = False
    """Whether it goes on after its program had ended."""

    @property
    def name(self) -> str:
        """The last part of what it brings; of a lab, what it becomes."""
        whole = self.target if self.kind is TransferKind.EXPORT else self.source
        return whole.rpartition("/")[2].rpartition(":")[2]

    def speed(self, now: datetime) -> float:
        """Return the bytes per second of this attempt; 0 before there are any."""
        seconds = ((self.ended_at or now) - self.begun_at).total_seconds()
        return max(0, self.done - self.kept) / seconds if seconds > 0 else 0.0

    def left_s(self, now: datetime) -> float | None:
        """Return the seconds it will go on at this speed; None while nobody can tell."""
        speed = self.speed(now)
        if self.state.is_final or not speed or not self.total:
            return None
        return max(0, self.total - self.done) / speed


class StoppedError(Exception):
    """Somebody does not want a transfer any more."""


class Meter:
    """Counts bytes on their way, and stops them; any thread may use it."""

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.total = 0
        self.kept = 0
        self.done = 0
        self._ahead = 0
        self._tell = tell
        self._is_stopped = False

    def begin(self, total: int, kept: int = 0) -> None:
        """Note how many bytes there will be, and how many are there already."""
        self.total, self.kept, self.done, self._ahead = total, kept, kept, 0
        self._tell()

    def add(self, count: int) -> None:
        """Note that more bytes are there.

        Raises:
            StoppedError: nobody wants them any more.
        """
        if self._is_stopped:
            raise StoppedError
        self.done += count
        self._tell()

    def keep(self, count: int) -> None:
        """Note that bytes that were counted did not have to be moved."""
        self.kept += count

    def run_ahead(self, count: int) -> None:
        """Note that so many more of the counted bytes are not there yet; fewer, when they are."""
        self._ahead += count
        self._tell()

    @property
    def there(self) -> int:
        """Bytes that are there, of those that were counted."""
        return self.done - self._ahead

    def stop(self) -> None:
        """Let the bytes end with the next piece."""
        self._is_stopped = True


def ref_of(text: str) -> ArtifactRef:
    """Return the reference that `STORE:KEY` spells."""
    store, _, key = text.partition(":")
    return ArtifactRef(store, key)
