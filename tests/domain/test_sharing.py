"""Changes of who is what: told from two manifests, compared, and seen from one person's seat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.members import Members, is_user_name
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Sharing, difference, meeting

NAMES = st.sampled_from(["ada", "Ada", "bob", "eve", "olga"])
ROLES = st.sampled_from([Role.NONE, Role.VIEWER, Role.EDITOR, Role.OWNER])
SHARINGS = st.builds(Sharing, st.dictionaries(NAMES, ROLES), st.none() | st.booleans())


def applied(manifest: ProjectManifest, sharing: Sharing) -> ProjectManifest:
    """Return a manifest with a change in it."""
    members = manifest.members
    for name, role in sharing.roles.items():
        members = members.with_role(name, role)
    is_public = manifest.is_public if sharing.is_public is None else sharing.is_public
    return replace(manifest, members=members, is_public=is_public)


MANIFESTS = st.builds(applied, st.just(ProjectManifest()), SHARINGS)


@given(MANIFESTS, SHARINGS)
def test_what_differs_is_what_was_changed(before: ProjectManifest, change: Sharing) -> None:
    """Whatever leads from one manifest to another is found, and leads there again."""
    after = applied(before, change)
    found = difference(before, after)
    again = applied(before, found)
    assert difference(after, again) == Sharing()
    for name in ("ada", "bob", "eve", "olga"):
        assert again.members.role_of(name) is after.members.role_of(name)
    assert not difference(after, after)


@given(SHARINGS, SHARINGS, MANIFESTS)
def test_changes_that_do_not_meet_stand_together(
    mine: Sharing, theirs: Sharing, start: ProjectManifest
) -> None:
    """Where two changes are apart, it does not matter whose is written first."""
    if meeting(mine, theirs) or len({one.lower() for one in mine.roles}) < len(mine.roles):
        return
    if len({one.lower() for one in theirs.roles}) < len(theirs.roles):
        return
    one = applied(applied(start, mine), theirs)
    other = applied(applied(start, theirs), mine)
    assert not difference(one, other)
    assert bool(meeting(mine, theirs)) == bool(meeting(theirs, mine))


def test_deeds_say_from_what_to_what() -> None:
    """Each person's change has a name of its own; what is so already is told only if all is."""
    before = ProjectManifest(
        is_public=False, members=Members(frozenset({"olga"}), frozenset({"Mika"}))
    )
    roles = {"mika": Role.VIEWER, "olga": Role.OWNER, "gus": Role.EDITOR}
    assert Sharing(roles, is_public=True).deeds(before) == [
        (Deed.DEMOTE, "mika: editor → viewer"), (Deed.LET_IN, "gus: editor"),
        (Deed.VISIBILITY, "private → public"),
    ]  # fmt: skip
    assert Sharing({"olga": Role.OWNER}).deeds(before) == [(Deed.PROMOTE, "olga: owner → owner")]
    assert Sharing({"olga": Role.NONE}).subject == "Put olga out"


@pytest.mark.parametrize(
    ("seat", "role", "due"),
    [
        (Seat("a", Role.EDITOR, Role.VIEWER), Role.VIEWER, "changed at the next sync"),
        (Seat("a", Role.VIEWER, Role.OWNER), Role.VIEWER, "changed at the next sync"),
        (Seat("a", Role.EDITOR, Role.NONE), Role.NONE, "let in at the next sync"),
        (Seat("a", Role.NONE, Role.EDITOR), Role.NONE, "put out at the next sync"),
        (Seat("a", Role.NONE, Role.EDITOR, is_open=True), Role.VIEWER, "put out at the next sync"),
        (Seat("a", Role.NONE, Role.EDITOR, stays=True), Role.NONE, "stays so there by other ways"),
        (Seat("a", None, Role.EDITOR), Role.EDITOR, ""),
        (Seat("a", Role.EDITOR, None), Role.EDITOR, ""),
        (Seat("a", Role.NONE, Role.NONE, is_creator=True), Role.OWNER, ""),
    ],
)
def test_the_lower_counts_in_every_seat(seat: Seat, role: Role, due: str) -> None:
    """What somebody is, and what becomes of it, follows from what is written and granted."""
    assert (seat.role, seat.due) == (role, due)
    assert seat.why("git").endswith(due)


@given(st.text(max_size=5))
def test_names_are_those_a_manifest_obeys(name: str) -> None:
    """Whoever can be written down can be read back: nothing else is a name."""
    from skyforge_tui.integrations.project_toml import read_project, written

    manifest = ProjectManifest(members=Members(owners=frozenset({name})))
    read = read_project(written(b"", manifest)).manifest
    assert read is not None
    assert (read.members == manifest.members) == is_user_name(name)
