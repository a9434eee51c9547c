"""Reads every lab of an EVE-NG server: what changed only, where the server lets one see that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.integrations.eve import paths, wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.walking import Found, walk
from skyforge_tui.integrations.eve.wire import LabFile
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.together import together
from skyforge_tui.providers.labs.eve import words
from skyforge_tui.providers.labs.eve.trouble import words_of

KIND = "eve"
_OF_ONE_LAB = ("invalid", "unreadable", "failed", "oversized")
"""What goes wrong with one lab and leaves the others as they are."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A lab as it was read: what it says of itself and its nodes; or why it cannot be read."""

    file: LabFile
    info: wire.LabInfo | None = None
    nodes: tuple[wire.Node, ...] | None = None
    why: str = ""


@dataclass(slots=True)
class Memory:
    """What was read of a server before."""

    infos: dict[str, tuple[int | None, wire.LabInfo]] = field(default_factory=dict)
    nodes: dict[str, tuple[int | None, tuple[wire.Node, ...]]] = field(default_factory=dict)
    ports: dict[str, frozenset[str]] = field(default_factory=dict)
    """Where consoles of running nodes seem to be, by lab."""
    started: set[str] = field(default_factory=set)
    """Labs that were started from here, and not stopped since."""
    opened: str = ""
    """The lab that the account's browser has open."""
    is_pro: bool = False
    pods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who else runs a lab, by the lab's own id; only Pro tells."""
    server: LabServer | None = None

    def shared(self, path: str) -> Mapping[str, list[str]]:
        """Return which other labs seem to use a console, by its address."""
        found: dict[str, list[str]] = {}
        if self.is_pro:
            return found
        for other, ports in self.ports.items():
            if other != path:
                for port in ports:
                    found.setdefault(port, []).append(paths.stem(other))
        return found


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole server as it was read."""

    who: wire.Who
    labs: tuple[Lab, ...]
    files: Mapping[LabId, LabFile]
    unreadable: frozenset[LabId]
    remark: str
    """What was not looked at, and why; empty where everything was."""


class EveListing:
    """Reads one server."""

    def __init__(self, client: EveClient, upstream: str, memory: Memory) -> None:
        self._client = client
        self._upstream = upstream
        self._memory = memory

    async def read(self, known: Sequence[LabId]) -> Whole:
        """Return all labs; `known` are those of before, which closed folders may still hold.

        Raises:
            HttpError: the server did not answer.
        """
        who = await self._client.who()
        status, running = await self._status(), await self._client.running()
        found = await walk(self._client)
        memory = self._memory
        memory.opened = who.lab
        memory.is_pro = running is not None or (status is not None and status.is_pro)
        memory.server = server_of(self._upstream, status, who, running or (), is_pro=memory.is_pro)
        memory.pods = words.pods_of(running or (), who.username)
        is_idle = status is not None and bool(status.counts) and not sum(
            count for _, count in status.counts
        )  # fmt: skip
        awake = None if running is None else {one.uuid for one in running}
        seen = await together(self._seen(one, is_idle=is_idle, awake=awake) for one in found.labs)
        there = [one for one in seen if one is not None]
        memory.ports = {
            one.file.path: words.ports_in_use(one.nodes) for one in there if one.nodes is not None
        }
        labs = tuple(map(self.lab, there))
        files = {lab.id: one.file for lab, one in zip(labs, there, strict=True)}
        return Whole(who, labs, files, self._closed(found, known), _remark(found))

    def lab(self, seen: Seen) -> Lab:
        """Return a lab as people see it."""
        path, info = seen.file.path, seen.info
        values = {
            "name": (info.name if info is not None else "") or paths.stem(path),
            "owner": info.author if info is not None else "",
            "description": info.description if info is not None else "",
            "is_locked": info is not None and info.is_locked,
            "folder": paths.above(path),
            "updated_at": words.moment(seen.file.changed_s),
            "scope": words.POD,
        }
        base = {
            "id": LabId(f"{self._upstream}:{path}"), "provider": self._upstream, "kind": KIND,
        }  # fmt: skip
        if seen.nodes is None:
            return Lab(**base, **values, state=LabState.UNKNOWN, note=seen.why)  # type: ignore[arg-type]
        memory = self._memory
        is_known = path in memory.started or path == memory.opened
        reading = words.read(seen.nodes, memory.shared(path), is_known=is_known)
        return Lab(
            **base, **values, state=reading.state, nodes_total=len(seen.nodes),  # type: ignore[arg-type]
            nodes_up=reading.up,
            note=reading.note or words.others(memory.pods.get(info.id if info else "", ())),
        )  # fmt: skip

    async def info(self, file: LabFile) -> wire.LabInfo:
        """Return what a lab says of itself; asked for again when its file has changed.

        Raises: as `EveClient.lab`.
        """
        known = self._memory.infos.get(file.path)
        if known is not None and known[0] == file.changed_s and file.changed_s is not None:
            return known[1]
        info = await self._client.lab(file.path)
        self._memory.infos[file.path] = (file.changed_s, info)
        return info

    async def _seen(self, file: LabFile, *, is_idle: bool, awake: set[str] | None) -> Seen | None:
        """Read a lab; one that is gone meanwhile is None."""
        info: wire.LabInfo | None = None
        if why := paths.why_not_asked_for(file.path):
            return Seen(file, why=why)
        try:
            info = await self.info(file)
            at_rest = is_idle or (awake is not None and info.id not in awake)
            nodes = self._at_rest(file) if at_rest else None
            if nodes is None:
                nodes = await self._client.nodes(file.path)
                self._memory.nodes[file.path] = (file.changed_s, nodes)
        except HttpError as error:
            failure = error
        else:
            return Seen(file, info, nodes)
        if failure.kind == "missing":
            return None
        if failure.kind not in _OF_ONE_LAB:
            raise failure
        return Seen(file, info, None, words_of(failure))

    def _at_rest(self, file: LabFile) -> tuple[wire.Node, ...] | None:
        """Return the nodes of a lab of which nothing runs, if its file is as it was."""
        known = self._memory.nodes.get(file.path)
        if known is None or known[0] != file.changed_s or file.changed_s is None:
            return None
        return known[1] if not any(map(words.is_up, known[1])) else None

    async def _status(self) -> wire.Status | None:
        try:
            return await self._client.status()
        except HttpError as error:
            if error.kind not in ("failed", "unreadable", "invalid", "forbidden", "missing"):
                raise
            return None  # some hosts cannot tell; their labs are there all the same

    def _closed(self, found: Found, known: Sequence[LabId]) -> frozenset[LabId]:
        """Return labs of before that lie where nobody could look this time."""
        return frozenset(
            one
            for one in known
            if any(one.startswith(f"{self._upstream}:{folder}/") for folder in found.closed)
            or found.is_cut
        )


def server_of(
    upstream: str, status: wire.Status | None, who: wire.Who, running: Sequence[wire.RunningLab],
    *, is_pro: bool,
) -> LabServer:  # fmt: skip
    """Return how the host is, and what runs on it for whom."""
    edition = "Pro" if is_pro else "Community"
    if status is None:
        note = "the host does not tell its figures"
        return LabServer(upstream, "", edition, who.username, who.role, note=note)
    return LabServer(
        upstream, status.version, edition, who.username, who.role, status.cpu, status.memory,
        status.disk, status.cpus, status.counts, words.counted(one.member for one in running),
        words.counted(one.username for one in running),
    )  # fmt: skip


def _remark(found: Found) -> str:
    told = []
    if found.is_cut:
        told.append(f"only {found.folders} folders and {len(found.labs)} labs were looked at")
    if found.closed:
        told.append(f"{len(found.closed)} folders cannot be asked for, {found.closed[0]} first")
    return "; ".join(told)
