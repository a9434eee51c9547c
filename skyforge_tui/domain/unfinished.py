"""Uploads that were broken off: bytes in a store that are no artifact, and may never become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What came of an upload that nobody carries on just now."""

    store: str
    ticket: str
    """What its next try is known by."""
    key: str
    """Where it was to go; empty where the store does not know."""
    size: int
    """Bytes that are there."""
    begun_at: datetime
