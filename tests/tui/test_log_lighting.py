"""What is looked for is lit up in the drawn text, and only that."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.store.log_matcher import LogMatcher
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.sgr import PLAIN
from skyforge_tui.tui.widgets.log_lighting import (
    WHOLE,
    Spans,
    Spot,
    hits_between,
    lighting,
    spot_of,
)
from skyforge_tui.tui.widgets.log_text import Light, LogText


def spans_of(text: str) -> Spans:
    """Return what finds a text in bytes, escape sequences in it or not."""
    return LogMatcher(read_log_query(text)).spans


def lit(text: LogText, light: Light, width: int = 200) -> list[tuple[str, int]]:
    """Return what is drawn of a line, with how it is lit."""
    fragments, _, _ = text.window(0, width, light)
    return [(part, sgr.lit) for part, sgr in fragments if part]


lines = st.lists(
    st.sampled_from(["ab", "漢", "\x1b[31m", "\x1b[0m", "é", "needle", " ", "x", "👩"]), max_size=20
).map("".join)


@given(lines)
@settings(max_examples=150, deadline=None)
def test_exactly_the_hits_are_lit(line: str) -> None:
    """The text stays as it is; lit are the characters of the hits in what is seen."""
    drawn = parse(*prepared(line.encode())).text
    text = LogText(LogLine(0, 0, line.encode(), None), PLAIN)
    parts = lit(text, lighting(spans_of("needle"), None))
    assert "".join(part for part, _ in parts) == drawn
    marks = "".join(str(how) * len(part) for part, how in parts)
    expected = ["0"] * len(drawn)
    for found in re.finditer("needle", drawn):
        expected[found.start() : found.end()] = "1" * 6
    assert marks == "".join(expected)


def test_the_present_hit_is_told_from_the_others() -> None:
    """Of several hits in a line the one that one has come to is lit otherwise."""
    data = b"\x1b[32mok\x1b[0m a needle, \x1b[31mnee\x1b[0mdle, needle"
    spans = spans_of("needle")
    text = LogText(LogLine(0, 100, data, None), PLAIN)
    spot = spot_of(LogLine(0, 100, data, None), text, spans, 100 + data.rindex(b"needle"))
    assert spot is not None
    lights = [(part, how) for part, how in lit(text, lighting(spans, spot)) if how]
    assert lights == [("needle", 1), ("nee", 1), ("dle", 1), ("needle", 2)]


@pytest.mark.parametrize(
    "front",
    [b"x" * 3_000_000, b"\x1b[32mok\x1b[0m " * 60_000, "漢".encode() * 90_000],
    ids=["plain", "coloured", "wide"],
)
def test_a_hit_deep_in_a_huge_line_is_found(front: bytes) -> None:
    """In a line of megabytes the hit's own characters are found, without looking at all of it."""
    data = front + b"needle" + b"y" * 100_000
    line = LogLine(0, 7, data, None)
    text = LogText(line, PLAIN)
    looked = []

    def spans(some: bytes) -> list[tuple[int, int]]:
        looked.append(len(some))
        return [found.span() for found in re.finditer(b"needle", some)]

    spot = spot_of(line, text, spans, 7 + len(front))
    assert spot is not None
    piece, start, end = spot
    assert text.piece(piece).text[start:end] == "needle"
    assert sum(looked) < 400_000


def test_of_a_long_text_what_is_in_view_is_looked_through() -> None:
    """Only what is drawn, and a little around it, is searched."""
    looked = []

    def spans(data: bytes) -> list[tuple[int, int]]:
        looked.append(len(data))
        return [found.span() for found in re.finditer(b"ab", data)]

    found = hits_between(spans, "ab" * WHOLE, 4000, 4010)
    assert found == [(start, start + 2) for start in range(4000, 4010, 2)]
    assert looked == [1024 + 10 + 1024]


def test_a_hit_that_was_written_over_is_nowhere() -> None:
    """What a line no longer shows cannot be lit."""
    data = b"needle\rsomething else"
    line = LogLine(0, 0, data, None)
    assert spot_of(line, LogText(line, PLAIN), spans_of("needle"), 0) is None


def test_spots_in_plain_lines_are_where_the_bytes_are() -> None:
    """Where every byte is a character nothing needs to be counted."""
    line = LogLine(0, 10, b"a needle in hay", None)
    spot = spot_of(line, LogText(line, PLAIN), spans_of("needle"), 12)
    assert spot == Spot(0, 2, 8)
