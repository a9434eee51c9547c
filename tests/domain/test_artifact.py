"""Keys stay inside their store and say whose they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from skyforge_tui.domain.artifact import (
    Artifact,
    ArtifactPage,
    KeyHome,
    checked_key,
    checked_prefix,
    home_of,
    run_prefix,
    why_bad,
)
from skyforge_tui.domain.errors import Invalid
from tests.builders import a_run


@pytest.mark.parametrize(
    "key", ["a", "a/b.c", "artifacts/edge fabric/12/é#?&+.cfg", "…/x", "a%2Fb", "a\\b", ".hidden/x"]
)
def test_ordinary_keys(key: str) -> None:
    """Names with blanks, signs and other alphabets are keys like any other."""
    assert checked_key(key) == key


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a//b", "a/", "..", "../a", "a/../b", "a/..", ".", "./a", "a/./b", "a\nb", "a\0",
     "\x1b[2J", "a#1", "x/report.json#12", "é" * 600, "\udcff"],
)  # fmt: skip
def test_refused_keys(key: str) -> None:
    """A key that climbs, is absolute, holds holes or control characters is refused."""
    with pytest.raises(Invalid, match="is no key"):
        checked_key(key)


@given(some.text())
def test_keys_never_climb(text: str) -> None:
    """Whatever passes has no part that leads elsewhere."""
    if not why_bad(text):
        assert not {"", ".", ".."} & set(text.split("/"))
        assert text.isprintable()


def test_prefixes() -> None:
    """A prefix may end in a slash or be empty; else it is held to the rules of keys."""
    assert [checked_prefix(one) for one in ("", "/", "a/", "a/b")] == ["", "", "a", "a/b"]
    with pytest.raises(Invalid):
        checked_prefix("a/../")


@given(some.integers(min_value=1, max_value=10**15), some.sampled_from(["local", "sem-2", "s"]))
def test_run_prefix_is_read_back(number: int, upstream: str) -> None:
    """The prefix of a run says which run of which upstream it is."""
    run = a_run(number=1, id=f"{upstream}:x", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    run = a_run(id=f"{upstream}:{number}", number=1, created_at=run.created_at, project="edge")
    numbered = a_run(
        id=f"{upstream}:{number}", project="edge", created_at=run.created_at, number=number
    )
    for is_taken in (False, True):
        prefix = run_prefix(numbered, is_taken=is_taken)
        assert home_of(f"{prefix}/x/y") == KeyHome("edge", upstream, number)
        assert home_of(prefix) == KeyHome("edge", upstream, number)


@pytest.mark.parametrize("slug", ["", "..", ".", "a\nb"])
def test_run_prefix_is_a_key(slug: str) -> None:
    """A project without a usable name has a place too."""
    assert run_prefix(a_run(number=3, project=slug)) == "artifacts/unfiled/3"
    assert home_of("artifacts/unfiled/3").slug == ""


@pytest.mark.parametrize(
    ("key", "home"),
    [
        ("x", KeyHome()),
        ("x/edge/12", KeyHome()),
        ("artifacts", KeyHome()),
        ("artifacts/edge", KeyHome("edge")),
        ("artifacts/edge/notes.txt", KeyHome("edge")),
        ("artifacts/edge/³/x", KeyHome("edge")),
        ("artifacts/edge/" + "9" * 30, KeyHome("edge")),
    ],
)
def test_other_keys(key: str, home: KeyHome) -> None:
    """A key says no more of itself than it has."""
    assert home_of(key) == home


def test_page_goes_on_after_its_last_name() -> None:
    """What follows a page is asked for behind its last folder or object, whichever is later."""
    one = Artifact("local", "a/b", 1, datetime(2026, 1, 1, tzinfo=UTC))
    assert ArtifactPage((), ()).last == ""
    assert ArtifactPage(("a/c",), (one,)).last == "a/c/"
    assert ArtifactPage(("a/a",), (one,)).last == "a/b"
    assert (one.name, str(one.ref)) == ("b", "local:a/b")
