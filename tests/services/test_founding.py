"""Projects are made step by step, and deleted by their name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.making import Went
from skyforge_tui.domain.project import Grant
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.services.founding import FoundingService
from tests import giteas
from tests.synced import MEMBERS, Company, company

WANTED = ProjectManifest("Edge", members=MEMBERS)


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers."""
    async with company(tmp_path) as made:
        yield made


def founding(firm: Company) -> FoundingService:
    """Return the service on its Gitea."""
    manifests = [RepositoryManifests(firm.host)]
    return FoundingService([firm.host], manifests, firm.access, firm.record, firm.bus)


async def test_a_project_is_made_with_its_manifest(firm: Company) -> None:
    """Repository and manifest are made; made again, both are found and left alone."""
    service = founding(firm)
    made, outcomes = await service.create(SYSTEM, "git", "edge", WANTED)
    assert [one.went for one in outcomes] == [Went.DONE, Went.DONE]
    assert made is not None
    files = RepositoryManifests(firm.host)
    assert (await files.read(made)).manifest.members == MEMBERS
    commits = await firm.host.commits(made, "main")
    assert commits.commits[0].subject == "Begin Edge"
    again, outcomes = await service.create(SYSTEM, "git", "edge", replace(WANTED, name="Other"))
    assert [one.went for one in outcomes] == [Went.WAS_SO, Went.WAS_SO]
    assert again is not None
    assert (await files.read(again)).manifest.name == "Edge"
    of_an_org, outcomes = await service.create(SYSTEM, "git", "net/another", WANTED)
    assert of_an_org is not None
    assert of_an_org.created_by == "net"
    with pytest.raises(NotFound, match="nowhere"):
        await service.create(SYSTEM, "nowhere", "edge", WANTED)


async def test_a_step_that_fails_is_told_and_made_later(firm: Company) -> None:
    """When the manifest cannot be written, the repository stays, and the next try goes on."""
    service, original = founding(firm), firm.host.write_files

    async def failing(*_: object, **__: object) -> str:
        raise Unavailable("it does not answer", upstream="git")

    firm.host.write_files = failing  # type: ignore[method-assign, assignment]
    _, outcomes = await service.create(SYSTEM, "git", "edge", WANTED)
    assert [(one.went, one.why) for one in outcomes] == [
        (Went.DONE, ""), (Went.FAILED, "git: it does not answer"),
    ]  # fmt: skip
    firm.host.write_files = original  # type: ignore[method-assign]
    _, outcomes = await service.create(SYSTEM, "git", "edge", WANTED)
    assert [one.went for one in outcomes] == [Went.WAS_SO, Went.DONE]


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
        host = GiteaRepositoryHost(client, Names("git", client))
        service = FoundingService(
            [host], [RepositoryManifests(host)], firm.access, firm.record, firm.bus
        )
        made, outcomes = await service.create(Principal("gus"), "git", "net/mine", WANTED)
    assert made is None
    assert [(one.went, one.why) for one in outcomes] == [
        (Went.FAILED, "git lets you make nothing in net: ask one of its owners"),
        (Went.LEFT, ""),
    ]
