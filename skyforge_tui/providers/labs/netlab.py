"""Labs that netlab runs, on this machine for the person who started the program, or on a host."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from skyforge_tui.domain.errors import LOOK_AGAIN, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabNode, LabSource, LabState
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import wire
from skyforge_tui.integrations.netlab.place import Surroundings
from skyforge_tui.integrations.netlab.questions import NetlabQuestions, StatusAnswer
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs import netlab_words as words
from skyforge_tui.providers.labs.netlab_plan import Plan, Plans
from skyforge_tui.providers.labs.ssh_consoles import SshConsoles

KIND = "netlab"
_INSTALL = "install networklab, or start skyforge in the environment that has it"
_ASKED_AT_ONCE = 2
"""Labs whose nodes are asked for side by side: every one costs a program start."""

_NOT_WATCHED = (
    "node states: netlab does not watch nodes of provider external; they are as its start left them"
)

Answer = TypeVar("Answer")


class NetlabLabs(SshConsoles):
    """Tells of the labs that netlab has started where `client` asks it."""

    kind = KIND
    _advice = _INSTALL
    """What to do where there is no netlab."""

    def __init__(
        self, client: NetlabQuestions, clock: Clock, *, owner: str, upstream: str = KIND
    ) -> None:
        self._client = client
        self._clock = clock
        self._owner = owner
        self.upstream = upstream
        self._turns = asyncio.Semaphore(_ASKED_AT_ONCE)
        self._left_behind: set[tuple[str, str]] = set()
        self._plans = Plans(client)

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs that run or are on their way."""
        return (await self.list_for_user(query)).active

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab that netlab has an entry of."""
        labs: tuple[Lab, ...] = ()
        try:
            answer = await self._ask(brief=query.is_brief)
            if query.owner in ("", self._owner):
                labs = await self._labs(answer.status.labs, query)
        except TransportError as error:
            return LabListing((), (self._silent(error),), is_brief=query.is_brief)
        source = LabSource(
            self.upstream, KIND, UpstreamState.LIVE, self._transport(answer),
            self._client.endpoint, answer.why, as_of=self._clock.now(),
        )  # fmt: skip
        unreadable = frozenset(map(self._id, answer.status.unreadable))
        return LabListing(labs, (source,), unreadable, query.is_brief)

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what netlab has written down of every lab."""
        answer = await self._told(self._ask(brief=query.is_brief))
        if query.owner and query.owner != self._owner:
            return ()
        return tuple(self._metadata(entry) for entry in answer.status.labs)

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what netlab has written down of one lab, with its nodes and links."""
        entry = await self._entry(lab_id)
        found = await self._detail(entry)
        return {**self._metadata(entry), "nodes": found.nodes, "links": found.links}

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes, links and steps."""
        return await self._detail(await self._entry(lab_id))

    async def _detail(self, entry: wire.LabEntry) -> LabDetail:
        around = await self._told(self._around([entry]))
        lab = self._read(entry, around)
        if not around.folder(entry.directory).is_there:
            why = f"nodes and links: {entry.directory} is not there any more"
            return LabDetail(lab, (), (), words.steps(entry), (why,))
        missing: list[str] = []
        (lab, seen), plan = await asyncio.gather(
            self._counted(entry, lab, missing), self._plan(entry, around, missing)
        )
        nodes = seen or words.nodes(words.machines(plan.nodes), entry)
        lab = replace(
            words.so_far(lab, entry, len(nodes)),
            nodes_total=len(nodes) or lab.nodes_total,
            topology=lab.topology or plan.file,
        )
        return LabDetail(lab, nodes, plan.links, words.steps(entry), tuple(missing))

    def _transport(self, answer: StatusAnswer) -> str:
        return answer.transport

    # Asking.

    async def _ask(self, *, brief: bool) -> StatusAnswer:
        return await (self._client.brief_status() if brief else self._client.status())

    async def _entry(self, lab_id: LabId) -> wire.LabEntry:
        for brief in (True, False):
            answer = await self._told(self._ask(brief=brief))
            for entry in answer.status.labs:
                if entry.instance == native_of(lab_id):
                    return entry
        raise NotFound(f"netlab knows no lab {native_of(lab_id)}", upstream=self.upstream)

    async def _labs(self, entries: tuple[wire.LabEntry, ...], query: LabQuery) -> tuple[Lab, ...]:
        around = await self._around(entries)
        labs = [
            words.so_far(self._read(entry, around), entry, query.sizes.get(entry.directory))
            for entry in entries
        ]
        if query.is_brief:
            return tuple(labs)

        async def counted(entry: wire.LabEntry, lab: Lab) -> Lab:
            if lab.state is not LabState.RUNNING or not around.folder(entry.directory).is_there:
                return lab
            async with self._turns:
                return (await self._counted(entry, lab, []))[0]

        return tuple(await asyncio.gather(*map(counted, entries, labs)))

    async def _around(self, entries: Iterable[wire.LabEntry]) -> Surroundings:
        """Look at folders, and at what changes labs just now if one seems to be on its way."""
        entries = tuple(entries)
        readings = [words.read(entry, is_anything_moving=None) for entry in entries]
        return await self._client.surroundings(
            [one.directory for one in entries],
            with_changing=any(one.state.is_moving for one in readings),
        )

    async def _counted(
        self, entry: wire.LabEntry, lab: Lab, missing: list[str]
    ) -> tuple[Lab, tuple[LabNode, ...]]:
        """Return the lab with its nodes counted: what netlab says may have ended with a reboot."""
        if lab.state.is_moving:
            return lab, ()  # netlab refuses to tell
        try:
            answer = await self._client.instance(entry.instance)
        except wire.UnknownInstanceError:
            return replace(lab, state=LabState.UNKNOWN, note="it went while we looked"), ()
        except TransportError as error:
            missing.append(f"node states: {error.message}")
            return replace(lab, note=lab.note or "netlab does not tell its nodes"), ()
        if answer.topology:
            lab = replace(lab, topology=str(Path(entry.directory) / answer.topology))
        if answer.nodes is None:
            if lab.state is LabState.RUNNING:
                missing.append(f"node states: {answer.why}")
            return lab, ()
        machines = words.machines(answer.nodes)
        nodes = words.nodes(machines, entry)
        up = words.up(nodes)
        lab = replace(lab, nodes_total=len(nodes), nodes_up=up)
        if lab.state is not LabState.RUNNING:
            return lab, nodes
        if not all(map(words.is_watched, machines)):
            missing.append(_NOT_WATCHED)
        if up == 0:
            lab = replace(lab, state=LabState.FAILED, note="netlab says started; no node runs")
        elif up is None and machines and all(map(words.is_watched, machines)):
            note = "netlab says started; none of its nodes was found"
            lab = replace(lab, state=LabState.UNKNOWN, note=note)
        else:
            ready = sum(one.is_ready is True for one in nodes)
            known = words.is_configured(entry)
            note = lab.note or words.why_not_all(nodes, known)
            lab = replace(lab, ready=ready if known else None, note=note)
        return lab, nodes

    async def _plan(self, entry: wire.LabEntry, around: Surroundings, missing: list[str]) -> Plan:
        try:
            return await self._plans.of(entry, around.folder(entry.directory))
        except TransportError as error:
            missing.append(f"nodes and links: {error.message}")
            return Plan()

    # Translating.

    def _read(self, entry: wire.LabEntry, around: Surroundings) -> Lab:
        key = (entry.instance, entry.timestamp)
        is_anything_moving = around.is_changing(entry.directory)
        if key in self._left_behind:
            is_anything_moving = False  # what moves now is another lab
        reading = words.read(entry, is_anything_moving=is_anything_moving)
        if is_anything_moving is False and reading.state is LabState.FAILED:
            self._left_behind.add(key)
        if not around.folder(entry.directory).is_there:
            reading = words.Reading(LabState.UNKNOWN, note="its folder is gone")
        return Lab(
            id=self._id(entry.instance),
            name=entry.name or Path(entry.directory).name,
            state=reading.state,
            provider=self.upstream,
            kind=KIND,
            owner=self._owner,
            directory=entry.directory,
            updated_at=words.changed_at(entry),
            step=reading.step,
            note=reading.note,
        )

    def _metadata(self, entry: wire.LabEntry) -> Metadata:
        return {
            "lab_id": self._id(entry.instance),
            "name": entry.name or Path(entry.directory).name,
            "owner": self._owner,
            "status": entry.status,
            "timestamp": entry.timestamp,
            "instance": entry.instance,
            "dir": entry.directory,
            "providers": entry.providers,
            "log": tuple(f"{one.at}: {one.text}" if one.at else one.text for one in entry.log),
        }

    def _id(self, instance: str) -> LabId:
        return LabId(f"{self.upstream}:{instance}")

    def _silent(self, error: TransportError) -> LabSource:
        is_missing = error.kind == "missing"
        return LabSource(
            self.upstream, KIND,
            UpstreamState.DISABLED if is_missing else UpstreamState.ERROR,
            endpoint=self._client.endpoint,
            error=error.message,
            advice=self._advice if is_missing else LOOK_AGAIN,
        )  # fmt: skip

    async def _told(self, asking: Awaitable[Answer]) -> Answer:
        try:
            return await asking
        except TransportError as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: TransportError) -> Unavailable:
        advice = self._advice if error.kind == "missing" else LOOK_AGAIN
        return Unavailable(error.message, upstream=self.upstream, advice=advice)
