"""What a lab provider may be able to do besides telling: each ability is one method.

A provider has the ability if it has the method; `Limited` says what of that its server cannot do.
Whatever acts on a lab first makes sure that it is there; none is ever carried out twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol, runtime_checkable

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab_action import (
    ExportedLab,
    LabAction,
    LabProgress,
    LabServer,
    NewLab,
)
from skyforge_tui.domain.lab_console import Console
from skyforge_tui.ports.lab_provider import LabProvider

Tell = Callable[[LabProgress], None]
"""Hears how far something long has come."""


@runtime_checkable
class LabStarter(Protocol):
    """Starts labs."""

    async def start(self, lab_id: LabId, tell: Tell) -> None:
        """Start every node; return when all run.

        Raises:
            NotFound: there is no such lab.
            Conflict: the lab is in another state than this needs.
            Unavailable: some nodes did not start, and which; or the provider did not answer, and
                what it did is told by a listing.
        """
        ...


@runtime_checkable
class LabStopper(Protocol):
    """Stops labs."""

    async def stop(self, lab_id: LabId, tell: Tell) -> None:
        """Stop every node; return when none runs. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class LabWiper(Protocol):
    """Lets nodes forget."""

    async def wipe(self, lab_id: LabId, tell: Tell) -> None:
        """Have every node forget what it keeps. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class ConfigSaver(Protocol):
    """Keeps running configurations."""

    async def save(self, lab_id: LabId, tell: Tell) -> None:
        """Keep the running configurations in the lab. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class LabExporter(Protocol):
    """Hands labs out as files."""

    @property
    def archive_ending(self) -> str:
        """How the names of such files end, with the dot."""
        ...

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return a lab as a file.

        Raises: NotFound, Unavailable.
        """
        ...


@runtime_checkable
class NodeStarter(Protocol):
    """Starts single nodes."""

    async def start_node(self, lab_id: LabId, node: str) -> None:
        """Start one node, called by its name. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class NodeStopper(Protocol):
    """Stops single nodes."""

    async def stop_node(self, lab_id: LabId, node: str) -> None:
        """Stop one node, called by its name. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class LinkSwitch(Protocol):
    """Takes links down and up."""

    async def set_link(self, lab_id: LabId, link: str, *, is_up: bool) -> None:
        """Take a link down or up, called by its name. Raises: as `LabStarter.start`."""
        ...


@runtime_checkable
class ConsoleTeller(Protocol):
    """Knows where consoles are."""

    async def console(self, lab_id: LabId, node: str) -> Console:
        """Return where a node's console is.

        Raises:
            NotFound: there is no such lab or node.
            Invalid: what the provider calls its address is none.
            Unavailable: the provider did not answer.
        """
        ...


@runtime_checkable
class ConfigTeller(Protocol):
    """Knows the configurations that labs keep."""

    async def config(self, lab_id: LabId, node: str) -> str:
        """Return the configuration that a lab keeps for a node, called by its name.

        Raises:
            NotFound: there is no such lab or node, or none is kept.
            Unavailable: the provider did not answer.
        """
        ...


@runtime_checkable
class PageTeller(Protocol):
    """Knows web pages of labs."""

    async def page(self, lab_id: LabId) -> str:
        """Return the address under which a browser shows a lab."""
        ...


@runtime_checkable
class LabCreator(Protocol):
    """Makes labs."""

    async def create(self, lab: NewLab) -> LabId:
        """Make an empty lab.

        Raises:
            Conflict: there is one of that name.
            Invalid: it cannot be called so.
            Unavailable: the provider did not answer.
        """
        ...


@runtime_checkable
class LabLocker(Protocol):
    """Protects labs from being edited."""

    async def lock(self, lab_id: LabId, *, is_locked: bool) -> None:
        """Let nobody edit a lab, or anybody again. Raises: NotFound, Unavailable."""
        ...


@runtime_checkable
class ServerTeller(Protocol):
    """Knows the machine that runs the labs."""

    async def server(self) -> LabServer:
        """Return how the machine is.

        Raises:
            Unavailable: it did not answer.
        """
        ...


@runtime_checkable
class Limited(Protocol):
    """Has methods for more than its server can do, or knows why it lacks some."""

    def limits(self) -> Mapping[LabAction, str]:
        """Return what this server, or this account there, cannot do, and why; from memory."""
        ...


ABILITIES: Final[Mapping[LabAction, type[object]]] = {
    LabAction.START: LabStarter,
    LabAction.STOP: LabStopper,
    LabAction.WIPE: LabWiper,
    LabAction.SAVE: ConfigSaver,
    LabAction.EXPORT: LabExporter,
    LabAction.NODE_START: NodeStarter,
    LabAction.NODE_STOP: NodeStopper,
    LabAction.LINK: LinkSwitch,
    LabAction.CONSOLE: ConsoleTeller,
    LabAction.CONFIG: ConfigTeller,
    LabAction.PAGE: PageTeller,
    LabAction.CREATE: LabCreator,
    LabAction.LOCK: LabLocker,
    LabAction.SERVER: ServerTeller,
}


def why_not(provider: LabProvider, action: LabAction) -> str:
    """Say why a provider cannot do something; empty when it can."""
    limit = provider.limits().get(action, "") if isinstance(provider, Limited) else ""
    if not isinstance(provider, ABILITIES[action]):
        return limit or f"{provider.kind} cannot {action.words}"
    return limit
