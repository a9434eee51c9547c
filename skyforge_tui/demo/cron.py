"""Patterns of times in five fields, as cron and its many descendants read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from skyforge_tui.demo.clock import SECOND

_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NICKNAMES: Final = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}  # fmt: skip
_FARTHEST: Final = timedelta(days=366 * 5)


@dataclass(frozen=True, slots=True)
class Cron:
    """A pattern that was read: what each field allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_any_day: bool
    is_any_weekday: bool

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read a pattern.

        Raises:
            ValueError: it is none; says what is wrong.
        """
        fields = _NICKNAMES.get(text.strip(), text).split()
        if len(fields) != 5:
            raise ValueError(f"expected exactly 5 fields, found {len(fields)}: {fields}")
        minutes, hours, days, months, weekdays = (
            _read(field, place) for place, field in enumerate(fields)
        )
        is_any = [field[0] in "*?" for field in fields]
        return cls(minutes, hours, days, months, weekdays, is_any[2], is_any[4])

    def after(self, instant: int) -> int | None:
        """Return the first instant (ns) after another one; None if there is none for years."""
        moment = datetime.fromtimestamp(instant // SECOND, UTC).replace(second=0, microsecond=0)
        moment += timedelta(minutes=1)
        end = moment + _FARTHEST
        while moment < end:
            if moment.month not in self.months or not self._is_day(moment):
                moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
            elif moment.hour not in self.hours:
                moment = moment.replace(minute=0) + timedelta(hours=1)
            elif moment.minute not in self.minutes:
                moment += timedelta(minutes=1)
            else:
                return int(moment.timestamp()) * SECOND
        return None

    def _is_day(self, moment: datetime) -> bool:
        """Say whether a day is meant; with both kinds of days given, either will do."""
        by_date = moment.day in self.days
        by_name = moment.isoweekday() % 7 in self.weekdays
        if self.is_any_day or self.is_any_weekday:
            return by_date and by_name
        return by_date or by_name


def _read(field: str, place: int) -> frozenset[int]:
    lowest, highest = _RANGES[place]
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, -1, field) if slash else 1
        if step <= 0:
            raise ValueError(f"step of range should be a positive number: {field}")
        first_text, dash, last_text = span.partition("-")
        if first_text in ("*", "?"):
            first, last = lowest, highest
        else:
            first = _number(first_text, place, field)
            last = _number(last_text, place, field) if dash else (highest if slash else first)
        if first < lowest:
            raise ValueError(f"beginning of range ({first}) below minimum ({lowest}): {field}")
        if last > highest:
            raise ValueError(f"end of range ({last}) above maximum ({highest}): {field}")
        if first > last:
            raise ValueError(f"beginning of range ({first}) beyond end of range ({last}): {field}")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, place: int, field: str) -> int:
    names = _MONTHS if place == 3 else _DAYS if place == 4 else ()
    if text.lower() in names:
        return names.index(text.lower()) + (1 if place == 3 else 0)
    if not text.isdecimal():
        raise ValueError(f"failed to parse int from {text}: {field}")
    return int(text)
