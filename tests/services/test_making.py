"""Making projects: foreseen as it comes, told step by step, and whole in the end however broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Forbidden, Invalid
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.history import Outcome as History
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.making import Follower, Outcome, Went
from skyforge_tui.domain.project import Grant, Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from skyforge_tui.services.making import Wish
from tests import semaphores
from tests.breaking import Breaking, How
from tests.synced import MEMBERS, Company, company


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


def wish(name: str, engine: str = "semaphore") -> Wish:
    """Return what is wished for: people, and a place to run."""
    return Wish("git", name, ProjectManifest(name, members=MEMBERS, engine=engine))


async def make(
    firm: Company, wanted: Wish, follower: Follower | None = None, who: Principal = SYSTEM
) -> tuple[Project | None, tuple[Outcome, ...]]:
    """Make it within a minute."""
    deadline = firm.clock.now() + timedelta(seconds=60)
    return await firm.founding().create(who, wanted, deadline, follower)


async def test_what_is_foreseen_is_what_is_done(firm: Company) -> None:
    """The steps said before are those taken, in that order; and asking wrote nothing."""
    before = firm.writes
    draft = await firm.founding().foresee(SYSTEM, wish("edge"))
    assert firm.writes == before
    assert {one.went for one in draft.steps} == {Went.LEFT}
    assert not draft.errors
    heard: list[Outcome] = []
    _, outcomes = await make(firm, wish("edge"), Follower(heard.append))
    foreseen = [one.what for one in draft.steps]
    done = [one.what for one in outcomes if one.what != "create member admin: owner"]
    assert done == foreseen
    assert {one.went for one in outcomes} == {Went.DONE}
    began = [one.what for one in heard if one.went is Went.RUNNING]
    assert began == [one.what for one in outcomes]
    again = await firm.founding().foresee(SYSTEM, wish("edge"))
    assert [one.went for one in again.steps] == [Went.WAS_SO] * 2


async def test_the_record_says_each_step_once(firm: Company) -> None:
    """What a making did itself is said as that, and what its sync did as the sync's alone."""
    await make(firm, wish("edge"))
    synced, made = firm.audit.kept
    assert (synced.deed, synced.project, synced.outcome) == (Deed.SYNC, "edge", History.OK)
    assert "create collaborator mika: editor" in synced.words
    assert (made.deed, made.project, made.words) == (
        Deed.CREATE, "edge", "repository edge at git, manifest .skyforge/project.toml",
    )  # fmt: skip
    await make(firm, wish("edge"))
    assert len(firm.audit.kept) == 2
    reading = Breaking([firm.clients[1].http], 1, How.UNSENT, reads=True)
    await make(firm, wish("core"))
    reading.mend()
    synced, made = firm.audit.kept[2:]
    assert (synced.outcome, "semaphore was not looked at" in synced.why) == (History.FAILED, True)
    assert (made.outcome, made.why) == (History.OK, "")


async def test_a_project_begins_with_the_files_of_its_blueprint(firm: Company) -> None:
    """They are foreseen, come by one commit, and one that is not there is said before."""
    fabric = await firm.host.create_repository("fabric", owner="net")
    changes = [FileChange("deploy.yml", b"- hosts: all\n"), FileChange("lab/a.yml", b"nodes: []\n")]
    await firm.host.write_files(fabric, changes, "Begin", branch="main")
    plain = wish("edge", engine="")
    wanted = replace(plain, manifest=replace(plain.manifest, blueprint="net/fabric"))
    draft = await firm.founding().foresee(SYSTEM, wanted)
    bringing = "change blueprint net/fabric: + deploy.yml, + lab/a.yml"
    assert bringing in [one.what for one in draft.steps]
    project, outcomes = await make(firm, wanted)
    assert project is not None
    assert [one.what for one in outcomes] == [one.what for one in draft.steps]
    assert [one for one in outcomes if one.is_missing] == []
    found = await firm.host.read_file(project, "main", "lab/a.yml", 100)
    assert found is not None
    assert found.data == b"nodes: []\n"
    lost = replace(wanted, full_name="lost", manifest=replace(plain.manifest, blueprint="net/none"))
    draft = await firm.founding().foresee(SYSTEM, lost)
    assert ["no blueprint net/none" in one for one in draft.errors] == [True]


async def room_count(firm: Company, name: str) -> int:
    """Return how many rooms are called so."""
    return sum(one.project.name == name for one in firm.semaphore.state.rooms.values())


@pytest.mark.parametrize("how", [How.UNANSWERED, How.HANGS])
async def test_broken_at_any_write_it_converges(firm: Company, how: How) -> None:
    """Whichever answer is lost, or write is the last before a kill, made again all is there, once.

    What is said to be done is so, and of what is missing the first says why.
    """
    at, broken = 0, True
    while broken:
        at += 1
        wanted = wish(f"edge-{at}")
        breaking = Breaking([one.http for one in firm.clients], at, how)
        follower = Follower()
        broken = await breaking.through(make(firm, wanted, follower))
        missing = [one for one in follower.outcomes if one.is_missing]
        assert bool(missing) is broken
        assert not broken or any(one.why for one in missing)
        made, outcomes = await make(firm, wanted)
        assert [one for one in outcomes if one.is_missing] == []
        assert made is not None
        assert await room_count(firm, wanted.name) == 1
        wrote = firm.writes
        _, again = await make(firm, wanted)
        assert {one.went for one in again} == {Went.WAS_SO}
        assert firm.writes == wrote
    assert at > 10
    names = [one.name for one in (await firm.host.list_projects()).projects]
    assert sorted(set(names)) == sorted(names)


async def test_where_only_administrators_may_it_is_said_before(firm: Company) -> None:
    """Who may make no project on the engine hears so, and whom to ask, before anything is made."""
    async with semaphores.client_of(firm.semaphore, "olga") as olga:
        firm.keeping = SemaphoreKeeping("semaphore", olga)
        draft = await firm.founding().foresee(SYSTEM, wish("edge"))
        refused, *others = [one for one in draft.steps if one.went is Went.FAILED]
        assert refused == Outcome(
            "create run project edge", Went.FAILED,
            "semaphore: only its administrators make projects: ask one for a project named edge,"
            " with you as owner",
        )  # fmt: skip
        assert "create repository edge" in [one.what for one in others]
        made, outcomes = await make(firm, wish("edge"))
        went = {one.what: one.went for one in outcomes}
        assert made is not None
        assert went["manifest .skyforge/project.toml"] is Went.DONE
        assert went["create collaborator gus: viewer"] is Went.DONE
        assert went["create run project edge"] is Went.FAILED
        assert went["create repository edge"] is Went.LEFT
        admin = firm.clients[1]
        room = await admin.create_project("edge")
        accounts = {one.username: one.id for one in (await admin.accounts()).items}
        await admin.set_member(room.id, accounts["olga"], "owner", is_new=True)
        _, outcomes = await make(firm, wish("edge"))
        assert [one for one in outcomes if one.is_missing] == []
        assert await room_count(firm, "edge") == 1


async def test_an_engine_that_is_silent_or_unknown_stops_only_itself(firm: Company) -> None:
    """The repository is made all the same, and what could not be looked at is told."""
    draft = await firm.founding().foresee(SYSTEM, wish("edge", engine="nowhere"))
    assert draft.errors == ("no run engine is called nowhere here; there are: semaphore",)
    reading = Breaking([firm.clients[1].http], 1, How.UNSENT, reads=True)
    draft = await firm.founding().foresee(SYSTEM, wish("edge"))
    assert [error.startswith("semaphore was not looked at") for error in draft.errors] == [True]
    made, outcomes = await make(firm, wish("edge"))
    reading.mend()
    assert made is not None
    assert [(one.what, one.went) for one in outcomes if one.is_missing] == [
        ("look at semaphore", Went.FAILED)
    ]
    _, outcomes = await make(firm, wish("edge"))
    assert [one for one in outcomes if one.is_missing] == []


async def test_it_can_be_stopped_between_two_steps(firm: Company) -> None:
    """Who has enough leaves the step under way to its end, and all others untouched."""
    heard = Follower(lambda one: heard.stop() if one.went is Went.RUNNING else None)
    _, outcomes = await make(firm, wish("core"), heard)
    assert [one.went for one in outcomes] == [Went.DONE, Went.LEFT]


async def test_a_guarded_host_and_engine_are_left_alone(firm: Company) -> None:
    """Where the configuration says read-only nothing is made, and that is said."""
    firm.access.protect("semaphore", Guard.READ_ONLY)
    draft = await firm.founding().foresee(SYSTEM, wish("edge"))
    assert draft.errors == ("semaphore is read-only from here: nothing is changed there",)
    assert "create run project edge" not in [one.what for one in draft.steps]
    made, outcomes = await make(firm, wish("edge"))
    assert made is not None
    assert [one.what for one in outcomes if one.is_missing] == [
        "semaphore is read-only from here: nothing is changed there"
    ]
    assert await room_count(firm, "edge") == 0
    firm.access.protect("git", Guard.READ_ONLY)
    with pytest.raises(Forbidden, match="git is read-only"):
        await make(firm, wish("core"))
    with pytest.raises(Forbidden, match="git is read-only"):
        await firm.founding().foresee(SYSTEM, wish("core"))


async def test_a_plain_repository_is_adopted(firm: Company) -> None:
    """It gets a manifest by one commit and nothing else of it changes; then it is in step."""
    plain = await firm.host.create_repository("plain", is_private=False)
    firm.access.learn([plain])
    service, manifest = firm.founding(), wish("plain").manifest
    before = firm.writes
    draft = await service.foresee_adoption(SYSTEM, plain.id, manifest)
    assert firm.writes == before
    assert [one.went for one in draft.steps][:2] == [Went.WAS_SO, Went.LEFT]
    deadline = firm.clock.now() + timedelta(seconds=60)
    adopted, outcomes = await service.adopt(Principal("mara", is_admin=True), plain.id, manifest,
                                            deadline)  # fmt: skip
    assert adopted == plain
    assert [one.went for one in outcomes][:2] == [Went.WAS_SO, Went.DONE]
    assert [one for one in outcomes if one.is_missing] == []
    told = await firm.clients[0].history.commits("admin/plain", "main")
    assert told.items[0].commit.message.strip() == "Begin plain\n\nAs mara"
    assert (await firm.host.describe(plain.id)).is_public
    with pytest.raises(Invalid, match="has a manifest already"):
        await service.adopt(SYSTEM, plain.id, manifest, deadline)


async def test_a_name_that_leads_elsewhere_is_free(firm: Company) -> None:
    """A repository that was called so once is neither adopted nor written to, nor deleted."""
    old = await firm.host.create_repository("old")
    await firm.clients[0].repos.change("admin/old", name="renamed")
    draft = await firm.founding().foresee(SYSTEM, wish("old"))
    assert draft.steps[0] == Outcome("repository old at git", Went.LEFT)
    made, outcomes = await make(firm, wish("old"))
    assert [one for one in outcomes if one.is_missing] == []
    assert made is not None
    assert made.id != old.id
    renamed = await firm.host.find_own("renamed")
    assert renamed is not None
    assert renamed.id == old.id
    assert not (await RepositoryManifests(firm.host).read(renamed)).object_id
    gone = await firm.founding().delete(SYSTEM, made.id, "old")
    assert [one for one in gone if one.is_missing] == []
    assert [one.name for one in (await firm.host.list_projects()).projects].count("renamed") == 1


async def test_only_who_rules_a_repository_adopts_it(firm: Company) -> None:
    """An editor is refused with the reason, before the plan and before the commit."""
    plain = await firm.host.create_repository("plain")
    firm.access.learn([replace(plain, grant=Grant("mika", "writer", Role.EDITOR))])
    service, manifest, mika = firm.founding(), wish("plain").manifest, Principal("mika")
    deadline = firm.clock.now() + timedelta(seconds=60)
    with pytest.raises(Forbidden, match="let people in or out"):
        await service.foresee_adoption(mika, plain.id, manifest)
    with pytest.raises(Forbidden, match="let people in or out"):
        await service.adopt(mika, plain.id, manifest, deadline)
    assert not (await RepositoryManifests(firm.host).read(plain)).object_id
