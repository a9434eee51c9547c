"""Says what this machine has and lacks for this program's work."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.machine import Check
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.machine import Machine
from skyforge_tui.services.authorization import Access, requires


class DoctorService:
    """What one may ask about this machine."""

    def __init__(self, machine: Machine, access: Access) -> None:
        self._machine = machine
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Refuse: a machine belongs to no project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.MACHINE_READ)
    async def names(self, principal: Principal) -> tuple[str, ...]:
        """Return the names of all checks, in reading order."""
        return self._machine.names

    @requires(Permission.MACHINE_READ)
    async def check(self, principal: Principal, name: str) -> Check:
        """Find out about one thing, within a few seconds.

        Raises:
            NotFound: there is no check of that name.
        """
        return await self._machine.check(name)

    @requires(Permission.MACHINE_READ)
    async def examine(self, principal: Principal) -> tuple[Check, ...]:
        """Find out about everything at the same time; in reading order."""
        return tuple(
            await asyncio.gather(*(self._machine.check(name) for name in self._machine.names))
        )
