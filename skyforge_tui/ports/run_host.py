"""A run engine as a place where projects are set up: people, and the things that runs need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project_plan import Part, Thing


@dataclass(frozen=True, slots=True)
class Room:
    """A project of a run engine, by the engine's own id."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RoomContent:
    """Who is in a room and what it holds, whole; names are unique within a part."""

    members: Mapping[str, Role] = field(default_factory=dict)
    things: Mapping[tuple[Part, str], Thing] = field(default_factory=dict)
    ids: Mapping[tuple[Part, str], int] = field(default_factory=dict)


@runtime_checkable
class RunHost(Protocol):
    """Sets up rooms of one engine.

    All methods raise:
        Unavailable: the engine does not answer, or not with everything. Nothing partial is given.
        NotSignedIn, Forbidden, NotFound, Invalid, Conflict: it turns it down.
    """

    @property
    def upstream(self) -> str:
        """The engine's name."""
        ...

    async def user(self) -> str:
        """Return by which name one is signed in."""
        ...

    async def rooms(self) -> tuple[Room, ...]:
        """Return all rooms that one may see, by one request."""
        ...

    async def people(self) -> frozenset[str]:
        """Return the names of everybody who has an account, by one request."""
        ...

    async def may_create_rooms(self) -> bool:
        """Say whether one may make rooms."""
        ...

    async def create_room(self, name: str) -> Room:
        """Make a room, and become its owner."""
        ...

    async def delete_room(self, room: str) -> None:
        """Delete a room with everything in it; one that is gone is no error."""
        ...

    async def look(self, room: str) -> RoomContent:
        """Return what is in a room: a request for each part of it."""
        ...

    async def set_member(self, room: str, username: str, role: Role) -> None:
        """Take somebody in, or change what they are."""
        ...

    async def put_out(self, room: str, username: str) -> None:
        """Take somebody out; nothing happens to who was not in."""
        ...

    async def put(
        self, room: str, thing: Thing, content: RoomContent, secrets: Mapping[str, str]
    ) -> RoomContent:
        """Make a thing, or change the fields of the one of that name and leave all others.

        `content` is the room as last looked at: references are names in it. `secrets` has a value
        for each of the thing's. Returns what it holds then.
        """
        ...
