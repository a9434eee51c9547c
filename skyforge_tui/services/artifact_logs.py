"""Artifacts read as logs: as they come, whole, with all that a log can be looked at by.

What comes is kept beside this program's other files until it is closed, so that nothing of it is
in memory, however large it is.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.fed_logs import FedLog, FedLogs
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access, requires

_GZIP = b"\x1f\x8b"
_UNPACKED = 1 << 20
"""Bytes unpacked at once: little can become much."""


@dataclass(slots=True, eq=False)
class ArtifactLog:
    """An artifact that is read as a log; whoever opened it closes it by the service."""

    reader: LogReader
    total: int
    """Bytes it has in the store."""
    has_come: bool = False
    """Whether all of it came, or no more will."""
    failure: SkyforgeError | None = None
    """Why not all of it came."""


class LogFeeds:
    """Feeds artifacts to logs that are open; `aclose` closes those that still are."""

    def __init__(self, logs: FedLogs) -> None:
        self._logs = logs
        self._open: dict[ArtifactLog, tuple[FedLog, asyncio.Task[None]]] = {}

    async def begin(self, artifact: Artifact, chunks: AsyncGenerator[bytes, None]) -> ArtifactLog:
        """Begin to read an artifact as what comes of it.

        Raises:
            Unavailable: there is no place to keep what comes.
        """
        fed = await asyncio.to_thread(self._logs.begin, artifact.name)
        log = ArtifactLog(fed.opened.reader, artifact.size)
        self._open[log] = (fed, asyncio.create_task(_carry(log, fed, chunks, artifact.size)))
        return log

    async def is_over(self, log: ArtifactLog) -> bool:
        """Say whether all that comes can be read."""
        fed, _ = self._open.get(log, (None, None))
        if fed is None:
            return True
        has_come = log.has_come
        return has_come and not (await asyncio.to_thread(fed.opened.advance)).is_fed

    async def close(self, log: ArtifactLog) -> None:
        """Close one; closing twice is fine."""
        fed, task = self._open.pop(log, (None, None))
        if fed is None or task is None:
            return
        await asyncio.to_thread(fed.opened.close)  # whoever feeds it is told by that
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def aclose(self) -> None:
        """Close all that is open."""
        for one in [*self._open]:
            await self.close(one)


class ArtifactLogService:
    """What one may do with artifacts as logs."""

    def __init__(self, artifacts: ArtifactService, feeds: LogFeeds, access: Access) -> None:
        self._artifacts = artifacts
        self.feeds = feeds
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def open(self, principal: Principal, ref: ArtifactRef) -> ArtifactLog:
        """Begin to read an artifact; what is packed by gzip is unpacked on its way.

        Raises:
            NotFound: there is no such artifact.
            Unavailable: it cannot be read, or there is no place to keep what comes.
        """
        artifact = await self._artifacts.head(principal, ref)
        return await self.feeds.begin(artifact, await self._artifacts.stream(principal, ref))

    @requires(Permission.ARTIFACT_LIST)
    async def is_over(self, principal: Principal, log: ArtifactLog) -> bool:
        """Say whether all that comes of an opened artifact can be read."""
        return await self.feeds.is_over(log)

    @requires(Permission.ARTIFACT_LIST)
    async def close(self, principal: Principal, log: ArtifactLog) -> None:
        """Close an opened artifact; closing twice is fine."""
        await self.feeds.close(log)


async def _carry(
    log: ArtifactLog, fed: FedLog, chunks: AsyncGenerator[bytes, None], size: int
) -> None:
    """Hand over what comes until it ends or nobody wants it any more."""
    try:
        async with aclosing(_unpacked(chunks)) as pieces:
            if size:  # an empty object is not asked for
                async for piece in pieces:
                    if not await asyncio.to_thread(fed.feed, piece):
                        break
    except SkyforgeError as error:
        log.failure = error
    finally:
        fed.end()
        log.has_come = True


async def _unpacked(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the bytes as they are, or unpacked where they are packed by gzip.

    Where that breaks off in the middle, the rest comes as it is.
    """
    unpacker: Any = None
    is_first = True
    async with aclosing(chunks):
        async for piece in chunks:
            chunk = bytes(piece)
            if is_first and chunk.startswith(_GZIP):
                unpacker = zlib.decompressobj(wbits=31)
            is_first = False
            while unpacker is not None and chunk:
                try:
                    data = unpacker.decompress(chunk, _UNPACKED)
                except zlib.error:
                    unpacker = None
                    break
                if data:
                    yield data
                chunk = unpacker.unconsumed_tail
                if unpacker.eof:
                    chunk = unpacker.unused_data
                    unpacker = zlib.decompressobj(wbits=31)
            if chunk:
                yield chunk
