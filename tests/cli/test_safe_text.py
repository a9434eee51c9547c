"""What a hostile output can do to the terminal it is shown on: nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.cli.moments import moment_of
from skyforge_tui.cli.safe_text import PLAIN, SafeText

HOSTILE = [
    b"text ", b"\n", b"\r\n", b"\r", b"\x1b[1;31m", b"\x1b[0m", b"\x1b[2J", b"\x1b[10;10H",
    b"\x1b]0;title\x07", b"\x1b]52;c;ZXZpbA==\x1b\\", b"\x1bP1$r\x1b\\", b"\x1bc", b"\x1b(0",
    b"\x1b", b"\x07",
    b"\x08", b"\x00", b"\x7f", b"\x9b31m", b"\xc2\x9b31m", b"\xff", "設\u202e".encode(),
    b"\t", b"\x1b[", b"\x1b]52;c;", b"\xe8\xa8",
]  # fmt: skip
ALLOWED = re.compile(r"(?:\x1b\[[0-9;:]*m|\r\x1b\[K|[\t\n]|[^\x00-\x1f\x7f-\x9f\u202e])*")


def shown(*pieces: bytes, keeps_colours: bool = True) -> str:
    """Return what becomes of pieces."""
    text = SafeText(keeps_colours=keeps_colours)
    return "".join(map(text.feed, pieces)) + text.finish()


@given(st.lists(st.sampled_from(HOSTILE) | st.binary(max_size=6)), st.lists(st.integers(0, 200)))
def test_nothing_but_colour_reaches_the_terminal(pieces: list[bytes], cuts: list[int]) -> None:
    """Any bytes in any pieces come out the same, as text, colours and rewritten lines."""
    data = b"".join(pieces)
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    whole = shown(data)
    assert shown(*(data[a:b] for a, b in pairwise(places))) == whole
    assert ALLOWED.fullmatch(whole)
    plain = shown(data, keeps_colours=False)
    assert "\x1b" not in plain.replace("\r\x1b[K", "")


def test_colours_end_with_the_output() -> None:
    """A colour that was left on is switched off, and text stays readable."""
    assert shown(b"\x1b[31mred\n") == "\x1b[31mred\n" + PLAIN
    assert shown("größe 設\n".encode()) == "größe 設\n"
    assert shown(b"a\x1b]0;x\x07b\x07\r\n50%\r60%\xff") == "ab^G\n50%\r\x1b[K60%\\xff"


NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(hours=1.5)),
        ("11:30", timedelta(minutes=30)),
        ("11:59:30", timedelta(seconds=30)),
        ("13:00", timedelta(hours=23)),
        ("2026-11-28", timedelta(hours=36)),
        ("2026-11-29T10:00", timedelta(hours=2)),
        ("2026-11-29 12:00+02:00", timedelta(hours=2)),
        ("900000y", timedelta(days=36_500)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moments(text: str, ago: timedelta | None) -> None:
    """An age, a time of day that has been, or a date is a moment; anything else is none."""
    assert moment_of(text, NOW) == (None if ago is None else NOW - ago)
