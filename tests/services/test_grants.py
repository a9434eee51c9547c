"""What a server grants is what one may do there, and a guard stands before it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import SYSTEM, Principal, ProjectId, Role, RunId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.permission import NEEDS, Permission
from skyforge_tui.domain.project import Grant, ProjectKind
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.run import RunState
from skyforge_tui.services.authorization import Access, Allowed, Denied
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.settings.load import load
from skyforge_tui.wiring.repository_servers import open_repository_servers
from tests.builders import a_project, a_run
from tests.fakes.core import Core

MARA = Principal("mara")
HOSTED = ProjectId("emea:3")


def access_with(grant: Grant, owners: frozenset[str] = frozenset({"olga"})) -> Access:
    """Return access to a project of a server that grants this."""
    access = Access()
    members = Members(owners=owners, viewers=frozenset({"mara"}))
    project = a_project(
        id=HOSTED, slug="edge", kind=ProjectKind.HOSTED, grant=grant, members=members
    )
    access.learn([project])
    return access


def test_a_guest_may_look_not_run() -> None:
    """A guest reads runs; what else they try is refused with what they are and whom to ask."""
    access = access_with(Grant("gus", "guest", Role.VIEWER))
    assert access.decide(MARA, Permission.RUN_READ, HOSTED) == Allowed()
    assert access.decide(MARA, Permission.RUN_START, HOSTED) == Denied(
        "a guest of edge (gus) may look, not run", "ask olga"
    )
    denied = access.decide(MARA, Permission.RUN_CONFIRM, HOSTED)
    assert isinstance(denied, Denied)
    assert denied.reason == "a guest of edge (gus) may look, not confirm or reject runs"


def test_who_may_run_may_not_therefore_do_all_that_editors_may() -> None:
    """What the server permits counts, not the nearest of our roles."""
    run = frozenset({Permission.RUN_START, Permission.RUN_STOP})
    access = access_with(Grant("rosa", "task runner", Role.EDITOR, run))
    assert access.decide(MARA, Permission.RUN_START, HOSTED) == Allowed()
    denied = access.decide(MARA, Permission.ARTIFACT_DELETE, HOSTED)
    assert isinstance(denied, Denied)
    assert denied.reason == "a task runner of edge (rosa) may not delete artifacts"
    assert access.role(MARA, HOSTED) is Role.EDITOR


def test_whom_to_ask_is_said_where_no_owner_is_named() -> None:
    """A server that tells no names, as Gitea tells its readers, leaves nobody without a way on."""
    access = access_with(Grant("gus", "reader", Role.VIEWER), owners=frozenset())
    assert access.decide(MARA, Permission.PROJECT_DELETE, HOSTED) == Denied(
        "a reader of edge (gus) may look, not delete it", "ask an owner of edge"
    )


def test_a_read_only_guard_outranks_every_role() -> None:
    """Where a server is guarded against changes, even its owner changes nothing from here."""
    everything = frozenset(Permission)
    access = access_with(Grant("olga", "owner", Role.OWNER, everything))
    access.protect("emea", Guard.READ_ONLY)
    denied = access.decide(MARA, Permission.RUN_STOP, HOSTED)
    assert denied == Denied("emea is read-only from here", "its guard is set in your configuration")
    assert access.decide(MARA, Permission.RUN_READ, HOSTED) == Allowed()
    access.protect("emea", Guard.CONFIRM)
    assert access.decide(MARA, Permission.RUN_STOP, HOSTED) == Allowed()


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_only_what_waits_is_confirmed(is_confirmed: bool) -> None:
    """Confirming is offered for runs that wait for it, and for no others."""
    core = Core()
    core.access.learn([a_project(created_by="mara")])
    run = a_run(state=RunState.RUNNING, waits_for_confirmation=is_confirmed)
    decision = core.services.may(MARA, Permission.RUN_CONFIRM, run)
    assert isinstance(decision, Allowed) == is_confirmed


async def test_nothing_is_changed_at_a_server_that_does_not_answer() -> None:
    """What a dead server holds is refused with the reason; the rest is as it was."""
    core = Core()
    everything = Grant("olga", "owner", Role.OWNER, frozenset(Permission))
    core.access.learn([a_project(id=HOSTED, grant=everything), a_project(created_by="mara")])
    core.health.register("emea", "semaphore")
    remote = a_run(id=RunId("emea:3-1"), project_id=HOSTED, state=RunState.RUNNING)
    local = a_run(state=RunState.RUNNING)
    core.health.failed("emea", Unavailable("no route to it", upstream="emea"))
    denied = core.services.may(MARA, Permission.RUN_STOP, remote)
    assert denied == Denied("emea does not answer: no route to it", "R tries it now")
    assert core.services.may(MARA, Permission.RUN_STOP, local) == Allowed()
    assert core.services.may(MARA, Permission.RUN_READ, remote) == Allowed()
    core.health.answered("emea", core.clock.now())
    assert core.services.may(MARA, Permission.RUN_STOP, remote) == Allowed()
    assert core.access.decide(SYSTEM, Permission.RUN_STOP, HOSTED) == Allowed()


EVERYTHING = frozenset(Permission)


@pytest.mark.parametrize(
    ("granted", "user", "role"),
    [
        (Role.OWNER, "olga", Role.OWNER),
        (Role.EDITOR, "olga", Role.EDITOR),  # the manifest alone makes no owner
        (Role.OWNER, "ed", Role.EDITOR),
        (Role.VIEWER, "ed", Role.VIEWER),
        (Role.OWNER, "vera", Role.VIEWER),
        (Role.EDITOR, "nobody", Role.VIEWER),  # public, looked at last
        (Role.OWNER, "Net", Role.OWNER),  # whose it is
    ],
)
def test_the_lower_of_manifest_and_server_counts(granted: Role, user: str, role: Role) -> None:
    """Nobody is more than their server grants, nor more than the manifest says."""
    people = Members(frozenset({"Olga"}), frozenset({"ed"}), frozenset({"vera"}))
    access = Access()
    project = a_project(
        id=HOSTED, slug="edge", kind=ProjectKind.GIT, created_by="net", members=people,
        grant=Grant(user, "writer", granted, EVERYTHING),
        manifest=ProjectManifest(is_public=True, members=people),
    )  # fmt: skip
    access.learn([project])
    assert access.role(MARA, HOSTED) is role
    for permission, needed in NEEDS.items():
        decision = access.decide(MARA, permission, HOSTED)
        if role < needed <= granted:
            assert isinstance(decision, Denied)
            assert f"its manifest says {role.word} of {user}" in decision.reason
        elif needed <= role and needed is not Role.NONE:
            assert decision == Allowed()


def test_a_manifest_that_names_nobody_says_nothing() -> None:
    """Without members in the manifest, what the server grants counts."""
    access = Access()
    grant = Grant("mara", "writer", Role.EDITOR, EVERYTHING)
    access.learn([a_project(id=HOSTED, grant=grant, manifest=ProjectManifest(name="Edge"))])
    assert access.role(MARA, HOSTED) is Role.EDITOR


def test_a_manifest_without_an_owner_shuts_out_no_owner() -> None:
    """Where it names people and no owner, whoever rules the repository can still mend it."""
    access = Access()
    people = ProjectManifest(members=Members(editors=frozenset({"mika"})))
    for granted, role in ((Role.OWNER, Role.OWNER), (Role.EDITOR, Role.NONE)):
        grant = Grant("olga", "owner", granted, EVERYTHING)
        access.learn([a_project(id=HOSTED, grant=grant, manifest=people)])
        assert access.role(MARA, HOSTED) is role


ELSEWHERE = ProjectManifest(is_public=True, members=Members(owners=frozenset({"olga"})))


@pytest.mark.parametrize(
    ("user", "granted", "role"),
    [
        ("Root", Role.OWNER, Role.ADMIN),
        ("root", Role.EDITOR, Role.EDITOR),  # nobody is more than the server grants
        ("mika", Role.OWNER, Role.VIEWER),  # public, looked at last
    ],
)
def test_no_manifest_binds_administrators(user: str, granted: Role, role: Role) -> None:
    """Who is appointed at a server may all that it grants them, whomever a manifest names."""
    access = Access()
    access.appoint("emea", ["ROOT"])
    grant = Grant(user, "owner", granted, EVERYTHING)
    access.learn([a_project(id=HOSTED, slug="edge", grant=grant, manifest=ELSEWHERE)])
    assert access.role(MARA, HOSTED) is role
    decision = access.decide(MARA, Permission.PROJECT_SHARE, HOSTED)
    assert isinstance(decision, Allowed) == (role is not Role.VIEWER)
    access.protect("emea", Guard.READ_ONLY)
    assert isinstance(access.decide(MARA, Permission.PROJECT_SHARE, HOSTED), Denied)


async def test_administrators_are_configured(tmp_path: Path) -> None:
    """`admins` of a Gitea names them by login; at another one they are like anybody."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[gitea.git]\nurl = "http://127.0.0.1:1"\nadmins = ["root"]\n'
        '[gitea.old]\nurl = "http://127.0.0.1:1"\n'
    )
    access = Access()
    settings = load(config).checked()
    grant = Grant("root", "owner", Role.OWNER, EVERYTHING)
    ids = [ProjectId("git:1"), ProjectId("old:1")]
    async with open_repository_servers(settings, access, HealthBoard(Bus())):
        access.learn([a_project(id=one, grant=grant, manifest=ELSEWHERE) for one in ids])
        assert [access.role(MARA, one) for one in ids] == [Role.ADMIN, Role.VIEWER]


def test_a_refusal_says_what_is_written_and_what_is_granted() -> None:
    """Where both differ, whoever is refused reads both: which of them to have changed."""
    access = Access()
    people = Members(frozenset({"olga"}), frozenset({"mika"}))
    manifest = ProjectManifest(members=people)
    for granted, word, reason in (
        (Role.VIEWER, "reader", "its manifest says editor, emea grants reader"),
        (Role.OWNER, "owner", "its manifest says editor of mika, emea grants owner"),
    ):
        permits = EVERYTHING if granted is Role.OWNER else frozenset()
        grant = Grant("mika", word, granted, permits)
        access.learn([a_project(id=HOSTED, slug="edge", grant=grant, manifest=manifest)])
        denied = access.decide(MARA, Permission.PROJECT_SHARE, HOSTED)
        assert isinstance(denied, Denied)
        assert reason in denied.reason
