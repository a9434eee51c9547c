"""Ages, durations, times, sizes and counts as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from skyforge_tui.tui.presenters import glyphs

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def age(elapsed: timedelta, *, fine: bool = False) -> str:
    """Return an age in the largest unit that fits (`20s`, `3m`, `2h`, `6d`).

    Seconds go in steps of ten, never below `10s`. With `fine`, hours carry minutes (`1h27m`).
    """
    seconds = max(0, int(elapsed.total_seconds()))
    if seconds < _MINUTE:
        return f"{min(max(-(-seconds // 10) * 10, 10), 50)}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        hours, rest = divmod(seconds, _HOUR)
        return f"{hours}h{rest // _MINUTE:02}m" if fine and rest >= _MINUTE else f"{hours}h"
    days = seconds // _DAY
    return f"{days}d" if days < 1000 else f"{days // 365}y"


def duration(took: timedelta | None) -> str:
    """Return how long something took (`58s`, `4m12s`, `2h`, `6d`); a dash when it never began."""
    if took is None:
        return glyphs.NONE
    seconds = max(0, int(took.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    if seconds < _DAY:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return f"{hours}h{minutes:02}m" if minutes else f"{hours}h"
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    return f"{days}d{hours}h" if hours else f"{days}d"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def clock(at: datetime, now: datetime) -> str:
    """Return a time as `14:31` today, `Sun` within the week, `12 Nov` within the year, `2024`.

    Both are aware; the day is that of the time zone of `now`.
    """
    here = at.astimezone(now.tzinfo)
    days = (now.date() - here.date()).days
    if days <= 0:
        return f"{here:%H:%M}"
    if days < 7:
        return _WEEKDAYS[here.weekday()]
    if days < 330:
        return f"{here.day} {_MONTHS[here.month - 1]}"
    return f"{here.year}"


def size(count: int) -> str:
    """Return a size in bytes with three figures at most (`612 B`, `12.4 kB`, `118 MB`)."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 99.95:
            return f"{value:.1f} {unit}"
        if value < 999.5 or unit == "TB":
            return f"{value:,.0f} {unit}"
    raise AssertionError("unreachable")


def count(number: int) -> str:
    """Return a number with its thousands apart (`1,204`)."""
    return f"{number:,}"


def several(number: int, thing: str) -> str:
    """Return a number of things by the name of one (`1 run`, `1,204 runs`)."""
    return f"{count(number)} {thing}{'' if number == 1 else 's'}"
