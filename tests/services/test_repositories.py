"""What is in a repository is shown to who may look, and changed by who may write."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, Stale
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, Role
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.services.decisions import Denied
from tests.builders import a_project
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.repositories import FakeRepositories

ADA, EVE = Principal("ada"), Principal("eve")
HERE = ProjectId("local:/srv/edge")


async def a_core(**project: object) -> tuple[Core, FakeRepositories]:
    """Return services with one project of ada's that holds files."""
    host = FakeRepositories(FakeClock().now())
    host.put(a_project(id=HERE, slug="edge", created_by="ada", **project))
    core = Core(hosts=[host])
    await core.catalog.read_all()
    return core, host


async def test_who_is_nobody_sees_nothing() -> None:
    """Branches, folders and files are for those with a role."""
    core, _ = await a_core()
    some = core.repositories
    assert (await some.branches(ADA, HERE))[0].is_default
    for ask in (
        some.branches(EVE, HERE), some.commits(EVE, HERE, "main"), some.patch(EVE, HERE, "0", 9),
        some.folder(EVE, HERE, "0"), some.read_file(EVE, HERE, "main", "README.md", 9),
        some.write_files(EVE, HERE, [FileChange("a", b"")], "m", "main"),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            await ask


async def test_a_write_is_followed_by_a_fresh_look() -> None:
    """What was committed is asked for anew; what is stale, or without a message, is refused."""
    core, host = await a_core()
    some = core.repositories
    await some.write_files(ADA, HERE, [FileChange("a", b"x")], "Mine", "main")
    assert host.written == [("a", "Mine")]
    assert [one.project_id for one in core.told(SyncRequested)] == [HERE]
    with pytest.raises(Stale):
        await some.write_files(ADA, HERE, [FileChange("a", b"y")], "Mine", "main")
    with pytest.raises(Invalid):
        await some.write_files(ADA, HERE, [FileChange("b", b"y")], " ", "main")
    with pytest.raises(NotFound, match="no file nothing"):
        await some.read_file(ADA, HERE, "main", "nothing", 9)


async def test_a_reader_of_a_server_may_look_only() -> None:
    """What the server grants counts: a reader is told so before anything is sent."""
    core, host = await a_core(grant=Grant("gus", "reader", Role.VIEWER))
    assert (await core.repositories.read_file(ADA, HERE, "main", "README.md", 9)).data
    with pytest.raises(Forbidden, match="a reader of edge"):
        await core.repositories.write_files(ADA, HERE, [FileChange("a", b"x")], "m", "main")
    decision = core.access.decide(ADA, Permission.REPOSITORY_WRITE, HERE)
    assert isinstance(decision, Denied)
    assert host.written == []
