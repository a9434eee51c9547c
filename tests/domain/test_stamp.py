"""Times at the beginnings of lines are understood as their programs meant them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.stamp import StampReader

WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)
CET = timezone(timedelta(hours=1))


def ms(at: datetime) -> int:
    """Return unix milliseconds."""
    return int(at.timestamp() * 1000)


def told(line: bytes, zone: timezone = UTC) -> str | None:
    """Return the time that a single line tells, in UTC, as text."""
    found = StampReader(ms(WRITTEN), zone=zone).read(line, 0)
    return (
        None
        if found is None
        else f"{datetime.fromtimestamp(found / 1000, UTC):%y-%m-%d %T.%f}"[:-3]
    )


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (b"2026-11-23T13:04:41.123456Z up", "26-11-23 13:04:41.123"),
        (b"2026-11-23T13:04:41+02:00 up", "26-11-23 11:04:41.000"),
        (b"2026-11-23 13:04:41 -0530 up", "26-11-23 18:34:41.000"),
        (b"2026-11-23 13:04:41,5 p=7 u=ada n=ansible | ok: [leaf1]", "26-11-23 13:04:41.500"),
        (b"2026/11/23 13:04:41 BGP: neighbour up", "26-11-23 13:04:41.000"),
        (b"[2026-11-23 13:04:41] up", "26-11-23 13:04:41.000"),
        (b"\x1b[0;32m2026-11-23T13:04:41Z\x1b[0m up", "26-11-23 13:04:41.000"),
        (b"<34>1 2026-11-23T13:04:41.003Z leaf1 bgpd 7 - - up", "26-11-23 13:04:41.003"),
        (b"<189>Nov  3 13:04:41 leaf1 up", "26-11-03 13:04:41.000"),
        (b"Nov 23 13:04:41.123456 leaf1 kernel: up", "26-11-23 13:04:41.123"),
        (b"Nov 23 2026 13:04:41: %ASA-5-111008: up", "26-11-23 13:04:41.000"),
        (b"000123: *Nov 23 13:04:41.123: %SYS-5-CONFIG_I", "26-11-23 13:04:41.123"),
        (b"Mon Nov 23 13:04:41 UTC 2026", "26-11-23 13:04:41.000"),
        (b"Mon Nov 23 13:04:41 2020", "20-11-23 13:04:41.000"),
        (b"Monday 23 November 2026  13:04:41 +0100 (0:00:00.035)", "26-11-23 12:04:41.000"),
        (b'::1 - ada [23/Nov/2026:13:04:41 +0000] "GET /"', "26-11-23 13:04:41.000"),
        (b'{"ts": "2026-11-23T13:04:41Z", "msg": "up"}', "26-11-23 13:04:41.000"),
        (b'{"ts":1763903081.25,"msg":"up"}', "25-11-23 13:04:41.250"),
        (b"1763903081.250 up", "25-11-23 13:04:41.250"),
        (b"1763903081250 up", "25-11-23 13:04:41.250"),
        (b"Dec 25 00:00:00 leaf1 last year: this one would be ahead", "25-12-25 00:00:00.000"),
        (b"Feb 29 12:00:00 leaf1 in the last leap year there was", None),
        (b"ok: [leaf1] at 2026-11-23T13:04:41Z", None),
        (b"2026-13-23T13:04:41Z no such month", None),
        (b"1763903081", None),
        (b"", None),
    ],
)
def test_times_are_known(line: bytes, time: str | None) -> None:
    """What routers, daemons, journals and Ansible write in front of a line is a time."""
    assert told(line) == time


def test_bare_times_are_of_this_zone() -> None:
    """A time without a zone is local; one that says UTC is not."""
    assert told(b"2026-11-23 13:04:41 up", CET) == "26-11-23 12:04:41.000"
    assert told(b"Nov 23 13:04:41 leaf1 up", CET) == "26-11-23 12:04:41.000"
    assert told(b"*Nov 23 13:04:41.123 UTC: up", CET) == "26-11-23 13:04:41.123"


def test_years_go_on_where_none_is_written() -> None:
    """A log that runs over New Year goes on in the next year, and a late line back in the old."""
    reader = StampReader(ms(WRITTEN), zone=UTC)
    lines = [b"Dec 31 23:59:59 a", b"Jan  1 00:00:01 b", b"Dec 31 23:59:58 c", b"Feb  1 00:00:00 d"]
    years = [datetime.fromtimestamp((reader.read(one, 0) or 0) / 1000, UTC).year for one in lines]
    assert years == [2025, 2026, 2025, 2026]


FORMATS = (
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%d %H:%M:%S,%f",
    "%b %d %H:%M:%S.%f",
    "%b %d %Y %H:%M:%S.%f",
)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 24)), st.sampled_from(FORMATS),  # noqa: DTZ001
    st.binary(max_size=40),
)  # fmt: skip
def test_every_time_reads_back(at: datetime, form: str, before: bytes) -> None:
    """Any moment of a year is read back to the millisecond, wherever its line begins."""
    at = at.replace(tzinfo=UTC)
    data = before + at.strftime(form).encode() + b" leaf1 up\n"
    found = StampReader(ms(WRITTEN), zone=UTC).read(data, len(before))
    assert found == ms(at)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5 * 60_000), st.sampled_from(FORMATS),
            st.sampled_from(["", "Z", " Z", "+02:00", ",5", ".123456", " UTC", " CET 2025", "5"]),
        ), max_size=12,
    )
)  # fmt: skip
def test_a_line_that_begins_as_the_one_before_tells_no_other_time(
    lines: list[tuple[int, str, str]],
) -> None:
    """Whatever comes behind the minute, what is known of it is used only where it is the same."""
    quick, slow = (StampReader(ms(WRITTEN), zone=UTC) for _ in range(2))
    for passed, form, behind in lines:
        at = datetime(2026, 11, 23, 10, tzinfo=UTC) + timedelta(milliseconds=passed)
        data = f"{at.strftime(form)}{behind} leaf1 up\n".encode()
        slow._front = b"\0"
        assert quick.read(data, 0) == slow.read(data, 0), data


@given(st.binary(max_size=60), st.sampled_from([b"", b"Nov 23 ", b"2026-11-23T", b"17639030"]))
def test_nothing_is_too_strange(data: bytes, start: bytes) -> None:
    """Any bytes either tell a time or tell none."""
    found = StampReader(ms(WRITTEN), zone=UTC).read(start + data, 0)
    assert found is None or isinstance(found, int)
