"""Labs on a netlab host: what netlab there says, and what others wrote down of theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabState
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab.questions import StatusAnswer
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.finding import find_files
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs.lab_accounts import as_account
from skyforge_tui.providers.labs.lab_machine import machine_of, with_machine
from skyforge_tui.providers.labs.netlab import KIND
from skyforge_tui.providers.labs.netlab_command import NetlabCommandLabs

_NATIVE: Final = "state/"
"""What stands before the id of a lab that only its metadata tells of."""
_NO_NODES: Final = "nodes and links: only metadata.json tells of this lab"
_STATES: Final[Mapping[str, LabState]] = {
    "": LabState.RUNNING,  # who writes metadata of a lab mostly means that it runs
    "running": LabState.RUNNING,
    "started": LabState.RUNNING,
    "starting": LabState.STARTING,
    "stopping": LabState.STOPPING,
    "stopped": LabState.STOPPED,
    "failed": LabState.FAILED,
}
_NAMES: Final = ("name", "lab", "title", "scenario")
_OWNERS: Final = ("owner", "user", "username", "created_by")
_STATUSES: Final = ("status", "state")
_TIMES: Final = ("updated_at", "updatedAt", "timestamp")


class NetlabHostLabs(NetlabCommandLabs):
    """Tells of the labs of one host; `state_root` is a folder there with a folder for each lab."""

    _advice = "install networklab there, or say where it is: program = … in its configuration"

    def __init__(
        self,
        client: RemoteNetlab,
        host: SshHost,
        clock: Clock,
        *,
        owner: str,
        upstream: str,
        state_root: str = "",
    ) -> None:
        super().__init__(client, clock, owner=owner, upstream=upstream)
        self._host = host
        self._state_root = state_root

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab that netlab has an entry of, and those that metadata tells of."""
        listing = await self._with_metadata(await super().list_for_user(query), query)
        return as_account(await with_machine(listing, self._host, self._owner), self._owner)

    async def _with_metadata(self, listing: LabListing, query: LabQuery) -> LabListing:
        is_live = all(one.mode is UpstreamState.LIVE for one in listing.sources)
        if not self._state_root or not is_live:
            return listing
        try:
            told, unreadable = await self._read_metadata()
        except TransportError as error:
            return LabListing((), (self._silent(error),), is_brief=query.is_brief)
        labs = (self._lab(native, one) for native, one in told.items())
        wanted = tuple(one for one in labs if query.owner in ("", one.owner))
        return replace(
            listing,
            labs=listing.labs + wanted,
            unreadable=listing.unreadable | unreadable,
        )

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what netlab, and whoever wrote metadata, has written down of every lab."""
        found = await super().list_metadata(query)
        if not self._state_root:
            return found
        told, _ = await self._told(self._read_metadata())
        return (*found, *told.values())

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what is written down of one lab."""
        if not native_of(lab_id).startswith(_NATIVE):
            return await super().get_metadata(lab_id)
        told, _ = await self._told(self._read_metadata())
        if (found := told.get(native_of(lab_id))) is None:
            raise NotFound(f"no metadata of {native_of(lab_id)}", upstream=self.upstream)
        return found

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes, links and steps, as far as anybody tells them."""
        if not native_of(lab_id).startswith(_NATIVE):
            return await super().detail(lab_id)
        found = await self.get_metadata(lab_id)
        return LabDetail(self._lab(native_of(lab_id), found), missing=(_NO_NODES,))

    async def server(self) -> LabServer:
        """Return how the host is."""
        labs = (await super().list_for_user()).labs
        return await self._told(machine_of(self._host, self.upstream, self._owner, labs))

    def _transport(self, answer: StatusAnswer) -> str:
        return "ssh" if answer.transport == "command" else f"ssh, {answer.transport}"

    async def _read_metadata(self) -> tuple[dict[str, Metadata], frozenset[LabId]]:
        """Return the metadata by native id, and the ids of what makes no sense."""
        found = await find_files(self._host, [self._state_root], "metadata.json", 2)
        told: dict[str, Metadata] = {}
        unreadable = {self._id(_native(path)) for path in found.large}
        for path, data in found.files.items():
            native = _native(path)
            try:
                document = json.loads(data)
            except (ValueError, RecursionError):
                document = None
            if isinstance(document, dict):
                told[native] = {
                    **document,
                    "metadata_path": path,
                    "lab_id": native.removeprefix(_NATIVE),
                }
            else:
                unreadable.add(self._id(native))
        return told, frozenset(unreadable)

    def _lab(self, native: str, told: Mapping[str, Any]) -> Lab:
        status = _first(told, _STATUSES).lower()
        state = _STATES.get(status, LabState.UNKNOWN)
        return Lab(
            id=self._id(native),
            name=_first(told, _NAMES) or native.removeprefix(_NATIVE),
            state=state,
            provider=self.upstream,
            kind=KIND,
            owner=_first(told, _OWNERS),
            updated_at=_moment(_first(told, _TIMES)),
            note=f"its metadata says {status}" if state is LabState.UNKNOWN else "",
            scope="as its metadata says",
        )


def _native(path: str) -> str:
    """Return what the lab of a file of metadata is called: as its folder."""
    return f"{_NATIVE}{PurePosixPath(path).parent.name}"


def _first(told: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = told.get(key)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
