"""Moments as people write them, `5m` ago, `14:05`, `2026-11-29T14:05`, and as they read them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from skyforge_tui.domain.query_values import number_of
from skyforge_tui.domain.searchable import FieldKind


def clock(at: datetime | None) -> str:
    """Return a moment as it is read here, to the second; empty where there is none."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def moment_of(text: str, now: datetime) -> datetime | None:
    """Return the moment that is meant at `now`, which has a time zone; None if there is none.

    A time of day that is still to come today was yesterday; without a zone it is that of `now`.
    """
    ago = number_of(FieldKind.DURATION, text)
    if ago is not None:
        return now - timedelta(microseconds=min(ago, int(timedelta(days=36_500) / _MICROSECOND)))
    try:
        at = datetime.combine(now.date(), time.fromisoformat(text))
    except ValueError:
        return _dated(text, now)
    at = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return at if at <= now else at - timedelta(days=1)


_MICROSECOND = timedelta(microseconds=1)


def _dated(text: str, now: datetime) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
