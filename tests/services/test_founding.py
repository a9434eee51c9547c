"""Projects are made step by step, and deleted by their name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.making import Went
from skyforge_tui.domain.project import Grant, Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.services.founding import FoundingService
from skyforge_tui.services.making import Wish
from tests import giteas
from tests.synced import MEMBERS, Company, company

WANTED = ProjectManifest("Edge", members=MEMBERS)


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers."""
    async with company(tmp_path) as made:
        yield made


def founding(firm: Company) -> FoundingService:
    """Return the service on its servers."""
    return firm.founding()


async def make(
    firm: Company, name: str, manifest: ProjectManifest = WANTED, who: Principal = SYSTEM
) -> tuple[Project | None, list[tuple[str, Went]]]:
    """Make a project, and return how each step went."""
    deadline = firm.clock.now() + timedelta(seconds=60)
    made, outcomes = await firm.founding().create(who, Wish("git", name, manifest), deadline)
    return made, [(one.what, one.went) for one in outcomes]


async def test_a_project_is_made_with_its_manifest(firm: Company) -> None:
    """Repository and manifest are made, and people let in; made again, nothing is written."""
    made, outcomes = await make(firm, "edge")
    people = [(f"create collaborator {one}", Went.DONE) for one in (
        "gus: viewer", "mika: editor", "olga: owner")]  # fmt: skip
    assert outcomes == [
        ("repository edge at git", Went.DONE),
        ("manifest .skyforge/project.toml", Went.DONE),
        *people,
    ]
    assert made is not None
    files = RepositoryManifests(firm.host)
    assert (await files.read(made)).manifest.members == MEMBERS
    commits = await firm.host.commits(made, "main")
    assert commits.commits[0].subject == "Begin Edge"
    writes = firm.writes
    again, outcomes = await make(firm, "edge", replace(WANTED, name="Other"))
    assert outcomes == [
        ("repository edge at git", Went.WAS_SO), ("manifest .skyforge/project.toml", Went.WAS_SO),
    ]  # fmt: skip
    assert firm.writes == writes
    assert again is not None
    assert (await files.read(again)).manifest.name == "Edge"
    of_an_org, _ = await make(firm, "net/another")
    assert of_an_org is not None
    assert of_an_org.created_by == "net"
    with pytest.raises(NotFound, match="nowhere"):
        await founding(firm).create(SYSTEM, Wish("nowhere", "edge", WANTED), firm.clock.now())


async def test_an_editor_deletes_nothing(firm: Company) -> None:
    """Who may write files may not delete the project, and hears why."""
    edge = await firm.project("edge")
    firm.access.learn([replace(edge, grant=Grant("mika", "writer", Role.EDITOR))])
    mika = Principal("mika")
    with pytest.raises(Forbidden, match="delete it"):
        await founding(firm).delete(mika, edge.id, "edge")


async def test_it_is_deleted_by_its_name_only(firm: Company) -> None:
    """Anything else typed deletes nothing."""
    edge = await firm.project("edge")
    with pytest.raises(Invalid, match="type edge"):
        await founding(firm).delete(SYSTEM, edge.id, "")
    assert await firm.host.find_own("edge") is not None
    await founding(firm).delete(SYSTEM, edge.id, "edge")
    assert await firm.host.find_own("edge") is None


async def test_what_one_may_not_make_is_said_with_whom_to_ask(firm: Company) -> None:
    """Somebody who is not in an organisation hears so, and not how the server says it."""
    async with giteas.client_at(firm.gitea.url, firm.gitea.token("gus")) as client:
        firm.host = GiteaRepositoryHost(client, Names("git", client))
        wish = Wish("git", "net/mine", WANTED)
        deadline = firm.clock.now() + timedelta(seconds=60)
        made, outcomes = await founding(firm).create(Principal("gus"), wish, deadline)
    assert made is None
    assert [(one.went, one.why) for one in outcomes] == [
        (Went.FAILED, "git lets you make nothing in net: ask one of its owners"),
        (Went.LEFT, ""),
    ]
