"""What the core needs to know about the machine it runs on."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.domain.machine import Check


class Machine(Protocol):
    """Looks at this machine. It changes nothing, and sends nothing anywhere."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all checks, in the order in which people read them."""
        ...

    async def check(self, name: str) -> Check:
        """Find out about one thing within a few seconds, whatever state it is in.

        A tool that hangs, fails or says nonsense is a finding, not a failure of the check.

        Raises:
            NotFound: there is no check of that name.
        """
        ...
