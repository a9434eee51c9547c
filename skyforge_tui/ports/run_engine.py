"""Something that executes templates and keeps what they wrote."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import RunId, TemplateId
from skyforge_tui.domain.run import Run, RunDetail, RunSpec


@dataclass(frozen=True, slots=True)
class RunListing:
    """What an engine holds: runs that were read, and ids that could not be.

    An unreadable id is present upstream: nothing may be deleted because of it.
    """

    runs: tuple[RunDetail, ...]
    unreadable: frozenset[RunId] = frozenset()


@dataclass(frozen=True, slots=True)
class HeldRuns:
    """Which runs there are, as far as the engine lists them.

    An engine that lists only the newest says nothing of older ones: those are in neither part.
    """

    ids: frozenset[RunId]
    gone: frozenset[RunId] = frozenset()
    """Of those that were known: what is certainly not there any more."""


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


@dataclass(frozen=True, slots=True)
class OutputWhole:
    """All output of a run that happened elsewhere is here now."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class StillThere:
    """The upstream answered, and had nothing new to say."""


@dataclass(frozen=True, slots=True)
class WatchLost:
    """The upstream does not answer; the watch goes on by itself once it does."""

    error: SkyforgeError
    attempt: int
    """How many times it was tried to get it back."""
    retry_at: datetime
    """When it is tried next."""


News = WatchBegan | WatchLost | StillThere | RunSeen | OutputSeen | OutputWhole


class RunEngine(Protocol):
    """Starts, lists, stops and watches runs of one upstream instance."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Say which runs the engine holds, and which of the `known` ones it does not; cheap.

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
            Unavailable: it could not be started, or it is not known whether it was.
            Refused, NotFound: the engine does not start it.
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

    def watch(self) -> AsyncGenerator[News, None]:
        """Yield changes of runs and growth of their output as they happen, without polling.

        `WatchBegan` comes first: a generator does nothing until it is asked, so whoever looked
        before that looks once more. Runs started by other processes on the same state are seen
        too. Ends only when closed.

        Raises:
            Unavailable: watching is not possible.
        """
        ...


@runtime_checkable
class Confirming(RunEngine, Protocol):
    """An engine whose runs may wait until somebody lets them go on."""

    async def confirm(self, run_id: RunId) -> None:
        """Let a run go on.

        Raises:
            NotFound: there is no such run.
            Conflict: it does not wait for that.
        """
        ...

    async def reject(self, run_id: RunId) -> None:
        """End a run instead of letting it go on.

        Raises: as `confirm`; Conflict also where the server does not know how to reject.
        """
        ...


@runtime_checkable
class Deep(RunEngine, Protocol):
    """An engine that lists the newest runs by itself, and older ones when it is asked."""

    async def older(self, template_ids: Collection[TemplateId]) -> RunListing:
        """Read every run of these templates that can be listed, however old: a request for each.

        Raises:
            Unavailable: they cannot be listed.
        """
        ...


@runtime_checkable
class Elsewhere(RunEngine, Protocol):
    """An engine that runs things elsewhere: its output has to be brought here to be read.

    It may be unreachable for a while; what is known stays.
    """

    async def follow(self, run_id: RunId) -> None:
        """Bring a run's output here from now on, as it comes; as often as `unfollow` undoes it.

        Returns when there is a place to read it from. Output comes only while somebody watches.

        Raises:
            NotFound: no run is called so.
            Unavailable: its output cannot be kept here.
        """
        ...

    def unfollow(self, run_id: RunId) -> None:
        """Undo one `follow`."""
        ...

    async def bring(self, run_id: RunId) -> None:
        """Bring the output here as it is there now; of an ended run, all there will ever be.

        Raises:
            NotFound: there is no such run.
            Unavailable: it does not come; what is here stays.
        """
        ...
