"""A machine that has what a test puts there."""

from __future__ import annotations

from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from tests.fakes.waiting import Gate


class FakeMachine:
    """A machine on which everything is as it was put; what was not, is missing."""

    def __init__(self, *checks: Check) -> None:
        self.checks = {one.name: one for one in checks}
        self.asked: list[str] = []
        self.checking = Gate()

    @property
    def names(self) -> tuple[str, ...]:
        """The names."""
        return tuple(self.checks)

    async def check(self, name: str) -> Check:
        """Return what was put."""
        self.asked.append(name)
        await self.checking.pass_through()
        missing = Check(name, CheckGroup.TOOL, CheckState.MISSING, "nothing")
        return self.checks.get(name, missing)
