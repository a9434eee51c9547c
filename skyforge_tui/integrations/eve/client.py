"""Asks an EVE-NG server; what changes something is in `acts`.

Source: EVE-NG Community 2.0.3 and 6.2, UNetLab 1.0.0-11, `/api`; Pro as clients observe it. Of what
looks harmless here, listing a folder moves the account's browser there: an account of its own is
advised. The topology is never asked for unasked: it opens the lab in that browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from skyforge_tui.integrations.eve import paths, wire
from skyforge_tui.integrations.eve.acts import EveActs
from skyforge_tui.integrations.eve.envelope import Said, decoded, read_envelope, text
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError

T = TypeVar("T")
_SLICE: Final = 200
"""Nodes that are read before others have their turn."""


class EveClient:
    """Speaks with the server behind `http`, whose address is that of its page."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http
        self.acts = EveActs(http)

    # The server, and who one is.

    async def who(self) -> wire.Who:
        """Return who one is here."""
        return await self._read("/api/auth", wire.who)

    async def status(self) -> wire.Status:
        """Return how the host is.

        Raises:
            HttpError: failed, where it cannot tell.
        """
        return await self._read("/api/status", wire.status)

    async def templates(self) -> dict[str, str]:
        """Return what nodes can be, by name; those without an image end in `.missing`."""
        return await self._read("/api/list/templates/", wire.templates)

    async def running(self) -> tuple[wire.RunningLab, ...] | None:
        """Return what runs in every pod; None where the edition does not tell (only Pro does)."""
        try:
            return await self._read("/api/runninglabs", wire.running)
        except HttpError as error:
            if error.kind != "missing":
                raise
            return None

    # Folders and labs.

    async def folder(self, path: str) -> wire.Folder:
        """Return what is in a folder.

        Raises:
            HttpError: missing, if it is gone; invalid, if it cannot be asked for.
        """
        return await self._read(paths.folder_at(path), wire.folder)

    async def lab(self, path: str) -> wire.LabInfo:
        """Return what a lab says of itself.

        Raises:
            HttpError: missing, if it is gone; invalid, if it cannot be asked for, or read there.
        """
        return await self._read(paths.lab_at(path), wire.lab)

    async def nodes(self, path: str) -> tuple[wire.Node, ...]:
        """Return the nodes of a lab with their states as this account's pod sees them.

        Raises: as `lab`.
        """
        where = f"{paths.lab_at(path)}/nodes"
        said = read_envelope(await self.http.call("GET", where))
        found: list[wire.Node] = []
        try:
            for count, one in enumerate(wire.nodes(said.data)):
                found.append(one)
                if count % _SLICE == _SLICE - 1:
                    await asyncio.sleep(0)
        except ValueError as error:
            raise _unreadable(where, error) from None
        return tuple(found)

    async def networks(self, path: str) -> tuple[wire.Network, ...]:
        """Return the networks of a lab. Raises: as `lab`."""
        return await self._read(f"{paths.lab_at(path)}/networks", wire.networks)

    async def interfaces(self, path: str, node: int) -> tuple[wire.Interface, ...]:
        """Return the Ethernet interfaces of a node. Raises: as `lab`."""
        where = f"{paths.lab_at(path)}/nodes/{node}/interfaces"
        return await self._read(where, wire.interfaces)

    async def config(self, path: str, node: int) -> str:
        """Return the configuration that a lab keeps for a node.

        Raises:
            HttpError: as `lab`; invalid, if none is kept.
        """

        def content(data: msgspec.Raw) -> str:
            said = decoded(data)
            return text(said, "data") if isinstance(said, dict) else ""

        return await self._read(f"{paths.lab_at(path)}/configs/{node}", content)

    async def topology(self, path: str) -> tuple[wire.Edge, ...]:
        """Return every link, which opens the lab for this account: never unasked, never twice.

        Raises: as `lab`.
        """
        where = f"{paths.lab_at(path)}/topology"
        reply = await self.http.call("GET", where, is_idempotent=False)
        return _shaped(read_envelope(reply), wire.topology, where)

    async def _read(self, where: str, shape: Callable[[msgspec.Raw], T]) -> T:
        return _shaped(read_envelope(await self.http.call("GET", where)), shape, where)


def _shaped(said: Said, shape: Callable[[msgspec.Raw], T], where: str) -> T:
    try:
        return shape(said.data)
    except ValueError as error:
        raise _unreadable(where, error) from None


def _unreadable(where: str, error: Exception) -> HttpError:
    return HttpError("unreadable", f"GET {where}: what came has another shape ({error})")
