"""What one run left beside what another left."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.comparison import Likeness, compared
from tests.builders import a_run

NAMES = st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "e"]), st.sampled_from(["1", "2"]))


@given(NAMES, NAMES)
def test_compared(mine: dict[str, str], theirs: dict[str, str]) -> None:
    """Every file of ours is same, changed or new; every file of theirs alone is gone."""
    found = compared(
        a_run(), "artifacts/x/2", {f"artifacts/x/2/{one}": sum_ for one, sum_ in mine.items()},
        "artifacts/x/1", {f"artifacts/x/1/{one}": sum_ for one, sum_ in theirs.items()},
    )  # fmt: skip
    assert {key.removeprefix("artifacts/x/2/") for key in found.by_key} == set(mine)
    for name, digest in mine.items():
        expected = (
            Likeness.NEW
            if name not in theirs
            else Likeness.SAME
            if theirs[name] == digest
            else Likeness.CHANGED
        )
        assert found.of(f"artifacts/x/2/{name}") is expected
    assert set(found.gone) == theirs.keys() - mine.keys()
    below = found.below("artifacts/x/2/b")
    assert sum(below.values()) == sum(name.startswith("b/") for name in mine)


def test_other_prefixes_do_not_count() -> None:
    """A manifest that was copied and names keys of elsewhere says nothing about these."""
    found = compared(a_run(), "p/1", {"q/1/a": "1"}, "p/2", {"p/22/a": "1"})
    assert (found.by_key, found.gone) == ({}, ())
