"""What this person did and typed before: lines to bring back, and commands with their outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PIN_DIGITS = range(1, 10)
"""The digits that something to launch can be pinned to."""


class LineKind(StrEnum):
    """What a remembered line was typed or sent as."""

    COMMAND = "command"
    """A command line of the cockpit."""
    LAUNCH = "launch"
    """A launch, as the command line that opens its card again; without secrets."""


class Outcome(StrEnum):
    """How a command that was sent went."""

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Outcome:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class SentCommand:
    """Something that was sent, as the headless command that does the same; no secrets."""

    at: datetime
    by: str
    """Who sent it."""
    line: str
    """For a shell."""
    directory: str
    """The absolute folder the line is to be run in."""
    outcome: Outcome = Outcome.OK
    note: str = ""
    """Why it did not go well."""
