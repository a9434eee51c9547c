"""A project's room on its run engine, kept in step: who is in it, and what its runs need.

All is asked for first, and it raises rather than tell a part of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project_plan import Act, Part, Step, Thing, people_steps, thing_steps
from skyforge_tui.ports.run_host import Room, RoomContent, RunHost
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.project_wishes import BEGINNINGS, people_of, secrets_of, things_of
from skyforge_tui.services.sync_sides import Known


class EngineLists:
    """Whole lists of a run engine, asked for once in a pass however many projects want them."""

    def __init__(self, host: RunHost) -> None:
        self.host = host
        self._rooms: list[Room] | None = None
        self._people: frozenset[str] | None = None
        self._user: str | None = None
        self._may_create: bool | None = None
        self._asking = asyncio.Lock()

    async def rooms(self) -> list[Room]:
        """Return all rooms, with those made since."""
        async with self._asking:
            if self._rooms is None:
                self._rooms = list(await self.host.rooms())
            return self._rooms

    async def people(self) -> frozenset[str]:
        """Return everybody who has an account."""
        async with self._asking:
            if self._people is None:
                self._people = await self.host.people()
            return self._people

    async def user(self) -> str:
        """Return who one is there."""
        async with self._asking:
            if self._user is None:
                self._user = await self.host.user()
            return self._user

    async def why_no_room(self, name: str) -> str:
        """Say why one cannot have a room made, and whom to ask; empty where one can."""
        async with self._asking:
            if self._may_create is None:
                self._may_create = await self.host.may_create_rooms()
        if self._may_create:
            return ""
        return (
            f"{self.host.upstream}: only its administrators make projects: ask one for a project "
            f"named {name}, with you as owner"
        )


class EngineSide:
    """The project's room on its run engine: who is in it, and what its runs need."""

    def __init__(self, known: Known, lists: EngineLists) -> None:
        self._known = known
        self._lists = lists
        self._host = lists.host
        self._content = RoomContent()

    @property
    def name(self) -> str:
        """The engine's name."""
        return self._host.upstream

    async def look(self) -> list[Step]:
        """Return what is due."""
        steps: list[Step] = []
        room = await self._find_room()
        if room is None:
            why = await self._lists.why_no_room(self._room_name)
            steps.append(Step(Part.ENGINE, Act.CREATE, self._room_name, refused=why))
            self._content = RoomContent({await self._lists.user(): Role.OWNER})
        memory = self._known.memory
        if (memory.engine, memory.room) != (self._host.upstream, room):
            memory = replace(memory, written={})  # of another room nothing is known
        self._known.memory = replace(memory, engine=self._host.upstream, room=room or "")
        steps += await self._member_steps()
        known, things = self._known, self._content.things
        wanted = things_of(known.project, known.manifest, self._address, known.secrets, things)
        marks = {key: mark for thing in wanted for key, mark in self._marks(thing).items()}
        due = thing_steps(wanted, things, known.memory.written, known.seal, marks)
        return steps + [_begun(step) for step in due]

    async def do(self, step: Step) -> None:
        """Take a step."""
        room = self._known.memory.room
        if step.part is Part.ENGINE:
            made = await self._host.create_room(step.name)
            (await self._lists.rooms()).append(made)
            self._known.memory = replace(self._known.memory, room=made.id)
            self._content = await self._host.look(made.id)  # it begins with things of its own
        elif step.part is not Part.MEMBER:
            await self._put(room, step)
        elif step.act is Act.REMOVE:
            await self._host.put_out(room, step.name)
        else:
            await self._host.set_member(room, step.name, step.role)

    async def _put(self, room: str, step: Step) -> None:
        if step.thing is None:
            raise ValueError(f"nothing to put: {step.words}")
        known, thing = self._known, step.thing
        hidden = secrets_of(thing, known.secrets)
        self._content = await self._host.put(room, thing, self._content, hidden)
        marks = self._marks(thing)
        if step.part is Part.VARIABLES:
            marks |= {name: known.seal.mark(name, value) for name, value in thing.fields.items()}
        written = {**known.memory.written, **marks}
        self._known.memory = replace(known.memory, written=written)

    def _marks(self, thing: Thing) -> dict[str, str]:
        """Return the marks of what is secret of a thing, as they are remembered."""
        values = secrets_of(thing, self._known.secrets)
        names = {name: thing.mark_name(name) for name in values}
        return {key: self._known.seal.mark(key, values[name]) for name, key in names.items()}

    @property
    def _room_name(self) -> str:
        return self._known.manifest.name or self._known.project.name

    @property
    def _address(self) -> str:
        return f"{self._known.project.path}.git"

    async def _find_room(self) -> str | None:
        """Look into the room that is this project's, and return its id.

        Not known yet, it is the one of its name that holds its repository, or holds none; one that
        belongs to another repository is noted and left alone.
        """
        rooms, memory = await self._lists.rooms(), self._known.memory
        if memory.engine == self._host.upstream and any(one.id == memory.room for one in rooms):
            self._content = await self._host.look(memory.room)
            return memory.room
        for room in rooms:
            if room.name != self._room_name:
                continue
            content = await self._host.look(room.id)
            urls = {
                thing.fields.get("url", "")
                for (part, _), thing in content.things.items()
                if part is Part.REPOSITORY
            }
            if self._address in urls or not urls:
                self._content = content
                return room.id
            owner = ", ".join(sorted(urls))
            self._known.notes.append(f"{room.name} ({room.id}) there belongs to {owner}")
        return None

    async def _member_steps(self) -> list[Step]:
        manifest, project = self._known.manifest, self._known.project
        if not manifest.members:
            return []
        accounts = {name.lower() for name in await self._lists.people()}
        people = dict(people_of(project, manifest))
        if project.created_by.lower() in accounts:
            people[project.created_by] = Role.OWNER
        for name in [one for one in people if one.lower() not in accounts]:
            self._known.notes.append(f"{name} has no account at {self._host.upstream}")
            del people[name]
        spared = [await self._lists.user()]
        return people_steps(Part.MEMBER, people, self._content.members, spared)


def engine_sides(
    known: Known, lists: Mapping[str, EngineLists], access: Access
) -> tuple[list[EngineSide], list[str]]:
    """Return the side of the run engine that a manifest names, and why there is none if it does."""
    engine = known.manifest.engine
    if not engine:
        return [], []
    if engine not in lists:
        names = ", ".join(lists) or "none"
        return [], [f"no run engine is called {engine} here; there are: {names}"]
    if access.guard(f"{engine}:") is Guard.READ_ONLY:
        return [], [f"{engine} is read-only from here: nothing is changed there"]
    return [EngineSide(known, lists[engine])], []


def _begun(step: Step) -> Step:
    """Return the step, with what a new thing begins with."""
    if step.thing is None or step.act is not Act.CREATE:
        return step
    thing = step.thing
    fields = {**BEGINNINGS.get(thing.part, {}), **thing.fields}
    return replace(step, thing=replace(thing, fields=fields))
