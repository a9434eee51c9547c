"""Projects are brought into step with their manifests: all of it, only it, and only when asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Unavailable
from skyforge_tui.domain.events import Event, ProjectsChanged
from skyforge_tui.domain.identity import SYSTEM, Principal, ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Grant
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.domain.project_plan import Act, Part
from skyforge_tui.integrations.project_toml import written
from skyforge_tui.jobs.drift_watch import DriftWatch
from skyforge_tui.ports.run_host import Room
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from skyforge_tui.store.claims import FileClaims
from tests import semaphores
from tests.synced import MEMBERS, Company, company

FIRST = [
    "create collaborator gus: viewer", "create collaborator mika: editor",
    "create collaborator olga: owner", "create run project edge", "create member admin: owner",
    "create member gus: viewer", "create member mika: editor", "create member olga: owner",
    "create key none", "create repository edge", "create inventory localhost",
    "create variable group edge variables", "create template Deploy",
]  # fmt: skip


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


async def test_a_plan_writes_nothing(firm: Company) -> None:
    """What is due is said, step by step, and neither server is written to."""
    edge = await firm.project("edge")
    before = firm.writes
    report = await firm.run(edge.id, applies=False)
    assert firm.writes == before
    words = [step.words for step in report.left]
    assert sorted(words) == sorted(one for one in FIRST if "member admin" not in one)
    assert not report.done
    assert not report.errors


async def test_a_new_project_is_brought_into_step_and_stays_so(firm: Company) -> None:
    """Everything due is done; the next pass asks at most ten times and writes nothing."""
    edge = await firm.project("edge")
    report = await firm.run(edge.id)
    assert not report.errors
    assert not report.left
    room = firm.semaphore.state.rooms[firm.room("edge")]
    (template,) = [one for one in room.templates.values() if one.name == "Deploy"]
    repository = room.repositories[template.repository_id]
    assert (repository.git_url, repository.git_branch) == (f"{edge.path}.git", "main")
    assert template.playbook == "deploy.yml"
    roles = await firm.host.collaborators(edge)
    assert roles == {"olga": Role.OWNER, "mika": Role.EDITOR, "gus": Role.VIEWER}
    members = (await firm.keeping.look(str(firm.room("edge")))).members
    assert members["mika"] is Role.EDITOR
    asked, wrote = firm.requests, firm.writes
    again = await firm.run(edge.id)
    assert again.is_in_step
    assert not again.done
    assert firm.writes == wrote
    # Beside the project itself and its manifest, and the lists that projects of a pass share.
    assert firm.requests - asked <= 10 + 2 + 3


async def test_many_projects_share_lists(firm: Company) -> None:
    """A pass over many unchanged projects asks each at most ten times, and writes nothing."""
    names = [f"site-{number}" for number in range(5)]
    for name in names:
        await firm.project(name)
    first = await firm.run_all()
    assert [(one.slug, one.errors, one.left) for one in first] == [
        (name, (), ()) for name in sorted(names)
    ]
    asked, wrote = firm.requests, firm.writes
    second = await firm.run_all()
    assert all(one.is_in_step and not one.done for one in second)
    assert firm.writes == wrote
    shared = 3 + 2  # rooms, accounts, oneself; the list of repositories
    assert firm.requests - asked <= 10 * len(names) + shared


async def test_who_was_taken_out_is_out(firm: Company) -> None:
    """A person who no longer stands in the manifest is let in at neither server any more."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    assert edge.manifest is not None
    demoted = replace(edge.manifest, members=MEMBERS.with_role("gus", Role.NONE)
                      .with_role("mika", Role.VIEWER))  # fmt: skip
    await firm.rewrite(edge, lambda data: written(data, demoted))
    report = await firm.run(edge.id)
    assert sorted(step.words for step in report.done) == [
        "change collaborator mika: editor → viewer",
        "change member mika: editor → viewer",
        "remove collaborator gus: viewer",
        "remove member gus: viewer",
    ]
    roles = await firm.host.collaborators(edge)
    assert roles == {"olga": Role.OWNER, "mika": Role.VIEWER}
    members = (await firm.keeping.look(str(firm.room("edge")))).members
    assert "gus" not in members
    assert members["admin"] is Role.OWNER


async def test_a_variable_that_a_person_changed_is_theirs(firm: Company) -> None:
    """Edits of a variable group survive every pass; what still is as written follows."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    room = firm.semaphore.state.rooms[firm.room("edge")]
    (group,) = [one for one in room.environment.values() if one.name == "edge variables"]
    assert json.loads(group.json) == {"SITE": "north"}
    group.json = json.dumps({"SITE": "mine", "ports": 48})
    await firm.rewrite(edge, lambda data: data.replace(b'"north"', b'"south"\nRACK = "7"'))
    report = await firm.run(edge.id)
    assert [step.words for step in report.done] == [
        "change variable group edge variables: RACK '7'"
    ]
    (group,) = [one for one in room.environment.values() if one.name == "edge variables"]
    assert json.loads(group.json) == {"SITE": "mine", "ports": 48, "RACK": "7"}


async def test_a_room_of_the_same_name_that_is_anothers_is_left_alone(firm: Company) -> None:
    """Two projects of one name share no room: the second gets its own."""
    name = next(iter(firm.semaphore.state.rooms.values())).project.name
    before = len(firm.semaphore.state.rooms)
    wanted = ProjectManifest(name, members=MEMBERS, engine="semaphore")
    edge = await firm.project("another", wanted)
    report = await firm.run(edge.id)
    assert not report.errors
    assert any("belongs to" in note for note in report.notes)
    assert len(firm.semaphore.state.rooms) == before + 1


async def test_an_engine_that_dies_half_way_deletes_nothing(firm: Company) -> None:
    """What could not be reached is said, nobody is put out, and the next pass converges."""
    edge = await firm.project("edge")
    original, puts = firm.keeping.put, 0

    async def dying(*args: object) -> object:
        nonlocal puts
        puts += 1
        if puts == 3:
            raise Unavailable("it does not answer", upstream="semaphore")
        return await original(*args)  # type: ignore[arg-type]

    firm.keeping.put = dying  # type: ignore[method-assign, assignment]
    report = await firm.run(edge.id)
    assert len(report.errors) == 1
    assert "it does not answer" in report.errors[0]
    assert report.left
    assert all(step.act is not Act.REMOVE for step in report.done)
    firm.keeping.put = original  # type: ignore[method-assign]
    again = await firm.run(edge.id)
    assert not again.errors
    assert not again.left
    assert (await firm.run(edge.id)).is_in_step
    assert firm.room("edge")


async def test_an_engine_that_does_not_answer_is_an_error_of_the_plan(firm: Company) -> None:
    """Nothing of a side that could not be looked at is among the steps; the other side goes on."""
    edge = await firm.project("edge")

    async def dead(room: str) -> object:
        raise Unavailable("it does not answer", upstream="semaphore")

    await firm.run(edge.id)
    await firm.host.put_out(edge, "gus")
    firm.keeping.look = dead  # type: ignore[method-assign, assignment]
    report = await firm.run(edge.id)
    assert [step.words for step in report.done] == ["create collaborator gus: viewer"]
    assert report.errors == ("semaphore was not looked at: semaphore: it does not answer",)


async def test_a_pass_that_is_killed_converges_when_run_again(firm: Company) -> None:
    """Cancelled after any step, the next pass makes no second room and finishes the rest."""
    edge = await firm.project("edge")
    for _ in range(7):
        await killed_at_second_thing(firm, edge.id)
        assert firm.room("edge")
    assert not (await firm.run(edge.id)).left
    assert (await firm.run(edge.id)).is_in_step


async def killed_at_second_thing(firm: Company, project_id: ProjectId) -> None:
    """Make a pass, and cancel it as it is about to put its second thing, if it gets there."""
    original, count, reached = firm.keeping.put, 0, asyncio.Event()

    async def hanging(*args: object) -> object:
        nonlocal count
        count += 1
        if count == 2:
            reached.set()
            await asyncio.Event().wait()
        return await original(*args)  # type: ignore[arg-type]

    firm.keeping.put = hanging  # type: ignore[method-assign, assignment]
    tasks = [asyncio.create_task(firm.run(project_id)), asyncio.create_task(_heard(reached))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    firm.keeping.put = original  # type: ignore[method-assign]


async def _heard(event: asyncio.Event) -> None:
    await event.wait()


async def test_the_deadline_cuts_and_says_so(firm: Company) -> None:
    """After its deadline a pass writes no more, and tells which steps are left."""
    await firm.project("edge")
    before = firm.writes
    (report,) = await firm.run_all(within_s=0)
    assert firm.writes == before
    assert report.errors == ("git was not looked at: the deadline came first",)
    with pytest.raises(Unavailable, match="the deadline came first"):
        await firm.care().run_for_project(
            SYSTEM, ProjectId(report.project_id), firm.clock.now(), applies=True
        )


async def test_one_writes_at_a_time(firm: Company) -> None:
    """While another program syncs, a pass that would write is refused, and a plan is not."""
    edge = await firm.project("edge")
    async with FileClaims(firm.base).claim("project-sync") as is_ours:
        assert is_ours
        with pytest.raises(Conflict, match="another program"):
            await firm.run(edge.id)
        assert (await firm.run(edge.id, applies=False)).left


async def test_only_owners_keep_projects_in_step(firm: Company) -> None:
    """An editor is refused with the reason; a pass over all leaves out what is not theirs."""
    edge = await firm.project("edge")
    grant = Grant("mika", "writer", Role.EDITOR)
    firm.access.learn([replace(edge, grant=grant)])
    deadline = firm.clock.now() + timedelta(seconds=60)
    with pytest.raises(Forbidden, match="writer of edge"):
        await firm.care().run_for_project(Principal("mika"), edge.id, deadline, applies=True)
    assert await firm.care().run_once(Principal("mika"), deadline, applies=True) == []


async def test_what_cannot_be_synced_is_refused(firm: Company) -> None:
    """A project without a manifest, and one whose engine nobody knows, are told apart."""
    plain = await firm.host.create_repository("plain")
    firm.access.learn([plain])
    with pytest.raises(Invalid, match="no manifest"):
        await firm.run(plain.id)
    lost = await firm.project("lost", ProjectManifest("lost", engine="nowhere"))
    report = await firm.run(lost.id)
    assert report.errors == ("no run engine is called nowhere here; there are: semaphore",)


async def test_visibility_and_description_follow(firm: Company) -> None:
    """What the manifest says of the repository itself is written there."""
    wanted = ProjectManifest("edge", "Leaf and spine", True, Members())
    edge = await firm.project("edge", wanted)
    report = await firm.run(edge.id)
    assert [step.part for step in report.done] == [Part.VISIBILITY, Part.DESCRIPTION]
    there = await firm.host.describe(edge.id)
    assert (there.is_public, there.description) == (True, "Leaf and spine")
    assert (await firm.run(edge.id)).is_in_step


async def test_where_only_administrators_make_projects_that_is_said(firm: Company) -> None:
    """Who may make no project on the engine hears whom to ask; one made for them is taken."""
    edge = await firm.project("edge")
    async with semaphores.client_of(firm.semaphore, "olga") as olga:
        firm.keeping = SemaphoreKeeping("semaphore", olga)
        report = await firm.run(edge.id)
        assert any("only its administrators make projects" in one for one in report.errors)
        assert all(step.part is Part.COLLABORATOR for step in report.done)
        admin = firm.clients[1]
        made = await admin.create_project("edge")
        accounts = {one.username: one.id for one in (await admin.accounts()).items}
        await admin.set_member(made.id, accounts["olga"], "owner", is_new=True)
        assert not (await firm.run(edge.id)).left
        assert firm.room("edge") == made.id


async def test_drift_is_watched_and_never_written(firm: Company) -> None:
    """The watch plans for what its person may keep in step; how that stands is heard of once."""
    edge = await firm.project("edge")
    heard: list[Event] = []
    firm.bus.subscribe(heard.append)
    before = firm.writes
    watch = asyncio.create_task(DriftWatch(firm.care(), SYSTEM, firm.clock).run())
    while len(firm.clock.slept) < 4:  # noqa: ASYNC110 - the clock tells nobody
        await asyncio.sleep(0)
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    assert firm.writes == before
    standing = firm.standings.of(edge.id)
    assert standing is not None
    assert len(standing.report.left) == len(FIRST) - 1
    assert heard == [ProjectsChanged(frozenset({edge.id}))]


async def test_an_editor_does_not_come_to_own_it_by_what_runs_unasked(firm: Company) -> None:
    """Who may write files may write himself down as owner; only a person's word makes it so."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    taken = Members(owners=frozenset({"mika"}), editors=frozenset({"gus"}))
    await firm.rewrite(edge, lambda data: written(data, ProjectManifest(members=taken)))
    held = await firm.host.read_file(edge, "main", PATH, 1 << 20)
    assert held is not None
    firm.know(edge, held.data)
    deadline = firm.clock.now() + timedelta(seconds=60)
    (report,) = await firm.care().run_once(SYSTEM, deadline, applies=True, is_attended=False)
    assert [step.words for step in report.done] == ["change collaborator gus: viewer → editor"]
    assert sorted(step.words for step in report.left) == [
        "change collaborator mika: editor → owner", "remove collaborator olga: owner",
    ]  # fmt: skip
    assert any("skyforge sync edge --apply" in note for note in report.notes)
    there = await firm.host.collaborators(edge)
    assert there == {"olga": Role.OWNER, "mika": Role.EDITOR, "gus": Role.EDITOR}
    assert not (await firm.run(edge.id)).left


async def test_a_look_forgets_nothing_that_a_pass_learned_meanwhile(firm: Company) -> None:
    """Who looks while another writes remembers nothing: what was written then stays one's own."""
    edge = await firm.project("edge")
    looking, waits = asyncio.Event(), asyncio.Event()
    ask = firm.keeping.rooms

    async def rooms() -> tuple[Room, ...]:
        looking.set()
        await waits.wait()
        return await ask()

    firm.keeping.rooms = rooms  # type: ignore[method-assign]
    look = asyncio.create_task(firm.run(edge.id, applies=False))
    await looking.wait()
    firm.keeping.rooms = ask  # type: ignore[method-assign]
    await firm.run(edge.id)
    learned = await firm.book.memory(edge.id)
    assert learned.written
    waits.set()
    await look
    assert await firm.book.memory(edge.id) == learned
    await firm.rewrite(edge, lambda data: data.replace(b"north", b"south"))
    report = await firm.run(edge.id)
    assert [one.name for one in report.done] == ["edge variables"]


async def test_what_is_wrong_in_a_manifest_is_said_with_its_place(firm: Company) -> None:
    """A mistake is a note of every pass; a manifest that cannot be read at all is an error."""
    edge = await firm.project("edge")
    mistake = Notice(Severity.WARNING, 'unknown key "editor"', where=f"{PATH}:6")
    firm.access.learn([replace(edge, notices=(mistake,))])
    (report,) = await firm.run_all(applies=False)
    assert report.notes == (f'{PATH}:6: unknown key "editor"',)
    firm.access.learn([replace(edge, notices=(mistake,), manifest=None)])
    (report,) = await firm.run_all()
    assert (report.slug, report.errors) == ("edge", (f'{PATH}:6: unknown key "editor"',))
    with pytest.raises(Invalid, match="unknown key"):
        await firm.run(edge.id)
