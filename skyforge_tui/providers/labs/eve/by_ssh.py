"""The labs of an EVE-NG that only SSH leads to: their files, and which of those seem to run."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource, LabState
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.eve import paths
from skyforge_tui.integrations.eve.files import lab_files
from skyforge_tui.integrations.eve.wire import LabFile
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs.eve import words
from skyforge_tui.providers.labs.eve.listing import KIND
from skyforge_tui.providers.labs.eve.trouble import translate

_FILES: Final = "its file alone"
_MORE: Final = "nodes and links: files do not tell; set its url to ask the server"


class EveFileLabs:
    """Tells of the labs of a server by their files; does nothing to them."""

    kind = KIND

    def __init__(
        self, host: SshHost, clock: Clock, *, upstream: str, labs: str, running: str
    ) -> None:
        self.upstream = upstream
        self._host = host
        self._clock = clock
        self._labs = labs
        self._running = running

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs of which a file lies among what runs."""
        return (await self.list_for_user(query)).active

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return every lab that has a file; whose it is, files do not tell."""
        try:
            found = await lab_files(self._host, self._labs, self._running)
        except TransportError as error:
            said = translate(error, self.upstream)
            source = self._source(UpstreamState.ERROR, said.message)
            return LabListing((), (replace(source, advice=said.advice, as_of=None),))
        remark = f"only {len(found.labs)} labs were looked at" if found.is_cut else ""
        source = self._source(UpstreamState.LIVE, remark)
        if query.owner:
            return LabListing((), (source,))
        labs = (self._lab(one, found.running) for one in found.labs)
        return LabListing(tuple(labs), (source,))

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return name and path of every lab."""
        listing = await self.list_for_user(query)
        source = listing.sources[0]
        if source.mode is not UpstreamState.LIVE:
            raise Unavailable(source.error, upstream=self.upstream, advice=source.advice)
        return tuple(
            {"lab_id": one.id, "name": one.name, "path": native_of(one.id)} for one in listing.labs
        )

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return name and path of one lab."""
        for one in await self.list_metadata():
            if one["lab_id"] == lab_id:
                return one
        raise NotFound(f"no lab {native_of(lab_id)}", upstream=self.upstream)

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab; what files do not tell is missing."""
        listing = await self.list_for_user()
        source = listing.sources[0]
        if source.mode is not UpstreamState.LIVE:
            raise Unavailable(source.error, upstream=self.upstream, advice=source.advice)
        for one in listing.labs:
            if one.id == lab_id:
                return LabDetail(one, missing=(_MORE,))
        raise NotFound(f"no lab {native_of(lab_id)}", upstream=self.upstream)

    def _lab(self, file: LabFile, running: frozenset[str]) -> Lab:
        runs = file.path.rpartition("/")[2] in running
        return Lab(
            LabId(f"{self.upstream}:{file.path}"), paths.stem(file.path),
            LabState.RUNNING if runs else LabState.UNKNOWN, self.upstream, KIND,
            folder=paths.above(file.path), updated_at=words.moment(file.changed_s), scope=_FILES,
            note="" if runs else "files do not tell whether it runs",
        )  # fmt: skip

    def _source(self, mode: UpstreamState, error: str) -> LabSource:
        return LabSource(
            self.upstream, KIND, mode, "ssh", self._host.place, error, as_of=self._clock.now()
        )
