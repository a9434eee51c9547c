"""What a search says of itself."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.query import QueryError
from skyforge_tui.tui.presenters.cells import text_of, width_of
from skyforge_tui.tui.presenters.finding import Found, said


@pytest.mark.parametrize(
    ("found", "is_typing", "words"),
    [
        (None, True, "text, /pattern/, !without"),
        (None, False, ""),
        (Found(231_150, 17, 0.42), True, "17 of 231,150 … 42%  esc cancels"),
        (Found(231_150, 17), False, "17 of 231,150  esc clears"),
        (Found(1), False, "1 hit  esc clears"),
        (Found(), True, "no hit  esc cancels"),
        (Found(0, None, 0.1), False, "0 hits … 10%  esc cancels"),
        (Found(9, 1, turned="top"), False, "1 of 9  from the top  esc clears"),
        (Found(9, 1, is_filter=True, context=2), False, "1 of 9  ±2  esc shows all"),
        (Found(error=QueryError("a bracket is open", 3, is_unfinished=True)), True,
         "a bracket is open"),
        (Found(failure="the disk is gone"), False, "the disk is gone"),
    ],
)  # fmt: skip
def test_words(found: Found | None, is_typing: bool, words: str) -> None:
    """Which hit of how many, how much was looked at, and the way out."""
    assert text_of(said(found, 70, is_typing=is_typing)) == words


def test_what_is_said_gives_way() -> None:
    """Where it is narrow the way out goes first; nothing is wider than there is room."""
    found = Found(231_150, 17, 0.42)
    assert text_of(said(found, 22, is_typing=True)) == "17 of 231,150 … 42%"
    assert all(width_of(said(found, width, is_typing=True)) <= width for width in range(30))
