"""Something that executes templates and keeps what they wrote."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import Run, RunDetail, RunSpec


@dataclass(frozen=True, slots=True)
class RunListing:
    """What an engine holds: runs that were read, and ids that could not be.

    An unreadable id is present upstream: nothing may be deleted because of it.
    """

    runs: tuple[RunDetail, ...]
    unreadable: frozenset[RunId] = frozenset()


@dataclass(frozen=True, slots=True)
class WatchBegan:
    """From here on nothing is missed; what changed since an earlier look may have been."""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run changed at the engine; a first sight is a change too."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class OutputSeen:
    """A run's output is `size` bytes long now."""

    run_id: RunId
    size: int


class RunEngine(Protocol):
    """Starts, lists, stops and watches runs of one upstream instance."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    async def ids(self) -> frozenset[RunId]:
        """Return the ids of all runs the engine holds; cheap.

        Raises:
            Unavailable: they cannot be listed. A partial list is never returned.
        """
        ...

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs; ids that vanished meanwhile are in neither part of the answer."""
        ...

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Start `spec`, with `secrets` added to its environment, and return the new run.

        Raises:
            Unavailable: it could not be started.
        """
        ...

    async def stop(self, run_id: RunId) -> None:
        """Ask for an end: interrupt, then terminate, then kill; asking again goes one step on.

        Raises:
            NotFound: there is no such run.
            Conflict: it has ended already.
        """
        ...

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Write `data` to the standard input of a run that has a terminal.

        Raises:
            NotFound, Conflict: as `stop`; Conflict also when it has no terminal.
        """
        ...

    def watch(self) -> AsyncGenerator[WatchBegan | RunSeen | OutputSeen, None]:
        """Yield changes of runs and growth of their output as they happen, without polling.

        `WatchBegan` comes first: a generator does nothing until it is asked, so whoever looked
        before that looks once more. Runs started by other processes on the same state are seen
        too. Ends only when closed.

        Raises:
            Unavailable: watching is not possible.
        """
        ...
