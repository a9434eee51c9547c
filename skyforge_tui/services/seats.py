"""Everybody in a project: whom its manifest names beside whom its servers let in, with why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from skyforge_tui.domain.errors import Forbidden, NotFound, SkyforgeError
from skyforge_tui.domain.identity import Role, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.seat import Seat
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.ports.sync_book import SyncBook, SyncMemory

Value = TypeVar("Value")
Told = Callable[[int, int], object]
"""Hears of how many people out of how many it is known by now what they may."""
_STEP: Final = 10
"""People between two words of how far it is."""


class Seats:
    """Asks the servers of a project for the people in it."""

    def __init__(
        self,
        keepers: Mapping[str, RepositoryKeeper],
        engines: Iterable[RunHost],
        book: SyncBook,
    ) -> None:
        self._keepers = keepers
        self._engines = {one.upstream: one for one in engines}
        self._book = book

    async def of(
        self, project: Project, manifest: ProjectManifest, told: Told
    ) -> tuple[str, tuple[Seat, ...]]:
        """Return the run engine that tells its members, empty if none does, and all people.

        Who is more comes first, then by name. It costs a request for each person, and some.

        Raises: as `RepositoryKeeper`.
        """
        members, memory = manifest.members, await self._book.memory(project.id)
        named = members.by_name()
        strangers: set[str] = set()
        inside = await self._on_engine(manifest.engine, memory)
        # Who is only there may run what is there: nobody is to be overlooked.
        there = await self._granted(project, {**(inside or {}), **named}, strangers, told)
        creator = project.created_by
        names = {one.lower(): one for one in (*there, *named, *([creator] if creator else []))}
        seats = [
            Seat(
                name,
                members.role_of(name) if members else None,
                _of(there, name),
                None if inside is None else _of(inside, name) or Role.NONE,
                is_creator=low == creator.lower(),
                is_stranger=name in strangers,
                is_open=bool(manifest.is_public),
                stays=_of(memory.stubborn, name) is not None,
            )
            for low, name in names.items()
        ]
        seats.sort(key=_rank)
        return "" if inside is None else manifest.engine, tuple(seats)

    async def _granted(
        self, project: Project, named: Iterable[str], strangers: set[str], told: Told
    ) -> Mapping[str, Role | None]:
        """Return what the repository's server grants, as far as it tells who asks.

        Whom it does not know at all becomes one of the `strangers`.
        """
        keeper = self._keepers[upstream_of(project.id)]
        me = project.grant.user if project.grant is not None else ""

        async def role(name: str) -> Role | None:
            try:
                return await keeper.collaborator_role(project, name)
            except NotFound:
                strangers.add(name)
                return Role.NONE
            except Forbidden:
                return None

        async def counted(name: str) -> None:
            known[name] = await role(name)
            if not len(known) % _STEP:
                told(len(known), len(names))

        names = {one.lower(): one for one in named}
        known: dict[str, Role | None] = {}
        try:
            names |= {one.lower(): one for one in await keeper.collaborator_names(project)}
        except Forbidden:
            return dict.fromkeys(named)
        asked = sorted(names.values(), key=lambda one: (one.lower() == me.lower(), one))
        for one in asked[:1]:
            await counted(one)
        if None in known.values():  # whoever may not ask of one may ask of oneself only
            others = [one for one in asked[1:] if one.lower() == me.lower()]
        else:
            others = asked[1:]
        for answer in await asyncio.gather(*map(counted, others), return_exceptions=True):
            if answer is not None:
                raise answer  # once all have ended
        return {**dict.fromkeys(asked), **known}

    async def _on_engine(self, name: str, memory: SyncMemory) -> Mapping[str, Role] | None:
        """Return who is in the project's room on its run engine; None where that is not known."""
        engine = self._engines.get(name)
        if engine is None or memory.engine != name or not memory.room:
            return None
        try:
            return (await engine.look(memory.room)).members
        except SkyforgeError:
            return None  # its light says so, and who is what does not hang on it


def _rank(seat: Seat) -> tuple[int, bool, str]:
    """Return what sorts people: who is more, then who is named, then by name."""
    declared = seat.declared or Role.NONE
    return (-max(declared, seat.role), not declared, seat.name.lower())


def _of(roles: Mapping[str, Value], name: str) -> Value | None:
    """Return what is said of somebody, whatever the case of their name."""
    return next((role for one, role in roles.items() if one.lower() == name.lower()), None)
