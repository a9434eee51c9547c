"""What trusting some files lets run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.template import Source, trusted_along
from tests.builders import a_template

FILES = [Source(f"/srv/{name}", name * 64) for name in "abcd"]
_FROM = st.lists(st.lists(st.sampled_from(FILES), max_size=3, unique=True), max_size=6)


@given(_FROM, st.sets(st.sampled_from(FILES)), st.integers(0, 5))
def test_trusted_along_is_what_trust_makes_of_it(
    declared: Sequence[Sequence[Source]], already: set[Source], at: int
) -> None:
    """All that is trusted once the files of one are, and was not before, is named; that one apart.

    Where no trusted template shows that a file is trusted already, less may be named, never more.
    """
    whole = [
        replace(
            a_template(name=f"t{number}", sources=tuple(sources)),
            is_trusted=bool(sources) and already.issuperset(sources),
        )
        for number, sources in enumerate(declared)
    ]
    chosen = whole[at : at + 1]
    after = already.union(*(one.sources for one in chosen))
    seen = {each for one in whole if one.is_trusted for each in one.sources}
    named = trusted_along(chosen, whole)
    become = [
        one
        for one in whole
        if one.sources
        and not one.is_trusted
        and one not in chosen
        and after.issuperset(one.sources)
    ]
    assert all(one in become for one in named)
    if seen >= already:
        assert list(named) == become
