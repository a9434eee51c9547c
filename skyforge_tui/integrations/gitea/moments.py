"""Moments as Gitea tells them: in the zone of its host, and some that never were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

_NEVER_BEFORE: Final = 1971
"""Go's unset time is the year 1; some tables hold 1970 for it."""


def moment(text: str) -> datetime | None:
    """Read RFC 3339, with whatever zone; None of what was never set or is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None or found.year < _NEVER_BEFORE:
        return None
    return found


def between(began: str, ended: str) -> timedelta | None:
    """Return how long something took; None of what has not begun or not ended."""
    first, last = moment(began), moment(ended)
    return None if first is None or last is None or last < first else last - first
