"""A notice: something a person should know, with where it is and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARNING = "warning"
    REFUSED = "refused"
    """Understood and turned down: nothing was sent."""
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, where, and what next; never holds a secret."""

    severity: Severity
    title: str
    body: str = ""
    where: str = ""
    """A file with its line (`/x/skyforge.toml:12`), an upstream, or empty."""
    advice: str = ""
