"""Passes that break half-way: they delete nothing that was not whole, say so, and converge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.project import Project
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.ports.sync_book import SyncMemory
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.store.sync_book import SqliteSyncBook
from tests.breaking import Breaking, How
from tests.synced import MEMBERS, Company, company

WITHOUT_GUS = MEMBERS.with_role("gus", Role.NONE).with_role("rosa", Role.VIEWER)


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers and the service."""
    async with company(tmp_path) as made:
        yield made


async def drifted(firm: Company, name: str) -> Project:
    """Return a project in step whose manifest then puts somebody out and somebody in."""
    project = await firm.project(name)
    assert not (await firm.run(project.id)).errors
    assert project.manifest is not None
    wanted = replace(project.manifest, members=WITHOUT_GUS, variables=(("SITE", "south"),))
    manifests = RepositoryManifests(firm.host)
    before = await manifests.read(project)
    await manifests.write(project, wanted, before, "Put gus out")
    firm.access.learn([replace(project, manifest=wanted)])
    return project


async def people_of(firm: Company, project: Project) -> tuple[set[str], set[str]]:
    """Return who is let in at both servers."""
    names = await firm.host.collaborator_names(project)
    content = await firm.keeping.look(str(firm.room(project.name)))
    return set(names), set(content.members)


async def test_dead_at_any_read_nobody_is_put_out_there(firm: Company) -> None:
    """Whichever answer does not come, its server loses nobody, and the report says which it was."""
    git, runs = (one.http for one in firm.clients)
    for server, name in ((git, "git"), (runs, "semaphore")):
        project = await drifted(firm, f"edge-{name}")
        at, broken = 0, True
        while broken:
            at += 1
            deleted = server.counts["DELETE"]
            breaking = Breaking([server], at, How.UNSENT, reads=True)
            reports = await asyncio.gather(firm.run(project.id), return_exceptions=True)
            broken = breaking.is_reached.is_set()
            breaking.mend()
            if broken:
                assert server.counts["DELETE"] == deleted
                said = str(getattr(reports[0], "errors", reports[0]))
                assert "the line is dead" in said
        assert at > 2
        assert (await firm.run(project.id)).is_in_step
        at_git, at_runs = await people_of(firm, project)
        assert ("gus" in at_git, "gus" in at_runs) == (False, False)
        assert ("rosa" in at_git, "rosa" in at_runs) == (True, True)


@pytest.mark.parametrize("how", [How.UNANSWERED, How.HANGS])
async def test_broken_at_any_write_the_next_pass_converges(firm: Company, how: How) -> None:
    """Lost or killed at any write, the next pass does the rest, and the one after none."""
    clients: list[HttpClient] = [one.http for one in firm.clients]
    at, broken = 0, True
    while broken:
        at += 1
        project = await drifted(firm, f"edge-{at}")
        breaking = Breaking(clients, at, how)
        broken = await breaking.through(firm.run(project.id))
        again = await firm.run(project.id)
        assert (again.errors, again.left) == ((), ())
        wrote = firm.writes
        assert (await firm.run(project.id)).is_in_step
        assert firm.writes == wrote
        at_git, at_runs = await people_of(firm, project)
        assert at_git == {"mika", "olga", "rosa"}
        assert at_runs >= {"mika", "olga", "rosa"}
        assert "gus" not in at_runs
    assert at > 4


@dataclass
class TornBook:
    """A book of which the page of one project cannot be read, or not be written."""

    book: SqliteSyncBook
    torn: ProjectId
    is_readable: bool = False

    async def memory(self, project_id: ProjectId) -> SyncMemory:
        """Return what is known."""
        if project_id == self.torn and not self.is_readable:
            raise Unavailable("state.db: disk I/O error")
        return await self.book.memory(project_id)

    async def change(
        self, project_id: ProjectId, change: Callable[[SyncMemory], SyncMemory]
    ) -> SyncMemory:
        """Keep what is made of it."""
        if project_id == self.torn:
            raise Unavailable("state.db: no space left")
        return await self.book.change(project_id, change)


async def test_what_cannot_be_remembered_of_one_stops_no_other(firm: Company) -> None:
    """A page of state.db that is broken is that project's error; what was done is told anyway."""
    one, two = await firm.project("one"), await firm.project("two")
    torn = TornBook(firm.book, one.id)
    firm.book = torn  # type: ignore[assignment]
    broken, whole = await firm.run_all()
    assert (broken.slug, broken.errors) == ("one", ("state.db: disk I/O error",))
    assert (whole.slug, whole.errors, whole.left) == ("two", (), ())
    torn.is_readable = True
    unkept, whole = await firm.run_all()
    assert (len(unkept.done) > 3, unkept.left, whole.is_in_step) == (True, (), True)
    assert "cannot be remembered: state.db: no space left" in unkept.errors[-1]
    firm.book = torn.book
    again, whole = await firm.run_all()
    assert (again.errors, again.done, whole.is_in_step) == ((), (), True)
    assert (await firm.book.memory(two.id)).report == whole


async def test_a_manifest_that_is_old_puts_nobody_in_or_out(firm: Company) -> None:
    """Before a pass writes, it reads the manifest by which it would: it may be another by now."""
    edge = await drifted(firm, "edge")
    await firm.rewrite(edge, lambda data: data.replace(b"rosa", b"nick"))
    (report,) = await firm.run_all()
    assert report.errors == ()
    at_git, at_runs = await people_of(firm, edge)
    assert ("rosa" in at_git, "nick" in at_git, "gus" in at_git) == (False, True, False)
    assert ("rosa" in at_runs, "nick" in at_runs) == (False, True)
