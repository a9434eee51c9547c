"""Who is what in a project: shown with what servers grant, changed by commits that lose nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Unavailable
from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import SYSTEM, Principal, Role
from skyforge_tui.domain.project import Grant, Project
from skyforge_tui.domain.project_manifest import PATH
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.domain.sharing import Overtaken, Sharing
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.manifest import RepositoryManifests
from skyforge_tui.services.membership import MembershipService
from tests import giteas
from tests.synced import Company, company


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Company]:
    """Give the two servers."""
    async with company(tmp_path) as made:
        yield made


async def test_two_people_edit_one_manifest(firm: Company) -> None:
    """Of two edits at once both stand, unless they are about the same person: then it is said."""
    edge = await firm.project("edge")
    service, files = firm.membership(), RepositoryManifests(firm.host)
    original = firm.host.write_files

    def meanwhile(**roles: Role) -> None:
        """Have somebody else write, just before the next write of ours."""

        async def overtaken(*args: object, **named: object) -> str:
            firm.host.write_files = original  # type: ignore[method-assign]
            await firm.membership().share(
                Principal("other", is_admin=True), edge.id, Sharing(roles)
            )
            return await original(*args, **named)  # type: ignore[arg-type]

        firm.host.write_files = overtaken  # type: ignore[method-assign]

    meanwhile(nick=Role.VIEWER)
    after = (await service.share(SYSTEM, edge.id, Sharing({"rosa": Role.EDITOR}))).after
    assert after.members.role_of("nick") is Role.VIEWER
    assert after.members.role_of("rosa") is Role.EDITOR
    meanwhile(rosa=Role.VIEWER)
    with pytest.raises(Conflict, match="meanwhile: rosa: editor → viewer"):
        await service.share(SYSTEM, edge.id, Sharing({"rosa": Role.OWNER}))
    now = (await files.read(edge)).manifest
    assert now.members.role_of("rosa") is Role.VIEWER
    assert now.members.role_of("nick") is Role.VIEWER
    assert [one.name for one in now.templates] == ["Deploy"]


async def test_commits_say_who_did_what(firm: Company) -> None:
    """The history of the manifest is the record of who let whom in."""
    edge = await firm.project("edge")
    sharing = Sharing({"gus": Role.NONE, "rosa": Role.EDITOR}, is_public=True)
    await firm.membership().share(Principal("mara", is_admin=True), edge.id, sharing)
    told = await firm.clients[0].history.commits("admin/edge", "main")
    assert told.items[0].commit.message.strip() == (
        "Put gus out, make rosa editor, make it public\n\nAs mara"
    )


async def test_somebody_always_owns_it(firm: Company) -> None:
    """The last owner cannot be put out, and saying what is so already is refused."""
    edge = await firm.project("edge")
    with pytest.raises(Invalid, match="no owner"):
        await firm.membership().share(SYSTEM, edge.id, Sharing({"olga": Role.VIEWER}))
    with pytest.raises(Invalid, match="says so already"):
        await firm.membership().share(SYSTEM, edge.id, Sharing({"olga": Role.OWNER}))


async def test_a_manifest_with_mistakes_is_not_overwritten(firm: Company) -> None:
    """What cannot be read whole would be lost by a write: it is said where."""
    edge = await firm.project("edge")
    files = RepositoryManifests(firm.host)
    before = await files.read(edge)
    change = FileChange(PATH, b"[members]\nowner = []\n", before.object_id)
    await firm.host.write_files(edge, [change], "Mistype", branch="main")
    with pytest.raises(Invalid, match=r"project\.toml:2"):
        await firm.membership().share(SYSTEM, edge.id, Sharing({"rosa": Role.EDITOR}))


async def test_who_names_the_first_people_shuts_nobody_out(firm: Company) -> None:
    """A repository without a manifest that is shared by its admin stays that admin's."""
    made = await firm.host.create_repository("plain", owner="net")
    firm.access.learn([made])
    after = await firm.membership().share(
        Principal("root"), made.id, Sharing({"mika": Role.EDITOR})
    )
    assert after.after.members.by_name() == {"admin": Role.OWNER, "mika": Role.EDITOR}


async def test_people_are_shown_with_what_servers_grant_and_why(firm: Company) -> None:
    """Manifest, repository and run engine stand side by side; what differs says what becomes."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    await firm.host.let_in(edge, "mika", Role.VIEWER)
    await firm.host.let_in(edge, "tom", Role.EDITOR)
    both = {"nick": Role.VIEWER, "zoe": Role.VIEWER}
    await firm.membership().share(SYSTEM, edge.id, Sharing(both))
    found = await firm.membership().look(SYSTEM, edge.id)
    assert found.engine == "semaphore"
    told = {one.name: (one.role, one.due) for one in found.seats}
    assert told == {
        "admin": (Role.OWNER, ""),
        "olga": (Role.OWNER, ""),
        "mika": (Role.VIEWER, "changed at the next sync"),
        "gus": (Role.VIEWER, ""),
        "nick": (Role.NONE, "let in at the next sync"),
        "zoe": (Role.NONE, "nobody there is called so yet"),
        "tom": (Role.NONE, "put out at the next sync"),
    }
    whys = {one.name: one.why("git") for one in found.seats}
    assert whys["mika"] == (
        "manifest says editor, git grants viewer: viewer; changed at the next sync"
    )
    assert {one.name: one.on_engine for one in found.seats if one.name in ("mika", "nick")} == {
        "mika": Role.EDITOR, "nick": Role.NONE,
    }  # fmt: skip
    await firm.membership().share(SYSTEM, edge.id, Sharing({"zoe": Role.NONE}))
    await firm.keeping.set_member(str(firm.room("edge")), "rosa", Role.EDITOR)
    found = await firm.membership().look(SYSTEM, edge.id)
    (rosa,) = [one for one in found.seats if one.name == "rosa"]
    assert (rosa.declared, rosa.granted, rosa.on_engine) == (Role.NONE, Role.NONE, Role.EDITOR)
    await firm.run(edge.id)
    found = await firm.membership().look(SYSTEM, edge.id)
    assert {one.name for one in found.seats} == {"admin", "olga", "mika", "gus", "nick"}
    assert [one.name for one in found.seats if not one.is_in_step] == []


async def test_who_may_not_ask_sees_what_is_written(firm: Company) -> None:
    """To a reader the server does not tell what others are granted, and that is said."""
    edge = await firm.project("edge")
    await firm.run(edge.id)
    async with giteas.client_at(firm.gitea.url, firm.gitea.token("gus")) as client:
        host = GiteaRepositoryHost(client, Names("git", client))
        service = MembershipService(
            [host], [RepositoryManifests(host)], [], firm.book, firm.access, firm.record, firm.bus
        )
        found = await service.look(SYSTEM, edge.id)
    mika = next(one for one in found.seats if one.name == "mika")
    assert (mika.role, mika.granted) == (Role.EDITOR, None)
    assert mika.why("git") == ("manifest says editor; git does not tell you what it grants them")


async def test_what_was_seen_is_not_changed_unseen(firm: Company) -> None:
    """Whoever looked at an older manifest hears what others changed; then both can stand."""
    edge = await firm.project("edge")
    service = firm.membership()
    seen = (await service.look(SYSTEM, edge.id)).seen
    await service.share(SYSTEM, edge.id, Sharing({"gus": Role.NONE}, is_public=True))
    mine = Sharing({"rosa": Role.EDITOR})
    with pytest.raises(Overtaken) as caught:
        await service.share(SYSTEM, edge.id, mine, seen)
    error = caught.value
    assert (error.theirs, error.meets) == (Sharing({"gus": Role.NONE}, is_public=True), ())
    assert error.last is not None
    assert error.last.subject == "Put gus out, make it public"
    assert await service.seen_at(SYSTEM, edge.id, seen.object_id) == seen
    after = (await service.share(SYSTEM, edge.id, mine, error.now)).after
    assert after.members.by_name() == {
        "olga": Role.OWNER, "mika": Role.EDITOR, "rosa": Role.EDITOR,
    }  # fmt: skip
    with pytest.raises(Overtaken) as caught:
        await service.share(SYSTEM, edge.id, Sharing({"gus": Role.EDITOR}, False), seen)
    assert caught.value.meets == ("gus", "visibility")


async def test_an_editor_makes_nobody_an_owner(firm: Company) -> None:
    """Who may write files may let nobody in or out, themselves included; the record has it."""
    edge = await firm.project("edge")
    firm.access.learn([replace(edge, grant=Grant("mika", "writer", Role.EDITOR))])
    with pytest.raises(Forbidden, match="let people in or out"):
        await firm.membership().share(Principal("m"), edge.id, Sharing({"mika": Role.OWNER}))
    (entry,) = firm.audit.kept
    assert (entry.who, entry.deed, entry.words) == (
        "m as mika", Deed.PROMOTE, "mika: editor → owner",
    )  # fmt: skip
    assert (entry.outcome, entry.why) == (
        Outcome.REFUSED, "a writer of edge (mika) may not let people in or out",
    )  # fmt: skip


async def test_the_record_says_what_became_of_whom(firm: Company) -> None:
    """Letting in, promoting, demoting, putting out and visibility are entries of their own."""
    edge = await firm.project("edge")
    roles = {"gus": Role.NONE, "mika": Role.VIEWER, "rosa": Role.EDITOR}
    await firm.membership().share(Principal("mara", is_admin=True), edge.id, Sharing(roles, True))
    told = [(one.by, one.deed, one.words, one.outcome) for one in firm.audit.kept]
    assert told == [
        ("mara", Deed.PUT_OUT, "gus: viewer → no role", Outcome.OK),
        ("mara", Deed.DEMOTE, "mika: editor → viewer", Outcome.OK),
        ("mara", Deed.LET_IN, "rosa: editor", Outcome.OK),
        ("mara", Deed.VISIBILITY, "public", Outcome.OK),
    ]


async def test_many_people_are_counted_while_they_are_asked_about(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it takes long, one hears how far it is; a failure waits for all, and is the failure."""
    edge = await firm.project("edge")
    names = {f"person-{number}": Role.VIEWER for number in range(24)}
    await firm.membership().share(SYSTEM, edge.id, Sharing(names))
    heard: list[tuple[int, int]] = []
    found = await firm.membership().look(SYSTEM, edge.id, lambda *told: heard.append(told))
    assert heard == [(10, 27), (20, 27)]
    assert sum(one.is_stranger for one in found.seats) == 24
    original, at_work = firm.host.collaborator_role, []

    async def failing(project: Project, name: str) -> Role:
        at_work.append(name)
        try:
            if name == "person-3":
                raise Unavailable("it does not answer", upstream="git")
            return await original(project, name)
        finally:
            at_work.remove(name)

    monkeypatch.setattr(firm.host, "collaborator_role", failing)
    with pytest.raises(Unavailable, match="does not answer"):
        await firm.membership().look(SYSTEM, edge.id)
    assert at_work == []
