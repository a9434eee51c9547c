"""Five hundred projects, on a clock that the test moves: few requests, many at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.domain.identity import SYSTEM, ProjectId, Role
from skyforge_tui.domain.project import Commit, Grant, Project, ProjectKind
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part, Thing
from skyforge_tui.domain.repository import (
    CommitPage,
    Entry,
    EntryKind,
    FileChange,
    FileContent,
    FolderPage,
)
from skyforge_tui.ports.project_host import ProjectListing
from skyforge_tui.ports.run_host import Room, RoomContent
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.project_care import ProjectCareService
from skyforge_tui.services.record import Record
from skyforge_tui.services.standings import Standings
from tests.builders import NOON
from tests.fakes.artifacts import FakeClaims
from tests.fakes.audit_book import MemoryAuditBook
from tests.fakes.clock import FakeClock
from tests.fakes.project_secrets import KnownSecrets
from tests.fakes.sealer import KnownSealer
from tests.fakes.sync_book import MemorySyncBook
from tests.synced import MEMBERS

MANY = 500
LATENCY_S = 0.02
AT_ONCE = 16
BLUEPRINT = Project(
    ProjectId("git:b"), "b", "b", ProjectKind.GIT, "http://git/net/b", branch="main"
)


@dataclass
class Line:
    """The way to a server: every request takes as long, and so many go at a time."""

    clock: HandClock
    asked: Counter[str] = field(default_factory=Counter)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ask(self, what: str, count: int = 1) -> None:
        """Send `count` requests side by side."""
        await asyncio.gather(*(self._one(what) for _ in range(count)))

    async def _one(self, what: str) -> None:
        async with self._free:
            self.asked[what] += 1
            await self.clock.sleep(LATENCY_S)


class Keeper:
    """Repositories with everybody let in; only what the sync asks for, by protocol."""

    upstream = "git"

    def __init__(self, line: Line, projects: list[Project]) -> None:
        self._line = line
        self._projects = projects
        self.people: dict[ProjectId, dict[str, Role]] = {one.id: {} for one in projects}
        self.heads = {BLUEPRINT.id: "b"}

    def counting(self) -> Any:
        """Count nothing: the line does."""
        return nullcontext({})

    def __getattr__(self, name: str) -> Any:
        def unwanted(*_: object, **__: object) -> None:
            raise AssertionError(f"nobody asks for {name}")

        return unwanted

    async def list_projects(self) -> ProjectListing:
        """Return all, by fifties."""
        await self._line.ask("repositories", -(-MANY // 50))
        return ProjectListing(tuple(self._projects))

    async def collaborator_names(self, project: Project) -> frozenset[str]:
        """Return who was let in."""
        await self._line.ask("collaborators")
        return frozenset(self.people[project.id])

    async def collaborator_role(self, project: Project, username: str) -> Role:
        """Return what somebody may."""
        await self._line.ask("role")
        return self.people[project.id].get(username, Role.NONE)

    async def find_repository(self, full_name: str) -> Project:
        """Return the blueprint."""
        await self._line.ask("blueprint")
        return BLUEPRINT

    async def commits(self, project: Project, ref: str) -> CommitPage:
        """Return the newest commit: of the blueprint, or of a project."""
        await self._line.ask("blueprint" if project is BLUEPRINT else "commits")
        head = Commit(self.heads.get(project.id, ""), "", "", NOON)
        return CommitPage((head,) if head.sha else (), 0, 1, False)

    async def folder(self, project: Project, tree: str, start: int = 0) -> FolderPage:
        """Return the one file of the blueprint, where it was brought in."""
        await self._line.ask("folder")
        return FolderPage((Entry("site.yml", EntryKind.FILE, "1"),), 0, 1)

    async def read_file(self, project: Project, commit: str, path: str, most: int) -> FileContent:
        """Return a file of the blueprint."""
        await self._line.ask("file")
        return FileContent(b"x", 1, "1")

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Take files."""
        await self._line.ask("write")
        self.heads[project.id] = f"{project.id} with it"
        return self.heads[project.id]

    async def let_in(self, project: Project, username: str, role: Role) -> None:
        """Let somebody in."""
        await self._line.ask("write")
        self.people[project.id][username] = role


class Rooms:
    """A run engine in memory; a look costs six requests."""

    upstream = "runs"

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rooms: dict[str, tuple[Room, RoomContent]] = {}

    async def user(self) -> str:
        """Return who one is."""
        await self._line.ask("user")
        return "admin"

    async def rooms(self) -> tuple[Room, ...]:
        """Return all rooms."""
        await self._line.ask("rooms")
        return tuple(room for room, _ in self._rooms.values())

    async def people(self) -> frozenset[str]:
        """Return who has an account."""
        await self._line.ask("people")
        return frozenset({"admin", "olga", "mika", "gus"})

    async def may_create_rooms(self) -> bool:
        """Say that one may."""
        await self._line.ask("user")
        return True

    async def create_room(self, name: str) -> Room:
        """Make a room."""
        await self._line.ask("write")
        room = Room(str(len(self._rooms) + 1), name)
        self._rooms[room.id] = room, RoomContent({"admin": Role.OWNER})
        return room

    async def look(self, room: str) -> RoomContent:
        """Return what is in a room."""
        await self._line.ask("look", 6)
        return self._rooms[room][1]

    async def set_member(self, room: str, username: str, role: Role) -> None:
        """Take somebody in."""
        await self._line.ask("write")
        there, content = self._rooms[room]
        members = {**content.members, username: role}
        self._rooms[room] = there, RoomContent(members, content.things, content.ids)

    async def delete_room(self, room: str) -> None:
        """Fail: no room shall go."""
        raise AssertionError(f"no room goes: {room}")

    async def put_out(self, room: str, username: str) -> None:
        """Fail: nobody shall go."""
        raise AssertionError(f"nobody goes: {room} {username}")

    async def put(
        self, room: str, thing: Thing, content: RoomContent, secrets: Mapping[str, str]
    ) -> RoomContent:
        """Keep a thing."""
        await self._line.ask("write")
        there, kept = self._rooms[room]
        key = (thing.part, thing.name)
        things: Mapping[tuple[Part, str], Thing] = {**kept.things, key: thing}
        after = RoomContent(kept.members, things, {**kept.ids, key: len(things)})
        self._rooms[room] = there, after
        return after


@asynccontextmanager
async def passing(clock: HandClock) -> Any:
    """Let time pass while the block lasts, as soon as everybody waits for it."""

    async def move() -> None:
        while True:
            for _ in range(20):  # whoever was woken has its turn before time goes on
                await asyncio.sleep(0)
            await clock.advance(LATENCY_S / 4)

    task = asyncio.create_task(move())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_five_hundred_projects(tmp_path: Path) -> None:
    """The second pass writes nothing, asks each project at most ten times, and never idles."""
    clock = HandClock()
    line = Line(clock)
    projects = [
        Project(
            ProjectId(f"git:{number}"), f"site-{number}", f"site-{number}", ProjectKind.GIT,
            f"http://git/net/site-{number}", created_by="net",
            grant=Grant("olga", "owner", Role.OWNER),
            manifest=ProjectManifest(members=MEMBERS, engine="runs", blueprint="net/b"),
        )
        for number in range(MANY)
    ]  # fmt: skip
    access = Access()
    access.learn(projects)
    ours = FakeClock()
    care = ProjectCareService(
        [Keeper(line, projects)],  # type: ignore[list-item]
        [], [Rooms(line)], MemorySyncBook(), KnownSealer(), KnownSecrets(), FakeClaims(), access,
        Standings(Bus()), Record(MemoryAuditBook(), access, Bus(), ours), Bus(), ours,
    )  # fmt: skip
    deadline = ours.now() + timedelta(seconds=600)
    async with passing(clock):
        first = await care.run_once(SYSTEM, deadline, applies=True)
        assert not [one.errors or one.left for one in first if one.errors or one.left]
        line.asked.clear()
        begun = clock.now()
        second = await care.run_once(SYSTEM, deadline, applies=True)
        took_s = (clock.now() - begun) / 1e9
    assert all(one.is_in_step and not one.done for one in second)
    assert line.asked["write"] == 0
    shared = line.asked["repositories"] + line.asked["rooms"] + line.asked["people"]
    assert line.asked["folder"] == 0  # where nothing moved on nobody looks into folders
    assert line.asked["blueprint"] == 2  # for all
    shared += line.asked["blueprint"]
    total = line.asked.total()
    assert total - shared - line.asked["user"] <= 10 * MANY
    assert took_s <= 1.25 * total * LATENCY_S / AT_ONCE
