"""Comparing what is there with what is remembered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.services.reconcile import reconcile


def test_add() -> None:
    """What is there and not remembered is new."""
    difference = reconcile({"a": 1, "b": 2}, {"a": 1})
    assert (difference.added, difference.changed, difference.gone) == ({"b": 2}, {}, frozenset())


def test_change() -> None:
    """What is remembered otherwise has changed."""
    difference = reconcile({"a": 2}, {"a": 1})
    assert (difference.added, difference.changed, difference.gone) == ({}, {"a": 2}, frozenset())


def test_delete() -> None:
    """What is remembered and not there is gone."""
    difference = reconcile({}, {"a": 1})
    assert (difference.added, difference.changed, difference.gone) == ({}, {}, frozenset({"a"}))


def test_reconnect() -> None:
    """After a time without a connection, everything that happened meanwhile is found at once."""
    difference = reconcile({"kept": 1, "new": 2, "other": 4}, {"kept": 1, "old": 9, "other": 3})
    assert difference.added == {"new": 2}
    assert difference.changed == {"other": 4}
    assert difference.gone == {"old"}
    assert difference.keys == {"new", "other", "old"}


def test_unreadable_is_not_gone() -> None:
    """What is there but unreadable is neither gone nor changed."""
    difference = reconcile({}, {"a": 1, "b": 2}, unreadable={"a", "never seen"})
    assert difference.gone == {"b"}
    assert difference.keys == {"b"}


def test_same_is_nothing() -> None:
    """Without a difference there is nothing to write."""
    assert not reconcile({"a": 1}, {"a": 1})
    assert not reconcile({}, {})


THINGS = st.dictionaries(st.integers(0, 9), st.integers(0, 2))


@given(THINGS, THINGS)
def test_difference_is_exact(upstream: dict[int, int], cached: dict[int, int]) -> None:
    """Writing the difference makes what is remembered equal to what is there."""
    difference = reconcile(upstream, cached)
    written = {**cached, **difference.added, **difference.changed}
    for key in difference.gone:
        del written[key]
    assert written == upstream
    assert not difference.added.keys() & difference.changed.keys()
    assert bool(difference) is (upstream != cached)


@given(THINGS, THINGS, st.sets(st.integers(0, 9)))
def test_unreadable_stays(
    upstream: dict[int, int], cached: dict[int, int], unreadable: set[int]
) -> None:
    """Nothing unreadable is ever deleted."""
    assert not reconcile(upstream, cached, unreadable).gone & unreadable
