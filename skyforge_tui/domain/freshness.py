"""How old a value is, in the steps in which people read ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.guard import Guard


class UpstreamState(StrEnum):
    """How an upstream is, as last heard."""

    LIVE = "live"
    DISABLED = "disabled"
    ERROR = "error"
    UNKNOWN = "unknown"


class Subject(StrEnum):
    """What an upstream is asked for when the program starts."""

    PROJECTS = "projects"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class UpstreamHealth:
    """One light of the header: an upstream, how it is, and when it last answered."""

    name: str
    kind: str
    state: UpstreamState
    as_of: datetime | None = None
    error: str = ""
    attempt: int = 0
    """How often it was tried to reach it again."""
    retry_at: datetime | None = None
    """When it is tried next, where it is tried by itself."""
    guard: Guard = Guard.NORMAL
    is_unchecked: bool = False
    """Whether anybody may answer in its name, because that was wanted so."""
    unread: frozenset[Subject] = frozenset()
    """What it has not told since we began: there may be more than is shown."""
