"""Deleting projects: all of what would go is shown first, and nothing goes from half a picture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import SYSTEM, ProjectId
from skyforge_tui.domain.making import Draft, Follower, Went
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part, Thing
from skyforge_tui.domain.run import RunState
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from skyforge_tui.services.making import Wish
from skyforge_tui.store.claims import FileClaims
from tests import semaphores
from tests.breaking import Breaking, How
from tests.builders import a_detail
from tests.synced import MEMBERS, Company, company


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


async def made(firm: Company, name: str = "edge") -> Project:
    """Make a project that runs, with people in it."""
    manifest = ProjectManifest(name, members=MEMBERS, engine="semaphore", artifacts=f"{name}/out")
    deadline = firm.clock.now() + timedelta(seconds=60)
    _, outcomes = await firm.founding().create(SYSTEM, Wish("git", name, manifest), deadline)
    assert [one for one in outcomes if one.is_missing] == []
    (project,) = [one for one in firm.access.projects() if one.slug == name]
    return project


def rooms(firm: Company, name: str = "edge") -> int:
    """Return how many rooms are called so."""
    return sum(one.project.name == name for one in firm.semaphore.state.rooms.values())


async def test_the_plan_says_what_goes_and_what_stays(firm: Company) -> None:
    """Everything at both servers is named, what no manifest asks for apart; nothing is written."""
    edge = await made(firm)
    room = str(firm.room("edge"))
    theirs = Thing(Part.TEMPLATE, "Mine", {
        "playbook": "x.yml", "app": "ansible", "repository": "edge", "inventory": "localhost",
        "variables": "edge variables",
    })  # fmt: skip
    await firm.keeping.put(room, theirs, await firm.keeping.look(room), {})
    there = ProjectId(f"semaphore:{room}")
    going = a_detail(number=7, state=RunState.RUNNING, project_id=there)
    await firm.runs.write([a_detail(number=6, project_id=there), going, a_detail(number=5)], [])
    before = firm.writes
    draft = await firm.founding().foresee_deletion(SYSTEM, edge.id)
    assert firm.writes == before
    engine, repo = draft.steps
    assert (engine.what, repo.what) == (
        "run project edge at semaphore", f"repository {edge.path}"
    )  # fmt: skip
    assert engine.why == "2 runs go with it; 1 goes on now"
    assert engine.parts == (
        "key None (not of its manifest)", "key none", "repository edge", "inventory localhost",
        "variable group Empty (not of its manifest)", "variable group edge variables",
        "template Mine (not of its manifest)",
        "its schedules, and what ran there", "access of admin, gus, mika, olga",
    )  # fmt: skip
    assert repo.parts[0] == "1 file with its whole history"
    assert repo.parts[-1] == "access of gus, mika, olga"
    assert draft.kept == (
        "artifacts below edge/out",
        "labs",
        "output of its runs that was read here",
    )
    outcomes = await firm.founding().delete(SYSTEM, edge.id, "edge", seen=draft)
    assert [one.went for one in outcomes] == [Went.DONE, Went.DONE]
    assert rooms(firm) == 0
    assert await firm.host.find_own("edge") is None
    assert (await firm.book.memory(edge.id)).room == ""


async def test_from_a_partial_answer_nothing_goes(firm: Company) -> None:
    """Whichever thing cannot be read, at whichever server, nothing is deleted, and it is said."""
    edge = await made(firm)
    at, broken = 0, True
    while broken:
        at += 1
        before = firm.writes
        breaking = Breaking([one.http for one in firm.clients], at, How.UNSENT, reads=True)
        draft = await firm.founding().foresee_deletion(SYSTEM, edge.id)
        broken = breaking.is_reached.is_set()
        breaking.count = 0
        if broken:
            with pytest.raises(Unavailable, match="nothing was deleted"):
                await firm.founding().delete(SYSTEM, edge.id, "edge")
        breaking.mend()
        assert bool(draft.errors) is broken
        assert firm.writes == before
    assert at > 5
    assert rooms(firm) == 1


@pytest.mark.parametrize("how", How)
async def test_broken_at_any_write_it_is_finished_later(firm: Company, how: How) -> None:
    """After whichever failure the repository is the last to go, and the next try ends it."""
    for at in (1, 2):
        edge = await made(firm, f"edge-{at}")
        breaking = Breaking([one.http for one in firm.clients], at, how)
        follower = Follower()
        deleting = firm.founding().delete(SYSTEM, edge.id, edge.slug, follower)
        task = asyncio.create_task(deleting)
        await breaking.is_reached.wait()
        if how is How.HANGS:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        breaking.mend()
        expected = [*[Went.DONE] * (at - 1), Went.FAILED, *[Went.LEFT] * (2 - at)]
        if (at, how) == (2, How.UNANSWERED):
            expected[-1] = Went.DONE  # it was looked whether it is gone
        assert [one.went for one in follower.outcomes] == expected
        assert (await firm.host.find_own(edge.slug) is None) is (at == 2 and how is not How.UNSENT)
        again = await firm.founding().delete(SYSTEM, edge.id, edge.slug)
        assert [one for one in again if one.is_missing] == []
        assert await firm.host.find_own(edge.slug) is None
        assert rooms(firm, edge.slug) == 0


async def test_what_was_not_shown_does_not_go(firm: Company) -> None:
    """Something that somebody put there since the plan was shown stops everything."""
    edge = await made(firm)
    seen = await firm.founding().foresee_deletion(SYSTEM, edge.id)
    await firm.clients[1].create(firm.room("edge"), "keys", {"name": "theirs", "type": "none"})
    with pytest.raises(Conflict, match="run project edge at semaphore is not as it was shown"):
        await firm.founding().delete(SYSTEM, edge.id, "edge", seen=seen)
    assert rooms(firm) == 1
    assert await firm.host.find_own("edge") is not None
    async with FileClaims(firm.base).claim("project-sync"):
        with pytest.raises(Conflict, match="another program"):
            await firm.founding().delete(SYSTEM, edge.id, "edge")


async def test_a_run_project_that_is_not_its_own_stays(firm: Company) -> None:
    """One that serves others too, is guarded, or is for others to delete stays, and why is said."""
    edge = await made(firm)

    def kept(draft: Draft) -> list[str]:
        return [one for one in draft.kept if one.startswith("run project")]

    number = firm.room("edge")
    where = f"run project edge ({number}) at semaphore"
    firm.access.protect("semaphore", Guard.READ_ONLY)
    draft = await firm.founding().foresee_deletion(SYSTEM, edge.id)
    assert kept(draft) == [f"{where}: semaphore is read-only from here"]
    firm.access.protect("semaphore", Guard.NORMAL)
    async with semaphores.client_of(firm.semaphore, "mika") as mika:
        admin, firm.keeping = firm.keeping, SemaphoreKeeping("semaphore", mika)
        draft = await firm.founding().foresee_deletion(SYSTEM, edge.id)
        assert kept(draft) == [f"{where}: only its owners delete it: ask admin, olga"]
        firm.keeping = admin
    other = {"name": "other", "git_url": "https://x/other.git", "git_branch": "main",
             "ssh_key_id": 1}  # fmt: skip
    await firm.clients[1].create(number, "repositories", other)
    draft = await firm.founding().foresee_deletion(SYSTEM, edge.id)
    assert kept(draft) == [f"{where}: it serves https://x/other.git too"]
    outcomes = await firm.founding().delete(SYSTEM, edge.id, "edge", seen=draft)
    assert [one.what for one in outcomes] == [f"repository {edge.path}"]
    assert rooms(firm) == 1
