"""Passes that break half-way: they delete nothing that was not whole, say so, and converge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
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
