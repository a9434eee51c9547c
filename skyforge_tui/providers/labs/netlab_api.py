"""Labs of a netlab that only its web service leads to: told, started, stopped and collected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabState, LabStep
from skyforge_tui.domain.lab_action import LabAction, LabProgress
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab.api import Job, NetlabApi
from skyforge_tui.integrations.netlab.questions import StatusAnswer
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.lab_actions import Tell
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from skyforge_tui.providers.labs.lab_accounts import as_account
from skyforge_tui.providers.labs.lab_folders import folder_of_topology
from skyforge_tui.providers.labs.netlab import KIND, NetlabLabs

LOOKS_EVERY_S: Final = 2.0
_LIMIT: Final = "netlab api hands out no files: SSH does"
_NOT_WRITTEN: Final = "netlab writes nothing down of a lab before it is started"
_FATAL: Final = "fatal error in netlab"
_NO_NODES: Final = "nodes and links: netlab api tells nodes of labs that run, and no links"


class NetlabApiLabs(NetlabLabs):
    """Tells of the labs of one `netlab api`, and of topologies in the folders `labs` there."""

    _advice = "start it there: netlab api"

    def __init__(
        self, client: NetlabApi, clock: Clock, *, owner: str, upstream: str, labs: Sequence[str]
    ) -> None:
        super().__init__(client, clock, owner=owner, upstream=upstream)
        self._api = client
        self._roots = tuple(one for one in labs if one.startswith("/"))
        self._turn = asyncio.Lock()
        """Held while a job goes on: asking how labs are meanwhile would mix up its output."""
        self._last = LabListing((), ())

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs that netlab has an entry of, and topologies of which nothing runs."""
        if self._turn.locked() and self._last.sources:
            return replace(self._last, is_brief=query.is_brief)
        async with self._turn:
            listing = as_account(await super().list_for_user(query), self._owner)
            is_live = all(one.mode is UpstreamState.LIVE for one in listing.sources)
            if is_live and query.owner in ("", self._owner):
                try:
                    rest = await self._at_rest(listing.labs)
                except TransportError as error:
                    return LabListing((), (self._silent(error),), is_brief=query.is_brief)
                listing = replace(listing, labs=listing.labs + rest)
        self._last = listing
        return listing

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes; while a job goes on, as it was told last."""
        known = next((one for one in self._last.labs if one.id == lab_id), None)
        if known is not None and (self._turn.locked() or folder_of_topology(lab_id)):
            return LabDetail(known, missing=(_NO_NODES,))
        async with self._turn:
            return await super().detail(lab_id)

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return what netlab has written down of every lab, once no job goes on."""
        async with self._turn:
            return await super().list_metadata(query)

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return what netlab has written down of one lab, once no job goes on."""
        if folder_of_topology(lab_id):
            raise Unavailable(_NOT_WRITTEN, upstream=self.upstream, advice="start it first")
        async with self._turn:
            return await super().get_metadata(lab_id)

    # Acting.

    async def start(self, lab_id: LabId, tell: Tell) -> None:
        """Bring a lab up from its topology, and look whether netlab says that it is started."""
        lab = await self._lab(lab_id)
        if not folder_of_topology(lab_id):
            raise Conflict(
                "it is up already, or half of it is", upstream=self.upstream,
                operation="lab.start", advice="stop it first",
            )  # fmt: skip
        async with self._turn:
            await self._done("up", lab, tell, native_of(lab_id))
            if (entry := await self._entry_in(lab.directory)) is None or entry != "started":
                raise self._failed("up", f"netlab says {entry or 'nothing'} of it")

    async def stop(self, lab_id: LabId, tell: Tell) -> None:
        """Take a lab down, and look whether it is gone: the job says so either way."""
        lab = await self._lab(lab_id)
        async with self._turn:
            await self._done("down", lab, tell)
            if (entry := await self._entry_in(lab.directory)) is not None:
                raise self._failed("down", f"netlab still says {entry or 'something'} of it")

    async def save(self, lab_id: LabId, tell: Tell) -> None:
        """Have the configurations collected into the lab's folder."""
        lab = await self._lab(lab_id)
        async with self._turn:
            await self._done("collect", lab, tell)

    def limits(self) -> Mapping[LabAction, str]:
        """Return what the service has no words for."""
        return {LabAction.EXPORT: _LIMIT}

    # What all share.

    def _transport(self, answer: StatusAnswer) -> str:
        return answer.transport

    async def _done(self, action: str, lab: Lab, tell: Tell, topology: str = "") -> None:
        """Have a job done, and wait for its end; says what its log says when it fails."""
        tell(LabProgress(f"netlab {action} is asked for"))
        try:
            job = await self._api.begin(action, lab.directory, topology)
            tell(self._step(f"netlab {action} was begun"))
            while not job.is_over:
                await self._clock.sleep(LOOKS_EVERY_S)
                job = await self._api.job(job.id)
                if not job.is_over:
                    words = f"netlab {action} is {job.state}; it tells no more meanwhile"
                    tell(LabProgress(words))
            log = await self._api.log(job.id)
        except TransportError as error:
            raise self._unavailable(error) from error
        for line in _worth_telling(log):
            tell(self._step(line, failed=_FATAL in line.lower()))
        if not job.is_good or _FATAL in log.lower():
            raise self._failed(action, _why(job, log))

    def _step(self, text: str, *, failed: bool = False) -> LabProgress:
        return LabProgress(text, step=LabStep(text, self._clock.now(), failed))

    def _failed(self, action: str, why: str) -> Unavailable:
        return Unavailable(
            f"netlab {action} failed: {why}", upstream=self.upstream,
            operation=f"lab.{action}", advice="what other programs said is where netlab api runs",
        )  # fmt: skip

    async def _entry_in(self, directory: str) -> str | None:
        """Return what netlab says of the lab in a folder, or None where there is none."""
        try:
            labs = (await self._api.status()).status.labs
        except TransportError as error:
            raise self._unavailable(error) from error
        return next((one.status for one in labs if one.directory == directory), None)

    async def _lab(self, lab_id: LabId) -> Lab:
        for one in (await self.list_for_user()).labs:
            if one.id == lab_id:
                if not one.directory.startswith("/"):
                    raise Invalid(f"{one.name} is in no folder", upstream=self.upstream)
                return one
        raise NotFound(f"netlab knows no lab {native_of(lab_id)}", upstream=self.upstream)

    async def _at_rest(self, labs: Sequence[Lab]) -> tuple[Lab, ...]:
        taken = {one.directory for one in labs}
        found: list[Lab] = []
        for root in self._roots:
            for file in await self._api.topologies(root):
                path = PurePosixPath(root) / file
                if str(path.parent) not in taken and path.name not in _OTHER_FILES:
                    found.append(self._resting(path))
        return tuple(found)

    def _resting(self, path: PurePosixPath) -> Lab:
        is_usual = path.stem == "topology"
        return Lab(
            self._id(str(path)), path.parent.name if is_usual else path.stem, LabState.STOPPED,
            self.upstream, KIND, owner=self._owner, directory=str(path.parent),
            topology=str(path),
        )  # fmt: skip


_OTHER_FILES: Final = frozenset({"clab.yml", "hosts.yml", "defaults.yml", "downloaded.yml"})
"""What netlab writes beside topologies, or reads, and is none."""


def _worth_telling(log: str) -> list[str]:
    """Return the last lines of a log that say something."""
    lines = (one.strip() for one in log.splitlines())
    return [one[:300] for one in lines if any(map(str.isalnum, one))][-40:]


def _why(job: Job, log: str) -> str:
    fatal = next((one for one in log.splitlines() if _FATAL in one.lower()), "")
    return (
        fatal.partition(": ")[2].strip()
        or job.error
        or ("it gave up, and the service does not tell why")
    )
