"""Times at the beginnings of lines, as programs of all kinds write them.

Known are ISO 8601 and its looser cousins (journal, Python, Ansible's log file, FRR, RFC 5424),
syslog with and without a year (RFC 3164, Cisco IOS, Arista, Juniper, `date`), Ansible's
`profile_tasks`, web servers, JSON lines that begin with their time, and seconds or milliseconds
since 1970. A time without a zone is this machine's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

REACH = 160
"""Bytes at the start of a line in which a time must end."""

_LAST_SECOND_MS = 59_000
_DAY_MS = 24 * 3600 * 1000
_HALF_YEAR_MS = 183 * _DAY_MS
_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
         b"Dec"), start=1,
    )
}  # fmt: skip
_MONTH = rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = rb"(\d\d):(\d\d):(\d\d)"
_BEFORE = (
    rb"(?:\x1b\[[\d;]*m)*"  # colours
    rb"(?:<\d{1,3}>(?:1 )?)?"  # a syslog priority, with its version in RFC 5424
    rb"""(?:\{ ?"@?(?:timestamp|time|ts|date)" ?: ?)?"""
    rb"""(?:\d{1,9}: )?[\["(*.]{0,2}"""  # Cisco counts its messages, and marks clocks not in step
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"
)
_ISO_END = rb":(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|[+-]\d\d:?\d\d\b))?"
_ISO = re.compile(_BEFORE + rb"((\d{4})[-/](\d\d)[-/](\d\d)[T _](\d\d):(\d\d))" + _ISO_END)
_NAMED_END = rb":(\d\d)(?:\.(\d{1,9}))?(?: (UTC|GMT)\b)?(?: (?:[A-Z]{3,5} )?(\d{4})\b)?"
_ISO_REST = re.compile(_ISO_END)
_NAMED_REST = re.compile(_NAMED_END)
_NAMED = re.compile(
    _BEFORE + rb"(" + _MONTH + rb" +(\d{1,2})(?:,? (\d{4}))? (\d\d):(\d\d))" + _NAMED_END
)
_LONG = re.compile(
    _BEFORE + rb"((\d{1,2}) " + _MONTH + rb"[a-z]* (\d{4}) +" + _CLOCK + rb") ?([+-]\d{4})?"
)
_WEB = re.compile(
    rb"\S+ \S+ \S+ \[((\d\d)/" + _MONTH + rb"/(\d{4}):" + _CLOCK + rb") ([+-]\d{4})\]"
)
_EPOCH = re.compile(
    _BEFORE + rb"""(?:(1\d{9})(?:\.(\d{1,9}))?|(1\d{9})(\d{3}))(?=[ \t\]:,;|")}])"""
)
_MAYBE = re.compile(
    rb"""[\x1b<{\d\["(*.]|""" + _MONTH + rb"|Mon|Tue|Wed|Thu|Fri|Sat|Sun|\S++ \S++ \S++ \["
)
"""How every line begins that tells a time, and hardly another one."""


class StampReader:
    """Reads the times of one file's lines in their order.

    The order matters where a year is not written: it is the one that is nearest to the time before,
    and at first one that does not lie in the future of `written_ms`.
    """

    def __init__(
        self, written_ms: int, *, before_ms: int | None = None, zone: tzinfo | None = None
    ) -> None:
        """Take when the file was written last, and if it is known the time before the first line.

        Both are unix milliseconds. `zone` is that of bare times, by default this machine's.
        """
        self._latest_ms = written_ms + _DAY_MS
        self._before_ms = before_ms
        self._zone = zone
        self._kinds = [self._iso, self._named, self._epoch, self._long, self._web]
        self._known: tuple[bytes, int] = (b"", 0)
        """A minute as it was written, and its beginning."""
        self._front = b"\0"
        """How a line began up to its minute: most lines begin as the one before."""
        self._end = _ISO_REST
        self._said: tuple[bytes | None, ...] = ()
        """What came behind its seconds."""

    def read(self, data: bytes, start: int) -> int | None:
        """Return the time of the line that begins at `start`, in unix milliseconds."""
        if data.startswith(self._front, start):
            found = self._end.match(data, start + len(self._front), start + REACH)
            if found is not None:
                said = found.groups()
                if said[2:] == self._said:
                    self._before_ms = told = self._known[1] + _in_minute(said[0], said[1])
                    return told
        return self._look(data, start)

    def _look(self, data: bytes, start: int) -> int | None:
        """Return the time of a line that does not begin as the one before."""
        if _MAYBE.match(data, start, start + REACH) is None:
            return None
        for place, kind in enumerate(self._kinds):
            found = kind(data, start)
            if found is not None:
                if place:  # what was found is tried first from now on
                    self._kinds.insert(0, self._kinds.pop(place))
                self._before_ms = found
                return found
        return None

    def _iso(self, data: bytes, start: int) -> int | None:
        found = _ISO.match(data, start, start + REACH)
        if found is None:
            return None
        text, year, month, day, hour, minute, second, fraction, zone = found.groups()
        key = text if zone is None else text + zone
        if key != self._known[0]:
            moment = self._moment(int(year), int(month), int(day), (hour, minute, b"0"), zone)
            if moment is None:
                return None
            self._known = (key, moment)
        self._front, self._end, self._said = data[start : found.end(1)], _ISO_REST, (zone,)
        return self._known[1] + _in_minute(second, fraction)

    def _named(self, data: bytes, start: int) -> int | None:
        found = _NAMED.match(data, start, start + REACH)
        if found is None:
            return None
        text, month, day, year, hour, minute, second, fraction, zone, year_behind = found.groups()
        written = year or year_behind
        key = text + (written or b"") + (zone or b"")
        if key != self._known[0]:
            date = (_MONTHS[month], int(day), (hour, minute, b"0"), zone)
            if written is None:
                moment = self._without_year(*date)
            else:
                moment = self._moment(int(written), *date)
            if moment is None:
                return None
            self._known = (key, moment)
        self._front, self._end = data[start : found.end(1)], _NAMED_REST
        self._said = (zone, year_behind)
        return self._known[1] + _in_minute(second, fraction)

    def _long(self, data: bytes, start: int) -> int | None:
        found = _LONG.match(data, start, start + REACH)
        if found is None:
            return None
        _, day, month, year, hour, minute, second, zone = found.groups()
        return self._moment(int(year), _MONTHS[month], int(day), (hour, minute, second), zone)

    def _web(self, data: bytes, start: int) -> int | None:
        found = _WEB.match(data, start, start + REACH)
        if found is None:
            return None
        _, day, month, year, hour, minute, second, zone = found.groups()
        return self._moment(int(year), _MONTHS[month], int(day), (hour, minute, second), zone)

    def _epoch(self, data: bytes, start: int) -> int | None:
        found = _EPOCH.match(data, start, start + REACH)
        if found is None:
            return None
        seconds, fraction, long_seconds, rest = found.groups()
        return int(seconds or long_seconds) * 1000 + _milliseconds(fraction or rest)

    def _without_year(
        self, month: int, day: int, clock: tuple[bytes, ...], zone: bytes | None
    ) -> int | None:
        """Return the time in the year that fits what came before."""
        before = self._before_ms
        near = self._latest_ms if before is None else before
        year = datetime.fromtimestamp(near / 1000, UTC).year
        candidates = [
            moment
            for one in (year - 1, year, year + 1)
            if (moment := self._moment(one, month, day, clock, zone)) is not None
        ]
        if before is None:
            candidates = [one for one in candidates if one <= self._latest_ms] or candidates[:1]
            return candidates[-1] if candidates else None
        fitting = [one for one in candidates if abs(one - before) <= _HALF_YEAR_MS]
        return min(fitting, key=lambda one: abs(one - before), default=None)

    def _moment(
        self, year: int, month: int, day: int, clock: tuple[bytes, ...], zone: bytes | None = None
    ) -> int | None:
        hour, minute, second = map(int, clock)
        try:
            at = datetime(
                year, month, day, hour, minute, min(second, 59),
                tzinfo=self._zone if zone is None else _zone(zone),
            )  # fmt: skip
            return int(at.timestamp()) * 1000
        except (ValueError, OverflowError, OSError):
            return None  # no calendar has it: the line only looks as if it told a time


def _zone(written: bytes) -> tzinfo:
    if written[:1] not in b"+-":
        return UTC
    digits = written[1:].replace(b":", b"")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if written[:1] == b"-" else away)


def _in_minute(second: bytes, fraction: bytes | None) -> int:
    told = int(second) * 1000
    if told > _LAST_SECOND_MS:
        told = _LAST_SECOND_MS
    if fraction is None:
        return told
    return told + int(fraction if len(fraction) == 3 else fraction[:3].ljust(3, b"0"))


def _milliseconds(fraction: bytes | None) -> int:
    return 0 if fraction is None else int(fraction[:3].ljust(3, b"0"))
