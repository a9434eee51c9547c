"""Projects are made step by step, shared by commits that lose nothing, deleted by their name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.making import Went
from skyforge_tui.domain.project import Grant
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.services.founding import FoundingService, Sharing
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
    return FoundingService([firm.host], manifests, firm.access, firm.bus)


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


async def test_two_people_edit_one_manifest(firm: Company) -> None:
    """Of two edits at once both stand, unless they are about the same person: then it is said."""
    edge = await firm.project("edge")
    service, files = founding(firm), RepositoryManifests(firm.host)
    original = firm.host.write_files

    def meanwhile(**roles: Role) -> None:
        """Have somebody else write, just before the next write of ours."""

        async def overtaken(*args: object, **named: object) -> str:
            firm.host.write_files = original  # type: ignore[method-assign]
            await founding(firm).share(Principal("other", is_admin=True), edge.id, Sharing(roles))
            return await original(*args, **named)  # type: ignore[arg-type]

        firm.host.write_files = overtaken  # type: ignore[method-assign, assignment]

    meanwhile(nick=Role.VIEWER)
    after = await service.share(SYSTEM, edge.id, Sharing({"rosa": Role.EDITOR}))
    assert after.members.role_of("nick") is Role.VIEWER
    assert after.members.role_of("rosa") is Role.EDITOR
    meanwhile(rosa=Role.VIEWER)
    with pytest.raises(Conflict, match="made rosa viewer meanwhile, not owner"):
        await service.share(SYSTEM, edge.id, Sharing({"rosa": Role.OWNER}))
    now = (await files.read(edge)).manifest
    assert now.members.role_of("rosa") is Role.VIEWER
    assert now.members.role_of("nick") is Role.VIEWER
    assert [one.name for one in now.templates] == ["Deploy"]


async def test_commits_say_who_did_what(firm: Company) -> None:
    """The history of the manifest is the record of who let whom in."""
    edge = await firm.project("edge")
    sharing = Sharing({"gus": Role.NONE, "rosa": Role.EDITOR}, is_public=True)
    await founding(firm).share(Principal("mara", is_admin=True), edge.id, sharing)
    told = await firm.clients[0].history.commits("admin/edge", "main")
    assert told.items[0].commit.message.strip() == (
        "Put gus out, make rosa editor, make it public\n\nAs mara"
    )


async def test_somebody_always_owns_it(firm: Company) -> None:
    """The last owner cannot be put out, and saying what is so already is refused."""
    edge = await firm.project("edge")
    with pytest.raises(Invalid, match="no owner"):
        await founding(firm).share(SYSTEM, edge.id, Sharing({"olga": Role.VIEWER}))
    with pytest.raises(Invalid, match="says so already"):
        await founding(firm).share(SYSTEM, edge.id, Sharing({"olga": Role.OWNER}))


async def test_an_editor_lets_nobody_in(firm: Company) -> None:
    """Who may write files may not share, nor delete; both say why."""
    edge = await firm.project("edge")
    firm.access.learn([replace(edge, grant=Grant("mika", "writer", Role.EDITOR))])
    mika = Principal("mika")
    with pytest.raises(Forbidden, match="let people in or out"):
        await founding(firm).share(mika, edge.id, Sharing({"mika": Role.OWNER}))
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


async def test_a_manifest_with_mistakes_is_not_overwritten(firm: Company) -> None:
    """What cannot be read whole would be lost by a write: it is said where."""
    edge = await firm.project("edge")
    files = RepositoryManifests(firm.host)
    before = await files.read(edge)
    from skyforge_tui.domain.project_manifest import PATH
    from skyforge_tui.domain.repository import FileChange

    change = FileChange(PATH, b"[members]\nowner = []\n", before.object_id)
    await firm.host.write_files(edge, [change], "Mistype", branch="main")
    with pytest.raises(Invalid, match=r"project\.toml:2"):
        await founding(firm).share(SYSTEM, edge.id, Sharing({"rosa": Role.EDITOR}))


async def test_who_names_the_first_people_shuts_nobody_out(firm: Company) -> None:
    """A repository without a manifest that is shared by its admin stays that admin's."""
    made = await firm.host.create_repository("plain", owner="net")
    firm.access.learn([made])
    after = await founding(firm).share(Principal("root"), made.id, Sharing({"mika": Role.EDITOR}))
    assert after.members.by_name() == {"admin": Role.OWNER, "mika": Role.EDITOR}


async def test_what_one_may_not_make_is_said_with_whom_to_ask(firm: Company) -> None:
    """Somebody who is not in an organisation hears so, and not how the server says it."""
    async with giteas.client_at(firm.gitea.url, firm.gitea.token("gus")) as client:
        host = GiteaRepositoryHost(client, Names("git", client))
        service = FoundingService([host], [RepositoryManifests(host)], firm.access, firm.bus)
        made, outcomes = await service.create(Principal("gus"), "git", "net/mine", WANTED)
    assert made is None
    assert [(one.went, one.why) for one in outcomes] == [
        (Went.FAILED, "git lets you make nothing in net: ask one of its owners"),
        (Went.LEFT, ""),
    ]
