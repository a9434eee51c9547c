"""The labs of one EVE-NG server, as the account sees them that this program is signed in as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import LabDetail, LabLink, LabSource, LabState
from skyforge_tui.domain.lab_action import ExportedLab, LabAction, LabServer, NewLab
from skyforge_tui.domain.lab_console import Console, read_console
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.eve import paths, wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.wire import LabFile
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_actions import Tell
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs.eve import words
from skyforge_tui.providers.labs.eve.acting import EveActing
from skyforge_tui.providers.labs.eve.by_ssh import EveFileLabs
from skyforge_tui.providers.labs.eve.listing import KIND, EveListing, Memory, Seen, server_of
from skyforge_tui.providers.labs.eve.trouble import advice_of, translated, words_of
from skyforge_tui.providers.labs.eve.wiring_of_labs import MOST_NODES, LabWires

_TRANSPORT = "http"
_NO_LINKS = {
    False: "only EVE-NG Pro suspends links",
    True: "EVE-NG lets no program suspend links: its page does (o)",
}
"""Why links are not taken down, by whether it is Pro."""


class EveLabProvider:
    """Tells of the labs of a server, and has it do things to them."""

    kind = KIND
    archive_ending = ".zip"

    def __init__(
        self,
        client: EveClient,
        clock: Clock,
        *,
        upstream: str,
        web_url: str,
        files: EveFileLabs | None = None,
    ) -> None:
        """Ask `client`; `files` tell of labs while it does not answer."""
        self._files = files
        self._why_silent = ""
        self.upstream = upstream
        self._client = client
        self._clock = clock
        self._web_url = web_url
        self._memory = Memory()
        self._listing = EveListing(client, upstream, self._memory)
        self._acting = EveActing(client, clock, upstream)
        self._wires = LabWires(client)
        self._known: Mapping[LabId, LabFile] = {}
        self._who: wire.Who | None = None

    # Listing.

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs of which this account's pod runs something."""
        return (await self.list_for_user(query)).active

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab of the server that this account sees."""
        try:
            whole = await self._listing.read(tuple(self._known))
        except TransportError as error:
            self._why_silent = words_of(error)
            return await self._by_files(self._silent(error), query)
        self._why_silent = ""
        self._who = whole.who
        memory = self._memory
        self._known = whole.files
        source = LabSource(
            self.upstream, KIND, UpstreamState.LIVE, _TRANSPORT, self._client.http.base_url,
            whole.remark, as_of=self._clock.now(), grant=words.grant_of(whole.who),
            server=memory.server,
        )  # fmt: skip
        wanted = (one for one in whole.labs if query.owner in ("", one.owner))
        return LabListing(tuple(wanted), (source,), whole.unreadable)

    async def _by_files(self, silent: LabSource, query: LabQuery) -> LabListing:
        """Return the labs as their files tell of them, where those can be seen."""
        if self._files is None:
            return LabListing((), (silent,))
        found = await self._files.list_for_user(query)
        (source,) = found.sources
        if source.mode is not UpstreamState.LIVE:
            return LabListing((), (silent,))
        remark = f"its web service is silent, so files tell: {silent.error}"
        return replace(found, sources=(replace(source, error=remark, advice=silent.advice),))

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what is known of every lab."""
        listing = await self.list_for_user(query)
        source = listing.sources[0]
        if source.mode is not UpstreamState.LIVE:
            raise Unavailable(source.error, upstream=self.upstream, advice=source.advice)
        return tuple(
            {"lab_id": one.id, "name": one.name, "owner": one.owner, "folder": one.folder,
             "status": str(one.state), "description": one.description}
            for one in listing.labs
        )  # fmt: skip

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what a lab says of itself, with its nodes and networks as they are told."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.read"):
            info = await self._client.lab(path)
            nodes = await self._client.nodes(path)
            networks = await self._client.networks(path)
        return {
            "lab_id": lab_id, "name": info.name or paths.stem(path), "owner": info.author,
            "description": info.description, "uuid": info.id, "locked": info.is_locked,
            "path": path, "nodes": tuple(map(asdict, nodes)),
            "networks": tuple(map(asdict, networks)),
        }  # fmt: skip

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes and links."""
        path = native_of(lab_id)
        file = self._known.get(lab_id, LabFile(path, None))
        missing: list[str] = []
        with translated(self.upstream, "lab.read"):
            nodes = await self._client.nodes(path)
            info = await self._client.lab(path)
        self._memory.ports[path] = words.ports_in_use(nodes)
        self._memory.nodes[path] = (file.changed_s, nodes)
        lab = self._listing.lab(Seen(file, info, nodes))
        links: tuple[LabLink, ...] = ()
        if len(nodes) > MOST_NODES:
            missing.append(f"links: not asked for, as it has {len(nodes):,} nodes")
        else:
            try:
                links = await self._wires.of(path, nodes, file.changed_s)
            except TransportError as error:
                missing.append(f"links: {words_of(error)}")
        if nodes:
            missing.append(f"node states are those of {words.POD}: nobody else's are told")
        host = words.host_of(self._client.http.base_url, is_pro=self._memory.is_pro)
        is_told = lab.state is not LabState.UNKNOWN
        shown = tuple(words.lab_node(one, host, is_told=is_told) for one in nodes)
        return LabDetail(lab, shown, links, (), tuple(missing))

    async def graph(self, lab_id: LabId) -> str:
        """Return a lab's links in the DOT language; this opens the lab in the account's browser."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.graph"):
            names = {f"node{one.id}": one.name for one in await self._client.nodes(path)}
            edges = await self._client.topology(path)

        def quoted(name: str) -> str:
            return '"' + names.get(name, name).replace("\\", "\\\\").replace('"', '\\"') + '"'

        rows = (f"  {quoted(one.source)} -- {quoted(one.destination)}" for one in edges)
        return "\n".join(("graph {", *rows, "}", ""))

    # Acting.

    async def start(self, lab_id: LabId, tell: Tell) -> None:
        """Start every node of a lab."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.start"):
            self._memory.started.add(path)
            await self._acting.start(path, tell)

    async def stop(self, lab_id: LabId, tell: Tell) -> None:
        """Stop every node of a lab."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.stop"):
            await self._acting.stop(path, tell, is_pro=self._memory.is_pro)
            self._memory.started.discard(path)

    async def wipe(self, lab_id: LabId, tell: Tell) -> None:
        """Have every node of a lab forget what it keeps; refused while one runs."""
        path = native_of(lab_id)
        is_told = self._memory.is_pro or not self._memory.shared(path)
        with translated(self.upstream, "lab.wipe"):
            await self._acting.wipe(path, tell, is_told=is_told)

    async def save(self, lab_id: LabId, tell: Tell) -> None:
        """Keep the running configurations in a lab; the API would write to a locked one too."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.save"):
            if (await self._client.lab(path)).is_locked:
                raise Conflict(
                    "it is locked", upstream=self.upstream, operation="lab.save",
                    advice="unlock it first",
                )  # fmt: skip
            await self._acting.save(path, tell)

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return a lab as the archive that a browser would download."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.export"):
            content = await self._client.acts.export(path)
        return ExportedLab(f"{paths.stem(path)}.zip", content)

    async def start_node(self, lab_id: LabId, node: str) -> None:
        """Start one node, and wait until it runs."""
        path = native_of(lab_id)
        found = await self._node(lab_id, node)
        with translated(self.upstream, "lab.start"):
            self._memory.started.add(path)
            await self._client.acts.start(path, found.id)
            await self._acting.wait_for(path, found, wire.RUNNING)

    async def stop_node(self, lab_id: LabId, node: str) -> None:
        """Stop one node, and wait until it does not run."""
        path = native_of(lab_id)
        found = await self._node(lab_id, node)
        with translated(self.upstream, "lab.stop"):
            await self._client.acts.stop(path, found.id, is_pro=self._memory.is_pro)
            await self._acting.wait_for(path, found, wire.STOPPED)

    async def console(self, lab_id: LabId, node: str) -> Console:
        """Return where a node's console is, as the server says just now."""
        host = words.host_of(self._client.http.base_url, is_pro=self._memory.is_pro)
        return read_console((await self._node(lab_id, node)).url).seen_from(host)

    async def config(self, lab_id: LabId, node: str) -> str:
        """Return the configuration that a lab keeps for a node."""
        found = await self._node(lab_id, node)
        if not found.has_config:
            raise NotFound(f"no configuration is kept for {node}", upstream=self.upstream)
        with translated(self.upstream, "lab.read"):
            return await self._client.config(native_of(lab_id), found.id)

    async def page(self, lab_id: LabId) -> str:
        """Return the address of the server's page: it has none for each lab."""
        del lab_id
        return self._web_url

    async def create(self, lab: NewLab) -> LabId:
        """Make an empty lab."""
        why = paths.why_not_asked_for(f"/{lab.name}{paths.LAB_ENDING}")
        if why or "/" in lab.name or not lab.name.strip():
            raise Invalid(why or "that is no name of a lab", upstream=self.upstream)
        author = "" if self._who is None else self._who.username
        with translated(self.upstream, "lab.create"):
            path = await self._client.acts.create(
                lab.folder or "/", lab.name, author=author, description=lab.description
            )
        return LabId(f"{self.upstream}:{path}")

    async def lock(self, lab_id: LabId, *, is_locked: bool) -> None:
        """Lock a lab or unlock it; only the server's page keeps to it."""
        path = native_of(lab_id)
        with translated(self.upstream, "lab.lock"):
            await self._client.acts.lock(path, is_locked=is_locked)
        self._memory.infos.pop(path, None)

    async def server(self) -> LabServer:
        """Return how the host is."""
        with translated(self.upstream, "lab.server"):
            who = self._who or await self._client.who()
            status, running = await self._client.status(), await self._client.running()
        return server_of(self.upstream, status, who, running or (), is_pro=self._memory.is_pro)

    def limits(self) -> Mapping[LabAction, str]:
        """Return what the server cannot do; nothing while its web service is silent."""
        if self._files is not None and self._why_silent:
            return dict.fromkeys(LabAction, f"{self.upstream} does not answer: {self._why_silent}")
        server = self._memory.server
        limits = {LabAction.LINK: _NO_LINKS[self._memory.is_pro]}
        if server is not None and server.note:
            limits[LabAction.SERVER] = server.note
        return limits

    # What all share.

    async def _node(self, lab_id: LabId, name: str) -> wire.Node:
        """Return a node by its name.

        Raises:
            NotFound: there is none, or several.
        """
        with translated(self.upstream, "lab.read"):
            nodes = await self._client.nodes(native_of(lab_id))
        found = [one for one in nodes if one.name == name]
        if len(found) != 1:
            many = "several nodes are" if found else "no node is"
            raise NotFound(f"{many} called {name}", upstream=self.upstream)
        return found[0]

    def _silent(self, error: TransportError) -> LabSource:
        return LabSource(
            self.upstream, KIND, UpstreamState.ERROR, _TRANSPORT, self._client.http.base_url,
            words_of(error), advice_of(error, self.upstream),
        )  # fmt: skip
