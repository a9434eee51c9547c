"""People of a project before they are written: what can be changed, and what comes of it."""

from __future__ import annotations

from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part, SyncReport, people_steps
from skyforge_tui.domain.seat import Seat
from skyforge_tui.domain.sharing import Seen, Sharing
from skyforge_tui.services.membership import Membership
from skyforge_tui.tui.presenters import members as present
from skyforge_tui.tui.presenters import syncing
from skyforge_tui.tui.presenters.cells import plain, width_of
from tests.builders import a_project

OWNER, EDITOR, VIEWER, NONE = Role.OWNER, Role.EDITOR, Role.VIEWER, Role.NONE


def a_draft(members: Members | None = None, *, is_public: bool | None = None) -> present.Draft:
    """Return a draft of a project of olga's with mika in it, on a server of net's."""
    people = Members(frozenset({"olga"}), frozenset({"mika"})) if members is None else members
    seats = (
        Seat("net", NONE, None, is_creator=True),
        Seat("olga", people.role_of("olga") if people else None, OWNER),
        Seat("mika", people.role_of("mika") if people else None, EDITOR),
    )
    seen = Seen(ProjectManifest(members=people, is_public=is_public), "1")
    return present.Draft(Membership(a_project(id=ProjectId("git:7")), seen, seats))


def test_what_is_so_already_is_no_change() -> None:
    """Going back to what is written leaves nothing to be written, in whatever case one types."""
    draft = a_draft()
    changed = draft.with_role("MIKA", VIEWER).with_role("zoe", EDITOR)
    assert (changed.sharing, changed.count) == (Sharing({"mika": VIEWER, "zoe": EDITOR}), 2)
    assert [one.name for one in changed.seats] == ["net", "olga", "mika", "zoe"]
    assert changed.with_role("Mika", EDITOR).without("zoe") == draft
    turned = draft.turned()
    assert (turned.sharing.is_public, turned.turned()) == (True, draft.turned().turned())
    assert draft.turned().without("olga") == draft


def test_what_cannot_be_is_refused_before_it_is_written() -> None:
    """The last owner stays, whose it is stays, and what can be nobody's name is nobody's."""
    draft = a_draft()
    assert "last owner" in draft.refusal("olga", EDITOR)
    assert "last owner" in draft.refusal("Olga", NONE)
    assert draft.with_role("mika", OWNER).refusal("olga", EDITOR) == ""
    assert "belongs to net" in draft.refusal("net", VIEWER)
    assert draft.refusal("bad name", VIEWER) == "that can be nobody's name"
    kept = a_draft(Members(frozenset({"olga"}), owner_groups=frozenset({"leads"})))
    assert kept.refusal("olga", NONE) == ""


def test_naming_the_first_people_says_what_comes_of_it() -> None:
    """A manifest that named nobody puts all others out once it names somebody."""
    first = a_draft(Members()).with_role("mika", VIEWER)
    (said,) = present.noted(first, (), "", 70)
    assert "a sync puts all others out" in plain(said)
    assert present.noted(a_draft().with_role("mika", VIEWER), (), "", 70) == []


def test_a_row_fits_wherever_it_is_shown() -> None:
    """Rows and heads are as wide as each other, and in forty columns nothing is cut."""
    draft = a_draft().with_role("mika", OWNER)
    for room in (34, 46, 56, 80):
        rows = [present.seat_line(draft, one, "", room) for one in draft.seats]
        assert max(map(width_of, (*rows, present.head_line(draft, room)))) <= room
        assert plain(rows[2]).split() == (
            ["mika", "→owner", "editor"] if room < 56 else
            ["mika", "editor", "→", "owner", "editor", "editor"]
        )  # fmt: skip


def test_a_plan_says_when_it_changes_who_owns() -> None:
    """Whoever says yes to a plan reads first that by it somebody comes to own the project."""
    wanted, there = {"mika": OWNER}, {"mika": EDITOR, "gus": VIEWER}
    steps = tuple(people_steps(Part.COLLABORATOR, wanted, there))
    told = "It changes who owns the project."
    plan = SyncReport("git:7", "edge", left=steps)
    assert told in [plain(one)[2:] for one in syncing.lines(plan, 60, {})]
    harmless = SyncReport("git:7", "edge", left=steps[1:])
    assert told not in [plain(one)[2:] for one in syncing.lines(harmless, 60, {})]
