"""How old a value is, in the steps in which people read ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UpstreamState(StrEnum):
    """How an upstream is, as last heard."""

    LIVE = "live"
    DISABLED = "disabled"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UpstreamHealth:
    """One light of the header: an upstream, how it is, and when it last answered."""

    name: str
    kind: str
    state: UpstreamState
    as_of: datetime | None = None
    error: str = ""
