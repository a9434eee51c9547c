"""What is typed to be looked for in a log, and what it finds in raw bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.log_expression import ESCAPE
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.domain.query import QueryError
from skyforge_tui.domain.utf8_sets import LAST, merged, without, written

RED, PLAIN = b"\x1b[1;31m", b"\x1b[0m"


def finds(text: str, line: bytes) -> bytes | None:
    """Return the first thing that a query finds in a line."""
    found = re.search(b"(?m:" + read_log_query(text).expression + b")", line)
    return found and found.group()


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("fatal: [leaf1]", b"fatal: [leaf1]: UNREACHABLE", b"fatal: [leaf1]"),
        ("unreachable", b"x UNREACHABLE y", b"UNREACHABLE"),
        ("UNREACHABLE", b"unreachable=0", None),
        ("Unreach", b"unreach", None),
        ("ärger", "großer ÄRGER".encode(), "ÄRGER".encode()),
        ('"/etc/hosts"', b"cat /etc/hosts", b"/etc/hosts"),
        ('"msg": "ok"', b'{"msg": "ok"}', b'"msg": "ok"'),
        ("a.b", b"axb", None),
        ("/leaf[0-9]+/", b"on leaf12 and", b"leaf12"),
        ("/leaf\\d/", b"LEAF1", b"LEAF1"),
        ("/leaf/c", b"LEAF1", None),
        ("/LEAF/", b"leaf1", None),
        ("/LEAF/i", b"leaf1", b"leaf"),
        ("/\\Sok/", b"xOK", b"xOK"),
        ("/[^a-z]+/c", "abcÖ\xff".encode() + b"\xff1d", "Ö\xff".encode() + b"\xff1"),
        ("/a.c/", b"a\xffc", b"a\xffc"),
        ("/a.c/", "a設c".encode(), "a設c".encode()),
        ("/^a..$/", "a設設".encode(), "a設設".encode()),
        ("/<.+?>/", b"<a><b>", b"<a>"),
        ("/<.+>/", b"<a><b>", b"<a><b>"),
        ("/(?:ok|changed): x{2,3}/", b"changed: xxxx", b"changed: xxx"),
        ("/\\w+/", "— größe —".encode(), "größe".encode()),
        ("/end$/", b"the end\r", b"end\r"),
        ("/b\\b/", b"ab b", b"b"),
    ],
)  # fmt: skip
def test_a_query_finds_what_it_says(text: str, line: bytes, found: bytes | None) -> None:
    """Texts are literal, case matters when a capital letter is typed, patterns stand in slashes."""
    assert finds(text, line) == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fatal", b"fa" + RED + b"tal"),
        ("fatal: [leaf1]", RED + b"fatal" + PLAIN + b": [" + RED + b"leaf1" + PLAIN + b"]"),
        ("/fatal: .*1/", RED + b"fa" + PLAIN + b"tal: " + RED + b"leaf" + PLAIN + b"1"),
        ("/^ok: end$/", RED + b"ok: " + PLAIN + b"end" + PLAIN + b"\r"),
        ("/\\bok/", RED + b"ok"),
        ("a link", b"a \x1b]8;;http://x\x1b\\li\x1b]8;;\x07nk"),
        ("ab", b"a\x1b(Bb"),
        ("/(?:ab)+c/", b"ab" + RED + b"a" + RED + b"bc"),
    ],
)  # fmt: skip
def test_colours_within_a_text_do_not_hide_it(text: str, line: bytes) -> None:
    """What is one text to the eye is found, however it is coloured."""
    assert finds(text, line) is not None


@pytest.mark.parametrize(
    ("text", "column", "is_unfinished"),
    [
        ("", 0, True),
        ("!", 1, True),
        ("/", 1, True),
        ("//", 1, False),
        ("/a(b", 2, True),
        ("/a(b/", 2, False),
        ("!/a[/", 3, False),
        ("/a{1,2", 2, True),
        ("/etc/hosts", 5, False),
        ("/a/x", 3, False),
        ("/(?=a)/", 1, False),
        ("/(a)\\1/", 4, False),
        ("/((a{99}){99}){99}/", 1, False),
        ("x" * 201, 200, False),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_where_it_is(text: str, column: int, is_unfinished: bool) -> None:
    """An error points at a character and says whether typing on could help."""
    with pytest.raises(QueryError) as caught:
        read_log_query(text)
    assert (caught.value.column, caught.value.is_unfinished) == (column, is_unfinished)


def test_an_open_pattern_is_looked_for_while_one_types() -> None:
    """A closing slash is not needed to see hits."""
    assert finds("/leaf[0-9]", b"leaf7") == b"leaf7"


def test_an_inverse_query_says_so() -> None:
    """A leading exclamation mark asks for the other lines; in quotes it is a text."""
    assert read_log_query("!ok:").is_inverse
    assert not read_log_query('"!ok:"').is_inverse
    assert finds('"!ok:"', b"x !ok: y") == b"!ok:"


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_match_reaches_over_a_line_feed_or_begins_with_an_escape(a: bytes, b: bytes) -> None:
    """Nothing a pattern can say matches a line feed, and only sequences match an escape."""
    for text in ("/.+/", "/[^x]+/", "/\\W+/", "/\\S+/", "/\\D+/", "/\\s+/"):
        found = finds(text, a + b"\n" + b)
        assert found is None or b"\n" not in found
        assert found is None or b"\x1b" not in re.sub(ESCAPE, b"", found)


points = st.integers(0, LAST).filter(lambda point: not 0xD800 <= point <= 0xDFFF)
spans = st.tuples(points, points).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(spans, max_size=4), st.lists(points, max_size=20))
def test_sets_of_characters_are_exact(ranges: list[tuple[int, int]], probes: list[int]) -> None:
    """The bytes of a character match if and only if the character is in the set."""
    ranges = merged(ranges)
    expression = re.compile(written(ranges))
    inverse = re.compile(written(without([(0, LAST)], ranges)))
    edges = [edge for pair in ranges for edge in (pair[0] - 1, *pair, pair[1] + 1)]
    for probe in [*probes, *edges]:
        if not 0 <= probe <= LAST or 0xD800 <= probe <= 0xDFFF:
            continue
        is_in = any(low <= probe <= high for low, high in ranges)
        assert (expression.fullmatch(chr(probe).encode()) is not None) == is_in
        assert (inverse.fullmatch(chr(probe).encode()) is not None) != is_in
