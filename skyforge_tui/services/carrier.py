"""Carries bytes between stores and files, whole or not at all, with their checksums.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from skyforge_tui.domain.artifact import Artifact, checked_key
from skyforge_tui.domain.errors import Invalid, NotFound, Unavailable
from skyforge_tui.domain.transfer import Meter, StoppedError
from skyforge_tui.ports.artifact_store import ArtifactStore, Source, Ticket
from skyforge_tui.ports.local_files import LocalFiles
from skyforge_tui.services.checksums import Checksums

_LARGEST_COPY = 5 << 30
"""Bytes that S3 copies by itself (API reference, CopyObject)."""


class Carrier:
    """Carries artifacts; every call may be measured and stopped by a `Meter`."""

    def __init__(self, files: LocalFiles, sums: Checksums) -> None:
        self._files = files
        self.sums = sums

    async def get(
        self,
        store: ArtifactStore,
        key: str,
        target: Path,
        *,
        overwrite: bool = False,
        meter: Meter | None = None,
    ) -> int:
        """Write an artifact to a file and return its size; goes on where an earlier try ended.

        Raises:
            NotFound: there is no such artifact.
            Conflict: there is a file already, or the artifact changes meanwhile.
            Unavailable: one of both sides fails, or the bytes are not those of the checksum.
        """
        meter = meter or Meter()
        artifact, whole = await store.begun(checked_key(key))
        try:
            version = f"{artifact.ref} {artifact.etag} {artifact.modified_at} {artifact.size}"
            part = await self._files.begin(target, version, overwrite=overwrite)
        except BaseException:
            await whole.aclose()
            raise
        try:
            meter.begin(artifact.size, part.size)
            if part.size:
                await whole.aclose()
                whole = store.stream(key, start=part.size, etag=artifact.etag)
            if part.size < artifact.size:
                async with aclosing(whole) as chunks, aclosing(_ahead(chunks)) as pieces:
                    async for chunk in pieces:
                        await part.write(chunk)
                        meter.add(len(chunk))
            expected = await self.sums.of(store, artifact)
            if part.size != artifact.size or (expected and part.sha256 != expected):
                await part.discard()
                raise _differs(artifact)
            await part.finish()
        finally:
            await whole.aclose()
            await part.aclose()
        return artifact.size

    async def put_file(
        self,
        store: ArtifactStore,
        key: str,
        path: Path,
        *,
        overwrite: bool = False,
        meter: Meter | None = None,
        ticket: str = "",
    ) -> Artifact:
        """Store a file; with a `ticket`, gone on with where an earlier try of it broke off.

        Raises:
            NotFound: there is no such file.
            Conflict: there is such an artifact already.
            Invalid: it is no regular file, or changes meanwhile.
            Unavailable: one of both sides fails.
        """
        size = await self._files.size(path)
        source = _exactly(self._files.read(path), size, path)
        return await self.put(
            store, key, source, size=size, overwrite=overwrite, meter=meter, ticket=ticket
        )

    async def put(
        self,
        store: ArtifactStore,
        key: str,
        source: Source,
        *,
        size: int = 0,
        overwrite: bool = False,
        meter: Meter | None = None,
        ticket: str = "",
    ) -> Artifact:
        """Store bytes, and note their checksum."""
        meter = meter or Meter()
        pieces = [source] if isinstance(source, bytes) else source
        meter.begin(size or (len(source) if isinstance(source, bytes) else 0))
        try:
            stored = await store.put(
                checked_key(key), _metered(pieces, meter), overwrite=overwrite,
                ticket=Ticket(ticket, size, meter.keep, meter.run_ahead) if ticket else None,
            )  # fmt: skip
        except asyncio.CancelledError:
            meter.stop()
            raise
        await self.sums.note(store, stored)
        return stored

    async def copy(
        self,
        source: ArtifactStore,
        key: str,
        target: ArtifactStore,
        to: str,
        *,
        overwrite: bool = False,
        meter: Meter | None = None,
        ticket: str = "",
    ) -> Artifact:
        """Store an artifact a second time and return the first; within a store, the store does it.

        Raises:
            Unavailable: one of both sides fails, or the bytes are not those of the checksum.
        """
        meter = meter or Meter()
        artifact = await source.head(checked_key(key))
        expected = await self.sums.of(source, artifact)
        if source.name == target.name and artifact.size <= _LARGEST_COPY:
            meter.begin(artifact.size)
            await target.copy(key, checked_key(to), overwrite=overwrite)
            if expected:
                await self.sums.write(target, to, expected)
            meter.add(artifact.size)
            return artifact
        stream = source.stream(key, etag=artifact.etag)
        async with aclosing(stream) as chunks, _pulled(chunks) as pulled:
            await self.put(
                target, to, _sound(pulled, expected, artifact), size=artifact.size,
                overwrite=overwrite, meter=meter, ticket=ticket,
            )  # fmt: skip
        return artifact

    async def stored(self, store: ArtifactStore, key: str, path: Path) -> Artifact | None:
        """Return an artifact if it and a file are there and hold the same bytes; both are read."""
        try:
            artifact = await store.head(checked_key(key))
            if await self._files.size(path) != artifact.size:
                return None
        except NotFound:
            return None
        found = await asyncio.to_thread(_digest, self._files.read(path))
        return await self._noted(store, artifact, found)

    async def seen(self, store: ArtifactStore, key: str) -> Artifact | None:
        """Return what is known of an artifact, if there is one."""
        try:
            return await store.head(checked_key(key))
        except NotFound:
            return None

    async def copied(
        self, source: ArtifactStore, key: str, target: ArtifactStore, to: str
    ) -> Artifact | None:
        """Return the second of two artifacts if both hold the same bytes; both are read."""
        try:
            one, other = await source.head(checked_key(key)), await target.head(checked_key(to))
        except NotFound:
            return None
        if one.size != other.size:
            return None
        return await self._noted(target, other, await self.sums.counted(source, one))

    async def _noted(
        self, store: ArtifactStore, artifact: Artifact, sha256: str
    ) -> Artifact | None:
        """Return an artifact if it has this checksum, which is noted then."""
        if await self.sums.counted(store, artifact) != sha256:
            return None
        await self.sums.write(store, artifact.key, sha256)
        return artifact

    async def delete(self, store: ArtifactStore, key: str) -> None:
        """Remove an artifact, and what was noted of it."""
        await store.delete(checked_key(key))
        await self.sums.forget(store, [key])


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _sound(
    pieces: Iterable[bytes], expected: str, artifact: Artifact
) -> Generator[bytes, None, None]:
    """Yield the bytes of an artifact; ends badly when they are not those of its checksum."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if expected and digest.hexdigest() != expected:
        raise _differs(artifact)


def _differs(artifact: Artifact) -> Unavailable:
    return Unavailable(
        f"what came of {artifact.key} is not what was stored: its checksum differs",
        upstream=artifact.store, operation="artifact.get",
        advice="nothing was kept; artifacts verify says more",
    )  # fmt: skip


async def _ahead(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield what a stream holds, the next piece being fetched meanwhile."""
    pending = asyncio.ensure_future(anext(chunks, None))
    try:
        while (chunk := await pending) is not None:
            pending = asyncio.ensure_future(anext(chunks, None))
            yield chunk
    finally:
        pending.cancel()
        await asyncio.gather(pending, return_exceptions=True)


def _metered(pieces: Iterable[bytes], meter: Meter) -> Generator[bytes, None, None]:
    for piece in pieces:
        meter.add(len(piece))
        yield piece


def _exactly(pieces: Iterable[bytes], size: int, path: Path) -> Generator[bytes, None, None]:
    """Yield the pieces of a file that had this size a moment ago."""
    left = size
    for piece in pieces:
        left -= len(piece)
        yield piece
    if left:
        raise Invalid(
            f"{path} changed while it was read", operation="artifact.put",
            advice="nothing was stored; try again when nobody writes to it",
        )  # fmt: skip


@asynccontextmanager
async def _pulled(
    chunks: AsyncGenerator[bytes, None],
) -> AsyncGenerator[Generator[bytes, None, None], None]:
    """Give what a stream of this loop holds, piece by piece, to another thread.

    That thread may wait for a piece, or come for the next one, when nobody wants them any more:
    what it waits for ends with the block, and what comes then is no end of the bytes.
    """
    loop = asyncio.get_running_loop()
    pending: asyncio.Future[bytes | None] | None = None
    is_over = False

    async def following() -> bytes | None:
        nonlocal pending
        if is_over:
            raise StoppedError
        pending = asyncio.ensure_future(anext(chunks, None))
        return await pending

    def pieces() -> Generator[bytes, None, None]:
        while (chunk := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
            yield chunk

    try:
        yield pieces()
    finally:
        is_over = True
        if pending is not None:
            pending.cancel()
            await asyncio.gather(pending, return_exceptions=True)
