"""What becomes of files that come from a blueprint: all that is due, and never somebody's edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.blueprint import BlueprintPlace, Fate, Stays, place_of, three_ways
from skyforge_tui.domain.errors import Invalid

_NAMES = st.sampled_from(["a", "b", "c", "d"])
_FILES = st.dictionaries(_NAMES, st.sampled_from(["1", "2", "3"]))


@given(_FILES, _FILES, _FILES, st.dictionaries(_NAMES, st.sampled_from(list(Stays))))
def test_edits_survive_and_the_rest_follows(
    alike: dict[str, str], ours: dict[str, str], theirs: dict[str, str], settled: dict[str, Stays]
) -> None:
    """Only what nobody touched here is written, or what a person gave up; then nothing is due."""
    found = three_ways(alike, ours, theirs, settled)
    for one in found.due:
        is_untouched = ours.get(one.path, "") == alike.get(one.path, "")
        assert is_untouched or settled.get(one.path) is Stays.THEIRS
        assert one.ours == ours.get(one.path, "")
    for one in found.conflicts:
        assert one.path not in settled
        assert len({alike.get(one.path, ""), one.ours, one.theirs}) == 3
    after, files = dict(ours), dict(found.files)
    for one in found.due:
        if one.fate is Fate.REMOVE:
            del after[one.path]
            files.pop(one.path, None)
        else:
            after[one.path] = files[one.path] = one.theirs
    again = three_ways(files, after, theirs, {})
    assert again.due == ()
    assert again.conflicts == found.conflicts
    touched = {one.path for one in (*found.due, *found.conflicts)}
    for path, content in theirs.items():
        if path not in ours and path not in alike:
            assert path in touched  # what is new there comes
        if ours.get(path) == content:
            assert path not in touched


@pytest.mark.parametrize(("was", "ours", "theirs", "due", "contested"), [
    ("", "", "1", Fate.CREATE, False), ("1", "1", "2", Fate.CHANGE, False),
    ("1", "1", "", Fate.REMOVE, False), ("1", "2", "1", None, False), ("1", "", "1", None, False),
    ("1", "2", "3", None, True), ("1", "", "2", None, True), ("", "1", "2", None, True),
    ("1", "2", "", None, False), ("", "1", "1", None, False), ("1", "2", "2", None, False),
])  # fmt: skip
def test_one_file(was: str, ours: str, theirs: str, due: Fate | None, contested: bool) -> None:
    """Each way in which a file can have come to differ has its own outcome."""
    told = [{"f": one} if one else {} for one in (was, ours, theirs)]
    found = three_ways(told[0], told[1], told[2], {})
    assert [one.fate for one in found.due] == ([] if due is None else [due])
    assert bool(found.conflicts) is contested


def test_where_blueprints_are() -> None:
    """A blueprint is a repository of the same server, or a folder in one."""
    web = "https://git.example.net"
    for text in ("net/fabric", f"{web}/net/fabric", f"{web}/net/fabric.git"):
        assert place_of(text, web) == BlueprintPlace("net/fabric")
    assert place_of("net/fabric/labs/small").folder == "labs/small"
    for text in ("fabric", "", "net/../x/y", "https://elsewhere.net/a/b", "git@host:a"):
        with pytest.raises(Invalid):
            place_of(text, web)
