"""Moments as the databases keep them: whole microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds_since: int) -> datetime:
    """Return the moment in UTC that is kept as `microseconds_since` 1970."""
    return _EPOCH + _MICROSECOND * microseconds_since
