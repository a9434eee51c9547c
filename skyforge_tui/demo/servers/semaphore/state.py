"""All that a Semaphore server keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.people import Person, Role
from skyforge_tui.demo.servers.semaphore.habits import Habits
from skyforge_tui.demo.servers.semaphore.numbers import Numbers
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.things import (
    Environment,
    GitRepository,
    Inventory,
    Key,
    Project,
    Schedule,
    Template,
    Thing,
    View,
)

T = TypeVar("T", bound=Thing | View)


@dataclass(slots=True)
class Account:
    """A person's account."""

    id: int
    person: Person
    created: int


@dataclass(slots=True)
class Event:
    """Something that happened, for the activity page."""

    created: int
    project_id: int | None
    user_id: int | None
    object_id: int
    object_type: str
    description: str
    object_name: str = ""


@dataclass(slots=True)
class Room:
    """A project and everything in it; things by id."""

    project: Project
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: dict[int, Role] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    repositories: dict[int, GitRepository] = field(default_factory=dict)
    inventory: dict[int, Inventory] = field(default_factory=dict)
    environment: dict[int, Environment] = field(default_factory=dict)
    views: dict[int, View] = field(default_factory=dict)
    templates: dict[int, Template] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """The server's database."""

    estate: Estate
    habits: Habits
    numbers: Numbers
    accounts: dict[int, Account] = field(default_factory=dict)
    rooms: dict[int, Room] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    """In the order in which they were created."""
    _by_template: dict[tuple[int, int], dict[int, Run]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    """The oldest first."""

    def account(self, name: str) -> Account | None:
        """Find an account by user name or e-mail address, in any case."""
        wanted = name.lower()
        for one in self.accounts.values():
            if wanted in (one.person.username.lower(), one.person.email.lower()):
                return one
        return None

    def rooms_of(self, account: Account) -> Iterator[Room]:
        """Yield the projects that somebody sees."""
        for room in self.rooms.values():
            if account.person.is_admin or account.id in room.members:
                yield room

    def runs_in(self, project_id: int, template_id: int | None = None) -> Iterator[Run]:
        """Yield the runs of a project, or of a template, the newest first."""
        if template_id is not None:
            yield from reversed(self._by_template.get((project_id, template_id), {}).values())
            return
        for run in reversed(self.runs.values()):
            if run.project_id == project_id:
                yield run

    def count_runs(self, project_id: int, template_id: int) -> int:
        """Return how many runs a template has."""
        return len(self._by_template.get((project_id, template_id), ()))

    def add_run(self, run: Run) -> None:
        """Keep a run; it is the newest."""
        self.runs[run.id] = run
        self._by_template.setdefault((run.project_id, run.template_id), {})[run.id] = run

    def drop_run(self, run: Run) -> None:
        """Keep a run no more."""
        del self.runs[run.id]
        del self._by_template[run.project_id, run.template_id][run.id]

    def add_project(self, project: Project, owner: Account | None) -> Room:
        """Add a project, with the key and the environment that every project begins with."""
        project.id = self.numbers.next("project")
        room = Room(project)
        self.rooms[project.id] = room
        if owner is not None:
            room.members[owner.id] = Role.OWNER
        self.add(room, "keys", Key(name="None"))
        self.add(room, "environment", Environment(name="Empty"))
        return room

    def add(self, room: Room, kind: str, thing: T) -> T:
        """Add a thing to a project, under an id of its own."""
        thing.id = self.numbers.next(kind, room.project.id)
        thing.project_id = room.project.id
        getattr(room, kind)[thing.id] = thing
        return thing

    def tell(
        self,
        kind: str,
        object_id: int,
        description: str,
        *,
        room: Room | None = None,
        account: Account | None = None,
        name: str = "",
        at: int | None = None,
    ) -> None:
        """Write down that something happened, now or `at` another instant."""
        self.events.append(
            Event(
                self.estate.clock.now() if at is None else at,
                None if room is None else room.project.id,
                None if account is None else account.id,
                object_id,
                kind,
                description,
                name,
            )
        )
