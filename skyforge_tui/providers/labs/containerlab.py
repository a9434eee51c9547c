"""Labs of containerlab, on this machine or on a host."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.errors import LOOK_AGAIN, Conflict, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import (
    Lab,
    LabDetail,
    LabLink,
    LabNode,
    LabSource,
    LabState,
    NodeState,
)
from skyforge_tui.domain.lab_action import ExportedLab
from skyforge_tui.integrations.containerlab.client import Containerlab
from skyforge_tui.integrations.containerlab.links import End
from skyforge_tui.integrations.containerlab.wire import Container
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs.containerlab_links import link_of, name_of, ports_of
from skyforge_tui.providers.labs.lab_accounts import as_account
from skyforge_tui.providers.labs.lab_folders import ENDING, archive_of, folder_of_topology
from skyforge_tui.providers.labs.lab_machine import with_machine

KIND: Final = "containerlab"
_INSTALL: Final = "install containerlab there, or take this part out of the configuration"
_ADVICE: Final = {
    "missing": _INSTALL,
    "oversized": "there, containerlab inspect --name LAB shows one lab",
}
_NO_LINKS: Final = "links: containerlab tells where a lab is kept since 0.68 only"
_NO_MOVE: Final = frozenset({"stats", "snapshot"})
_DOWN: Final = frozenset({"created", "paused", "exited", "restarting", "dead"})


class ContainerlabLabs:
    """Tells of the labs that containerlab runs where `client` asks it."""

    kind = KIND
    archive_ending = ENDING

    def __init__(
        self,
        client: Containerlab,
        clock: Clock,
        *,
        upstream: str,
        transport: str = "command",
        host: SshHost | None = None,
        user: str = "",
    ) -> None:
        """Ask `client`; of a `host`, where one is `user`, how its machine is, too."""
        self._host = host
        self._user = user
        self._client = client
        self._clock = clock
        self.upstream = upstream
        self._transport = transport

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs of which a node runs."""
        return (await self.list_for_user(query)).active

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab that has containers; a destroyed one is not known any more."""
        try:
            containers = await self._client.inspect()
        except TransportError as error:
            return LabListing((), (self._silent(error),), is_brief=query.is_brief)
        source = LabSource(
            self.upstream, KIND, UpstreamState.LIVE, self._transport, self._client.endpoint,
            as_of=self._clock.now(),
        )  # fmt: skip
        labs = (self._lab(name, some) for name, some in by_lab(containers).items())
        wanted = tuple(one for one in labs if query.owner in ("", one.owner))
        listing = LabListing(wanted, (source,), is_brief=query.is_brief)
        if self._host is None:
            return listing
        return as_account(await with_machine(listing, self._host, self._user), self._user)

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what containerlab tells of every lab."""
        labs = by_lab(await self._asked())
        found = (self._metadata(name, some) for name, some in labs.items())
        return tuple(one for one in found if query.owner in ("", one["owner"]))

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what containerlab tells of one lab."""
        return self._metadata(native_of(lab_id), await self._containers(lab_id))

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes."""
        some = await self._containers(lab_id)
        lab = self._lab(native_of(lab_id), some)
        missing: list[str] = []
        links = await self._links(lab, some, missing)
        return LabDetail(lab, tuple(map(_node, some)), links, missing=tuple(missing))

    async def _links(
        self, lab: Lab, some: Sequence[Container], missing: list[str]
    ) -> tuple[LabLink, ...]:
        """Return the links of a lab, as far as they are told; what is not is in `missing`."""
        if not lab.directory:
            missing.append(_NO_LINKS)
            return ()
        wired, seen = await asyncio.gather(
            self._client.links(lab.directory, lab.name), self._client.interfaces(lab.name),
            return_exceptions=True,
        )  # fmt: skip
        for what, error in (("links", wired), ("link states", seen)):
            if isinstance(error, TransportError):
                missing.append(f"{what}: {error.message}")
            elif isinstance(error, BaseException):
                raise error
        ports = {} if isinstance(seen, BaseException) else ports_of(some, seen)
        ends = () if isinstance(wired, BaseException) else wired
        return tuple(link_of(one, ports) for one in ends)

    async def set_link(self, lab_id: LabId, link: str, *, is_up: bool) -> None:
        """Have the nodes at a link's ends take it down, or up; of VMs what holds them does."""
        some = await self._containers(lab_id)
        lab = self._lab(native_of(lab_id), some)
        if not lab.topology:
            raise Conflict(_NO_LINKS, upstream=self.upstream, operation="lab.link")
        try:
            ends = await self._ends(lab, link)
            ports = ports_of(some, await self._client.interfaces(lab.name))
            mine = [ports[key] for one in ends if (key := (one.node, one.interface)) in ports]
            nodes = {one.name: one.node for one in some}
            for one in mine:
                await self._client.set_interface(
                    lab.topology, nodes[one.container], one.name, is_up=is_up
                )
        except TransportError as error:
            raise Unavailable(
                error.message, upstream=self.upstream, operation="lab.link"
            ) from error
        if not mine:
            raise Conflict(
                f"no node of {lab.name} holds an end of {link}", upstream=self.upstream,
                operation="lab.link",
            )  # fmt: skip

    async def _ends(self, lab: Lab, link: str) -> tuple[End, ...]:
        for ends in await self._client.links(lab.directory, lab.name):
            if name_of(ends) == link:
                return ends
        raise NotFound(f"no link {link} in {lab.name}", upstream=self.upstream)

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return the topology of a lab, and what containerlab and its nodes keep, as an archive."""
        native = native_of(lab_id)
        if folder := folder_of_topology(lab_id):
            return await self._packed(PurePosixPath(native).name, folder, PurePosixPath(native))
        topology = (await self._containers(lab_id))[0].topology
        if not topology:
            raise NotFound(
                f"containerlab does not tell where {native} is kept", upstream=self.upstream,
                advice="releases before 0.68 do not",
            )  # fmt: skip
        path = PurePosixPath(topology)
        return await self._packed(native, str(path.parent), path, f"clab-{native}")

    async def _packed(
        self, name: str, folder: str, topology: PurePosixPath, *more: str
    ) -> ExportedLab:
        try:
            content = await self._client.archive(folder, topology.name, *more)
        except TransportError as error:
            raise Unavailable(error.message, upstream=self.upstream) from error
        return archive_of(name, content)

    async def changes(self) -> AsyncGenerator[None, None]:
        """Yield whenever a container begins or ends."""
        try:
            async with aclosing(self._client.changes()) as events:
                async for event in events:
                    if event.type == "container" and event.action not in _NO_MOVE:
                        yield
        except TransportError as error:
            raise Unavailable(error.message, upstream=self.upstream) from error

    async def _asked(self) -> Sequence[Container]:
        try:
            return await self._client.inspect()
        except TransportError as error:
            advice = _ADVICE.get(error.kind, LOOK_AGAIN)
            raise Unavailable(error.message, upstream=self.upstream, advice=advice) from error

    async def _containers(self, lab_id: LabId) -> Sequence[Container]:
        found = by_lab(await self._asked()).get(native_of(lab_id))
        if not found:
            raise NotFound(f"there is no lab {native_of(lab_id)}", upstream=self.upstream)
        return found

    def _lab(self, name: str, some: Sequence[Container]) -> Lab:
        nodes = [_node(one) for one in some]
        up = sum(one.state is NodeState.UP for one in nodes)
        checked = [one.is_ready for one in nodes if one.state is NodeState.UP]
        is_known = bool(checked) and None not in checked
        first = some[0]
        down = [one for one in nodes if one.state is NodeState.DOWN]
        return Lab(
            id=LabId(f"{self.upstream}:{name}"),
            name=name,
            state=LabState.RUNNING if up else LabState.STOPPED,
            provider=self.upstream,
            kind=KIND,
            owner=first.owner,
            directory=str(PurePosixPath(first.topology).parent) if first.topology else "",
            topology=first.topology,
            nodes_total=len(nodes),
            nodes_up=up,
            ready=sum(map(bool, checked)) if is_known else None,
            note=f"{down[0].name}: {down[0].status or 'down'}" if up and down else "",
        )

    def _metadata(self, name: str, some: Sequence[Container]) -> dict[str, object]:
        lab = self._lab(name, some)
        return {
            "lab_id": lab.id, "name": name, "owner": lab.owner, "topology": lab.topology,
            "nodes": tuple(map(_node, some)),
        }  # fmt: skip

    def _silent(self, error: TransportError) -> LabSource:
        is_missing = error.kind == "missing"
        return LabSource(
            self.upstream, KIND,
            UpstreamState.DISABLED if is_missing else UpstreamState.ERROR,
            self._transport, self._client.endpoint, error.message,
            _ADVICE.get(error.kind, LOOK_AGAIN),
        )  # fmt: skip


def by_lab(containers: Sequence[Container]) -> dict[str, list[Container]]:
    """Return containers by the lab they say they are of, whatever they were listed with."""
    labs: dict[str, list[Container]] = defaultdict(list)
    for one in containers:
        if one.lab:
            labs[one.lab].append(one)
    return dict(labs)


def _node(one: Container) -> LabNode:
    state = NodeState.UP if one.is_up else NodeState.UNKNOWN
    return LabNode(
        name=one.node,
        device=one.kind,
        image=one.image,
        address=one.ipv4.partition("/")[0],
        connection="docker",
        state=NodeState.DOWN if one.state in _DOWN else state,
        is_ready=one.is_ready,
        status=one.status or one.state,
        machine=one.name,
    )
