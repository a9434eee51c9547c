"""Something that runs labs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource


@dataclass(frozen=True, slots=True)
class LabQuery:
    """Which labs are asked for."""

    owner: str = ""
    """Only the labs of this person; empty means everybody's."""
    is_brief: bool = False
    """Whether states and steps are enough: no program is started, no node is counted."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """How many nodes topologies of the workspace name, by folder: worth something as long as the
    provider cannot count them."""


EVERY_LAB = LabQuery()


@dataclass(frozen=True, slots=True)
class LabListing:
    """Labs that were found, how those who were asked answered, and what could not be read."""

    labs: tuple[Lab, ...]
    sources: tuple[LabSource, ...]
    """One per provider asked. One that is not live has no labs here: nobody invents any."""
    unreadable: frozenset[LabId] = frozenset()
    """Labs that are there but could not be read: nothing may be forgotten because of that."""
    is_brief: bool = False
    """Whether nodes were not counted: what was known of them still holds."""

    @property
    def active(self) -> LabListing:
        """The same with the labs alone that run or are on their way."""
        return replace(self, labs=tuple(one for one in self.labs if one.state.is_active))


Metadata = Mapping[str, object]
"""An open map of what a provider knows of a lab; at least `lab_id` and `name`."""


class LabProvider(Protocol):
    """Lists and describes the labs of one instance; a failure to answer is a source, not an error.

    Neither listing raises because the provider is missing, late or broken: the listing's source
    then has mode `error` or `disabled` and says why.
    """

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    @property
    def kind(self) -> str:
        """What it is (`netlab`, `eve`, …)."""
        ...

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs that run or are on their way."""
        ...

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab the provider knows of, failed and stopped ones too."""
        ...

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what is known of every lab.

        Raises:
            Unavailable: the provider did not answer.
        """
        ...

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what is known of one lab.

        Raises:
            NotFound: there is no such lab.
            Unavailable: the provider did not answer.
        """
        ...

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes, links and steps; what is not to be had is in `missing`.

        Raises: as `get_metadata`.
        """
        ...


@runtime_checkable
class ProgressStamp(Protocol):
    """Tells cheaply whether labs have moved on."""

    async def progress_stamp(self) -> str:
        """Return a text that differs whenever a lab may have moved on; costs next to nothing."""
        ...


@runtime_checkable
class Pushing(Protocol):
    """Tells by itself when labs move."""

    def changes(self) -> AsyncGenerator[None, None]:
        """Yield whenever a lab may have moved; nothing that happened before is told.

        Raises:
            Unavailable: the provider does not tell, or not any more.
        """
        ...


@runtime_checkable
class Reporter(Protocol):
    """Writes reports on a lab."""

    async def report(self, lab_id: LabId, name: str) -> str:
        """Return the report people call `name`, as text.

        Raises:
            NotFound: there is no such lab or report.
            Unavailable: the provider did not answer.
        """
        ...


@runtime_checkable
class GraphSource(Protocol):
    """Draws a lab."""

    async def graph(self, lab_id: LabId) -> str:
        """Return the lab's links in the DOT language.

        Raises:
            NotFound: there is no such lab.
            Unavailable: the provider did not answer, or drew nothing.
        """
        ...
