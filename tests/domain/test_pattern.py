"""Patterns mean what they mean everywhere, and never hang."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.pattern import Pattern, in_one_line
from skyforge_tui.domain.pattern_syntax import MOST_LETTERS, PatternError

ATOMS = st.sampled_from(
    ["a", "b", "1", " ", ".", r"\d", r"\W", r"\s", "[ab]", "[^a]", "[0-9b]", r"\b", r"\B", "^", "$"]
)
TIMES = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"])


def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return patterns made of smaller ones."""
    return st.one_of(
        st.tuples(smaller, smaller).map("".join),
        st.tuples(smaller, smaller).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(smaller, TIMES).map(lambda two: f"({two[0]}){two[1]}"),
    )


PATTERNS = st.recursive(ATOMS, larger, max_leaves=8)
TEXTS = st.text("ab1 _-", min_size=1, max_size=8)
"""Not empty: in nothing at all, Python and the rest of the world disagree about `\\B`."""


@given(PATTERNS, TEXTS)
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    """Whatever both understand, both find in the same texts."""
    mine, theirs = Pattern(pattern), re.compile(pattern)
    found = theirs.search(text) is not None
    assert mine.is_in(text) == found
    assert not found or mine.certain in text


@given(PATTERNS, TEXTS)
def test_spans_are_matches(pattern: str, text: str) -> None:
    """Spans lie in the text, apart and in order, and where nothing matches there are none."""
    mine = Pattern(pattern)
    spans = mine.spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert not spans or mine.is_in(text)


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_an_error_with_a_place(pattern: str) -> None:
    """Reading never fails in another way, and an error names a character of the pattern."""
    raised = None
    try:
        Pattern(pattern)
    except PatternError as error:
        raised = error
    assert raised is None or (0 <= raised.at <= len(pattern) and raised.message)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 50_000 + "b"),
        ("(a|a)*b", "a" * 50_000),
        ("(a|aa)+$", "a" * 50_000 + "b"),
        ("(.*)(.*)(.*)(.*)(.*)x", "a" * 50_000),
        ("(a?){50}a{50}", "a" * 49),
        ("([a-z]+)*=", "leaf" * 10_000),
    ],
)
def test_no_pattern_hangs(pattern: str, text: str) -> None:
    """What takes other engines longer than the sun will shine is over after one pass."""
    assert not Pattern(pattern).is_in(text)


def test_case_does_not_matter() -> None:
    """Patterns are blind to case, in letters and in ranges, beyond ASCII too."""
    text = in_one_line("LEAF-Ä")
    assert Pattern("leaf-ä").is_in(text)
    assert Pattern("[A-F]{2}-Ä").is_in(in_one_line("xaf-ä"))
    assert not Pattern("[^L]EAF").is_in(text)


@pytest.mark.parametrize(
    ("pattern", "at", "is_unfinished"),
    [
        ("(ab", 0, True),
        ("a[bc", 1, True),
        ("a\\", 1, True),
        ("a{2", 1, True),
        ("ab)", 2, False),
        ("*a", 0, False),
        ("a{3,2}", 1, False),
        ("a{1000}", 1, False),
        (r"(a)\1", 3, False),
        ("(?=a)", 0, False),
        ("^*", 1, False),
        ("[z-a]", 1, False),
        ("((a{100}){100})", 0, False),
        ("a" * (MOST_LETTERS + 1), MOST_LETTERS, False),
    ],
)
def test_errors_point_to_the_place(pattern: str, at: int, is_unfinished: bool) -> None:
    """An error says where it is, and whether typing on could mend it."""
    with pytest.raises(PatternError) as raised:
        Pattern(pattern)
    assert (raised.value.at, raised.value.is_unfinished) == (at, is_unfinished)


def test_breaks_part_texts() -> None:
    """Nothing matches across a break, and both sides of it are an end."""
    assert not Pattern("a.b").is_in("a\nb")
    assert not Pattern(r"a\sb").is_in("a\nb")
    assert not Pattern("a[^x]b").is_in("a\nb")
    assert Pattern("a$").is_in("a\nb")
    assert Pattern("^b").is_in("a\nb")
