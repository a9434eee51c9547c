"""Two changes to one text are both in the result, or both shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.merging import has_marks, merge

TEXTS = st.lists(st.sampled_from("abcd"), max_size=8).map(
    lambda rows: "".join(f"{r}\n" for r in rows)
)


@given(TEXTS, TEXTS)
def test_who_changed_nothing_changes_nothing(base: str, other: str) -> None:
    """The change of one side alone is the result, whichever side it is."""
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other
    assert merge(base, other, base).conflicts == 0


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_that_was_added_is_lost(base: str, mine: str, theirs: str) -> None:
    """Every line that a side wrote anew stands in the result."""
    merged = merge(base, mine, theirs)
    for side in (mine, theirs):
        for row in set(side.splitlines()) - set(base.splitlines()):
            assert row in merged.text.splitlines()
    assert has_marks(merged.text) is bool(merged.conflicts)


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "conflicts"),
    [
        ("A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", 0),
        ("A\nb\nc\n", "Z\nb\nc\n", "<<<<<<< yours\nA\n=======\nZ\n>>>>>>> theirs\nb\nc\n", 1),
        ("a\nb\nc\nd", "a\nc\n", "a\nc\nd", 0),
    ],
)
def test_changes_apart_are_put_together(
    mine: str, theirs: str, merged: str, conflicts: int
) -> None:
    """Lines apart are merged; the same line changed twice stands twice, between marks."""
    found = merge("a\nb\nc\n", mine, theirs)
    assert (found.text, found.conflicts) == (merged, conflicts)
