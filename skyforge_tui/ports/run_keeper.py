"""Something that keeps ended runs until somebody removes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from skyforge_tui.domain.identity import ProjectId, RunId
from skyforge_tui.domain.run import Run


class RunKeeper(Protocol):
    """Removes runs for good, with all that is kept of them there; never one that goes on."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    @property
    def project_id(self) -> ProjectId:
        """What stands for it: whoever owns that may remove."""
        ...

    async def all(self) -> Sequence[Run]:
        """Return every run there that this person started, however old.

        Raises:
            Unavailable, NotSignedIn: it does not answer.
        """
        ...

    async def remove(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        """Remove these runs; return those that are gone. One that goes on is not.

        Raises: as `all`.
        """
        ...
