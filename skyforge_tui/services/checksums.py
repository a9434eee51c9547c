"""The checksums of artifacts: in the manifest of the run that made them, or noted beside them.

Notes lie in the store itself, out of sight, so that every program that uses it knows them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Sequence
from contextlib import aclosing

from skyforge_tui.domain.artifact import NOTES, Artifact, folder_of_run, home_of
from skyforge_tui.domain.errors import NotFound, SkyforgeError
from skyforge_tui.domain.manifest import LARGEST, checksums, manifest_key
from skyforge_tui.ports.artifact_store import ArtifactStore

_LARGEST_NOTE = 8 << 10


class Checksums:
    """Reads and writes checksums."""

    async def of(self, store: ArtifactStore, artifact: Artifact) -> str:
        """Return the SHA-256 that an artifact should have, in hex; empty when nobody noted it.

        What was noted last counts: an artifact of a run may have been replaced by a person.
        """
        noted = await self._noted(store, artifact.key)
        if noted is not None:
            return noted
        if home_of(artifact.key).number is None:
            return ""
        return (await self.of_run(store, artifact.key)).get(artifact.key, "")

    async def of_run(self, store: ArtifactStore, key: str) -> dict[str, str]:
        """Return the SHA-256 of every key that the manifest of a key's run names."""
        where = manifest_key(folder_of_run(key))
        try:
            return checksums(await store.read(where, 0, LARGEST))
        except NotFound:
            return {}

    async def counted(self, store: ArtifactStore, artifact: Artifact) -> str:
        """Return the SHA-256 that an artifact has now, in hex: all of it is read."""
        digest = hashlib.sha256()
        if artifact.size:
            async with aclosing(store.stream(artifact.key, etag=artifact.etag)) as chunks:
                async for chunk in chunks:
                    await asyncio.to_thread(digest.update, chunk)
        return digest.hexdigest()

    async def note(self, store: ArtifactStore, artifact: Artifact) -> None:
        """Note the checksum of what was stored just now."""
        if artifact.checksum:
            await self.write(store, artifact.key, artifact.checksum)

    async def write(self, store: ArtifactStore, key: str, sha256: str) -> None:
        """Note a checksum; where that fails the artifact is there all the same, unverified."""
        data = json.dumps({"key": key, "sha256": sha256}).encode()
        with contextlib.suppress(SkyforgeError):
            await store.put(_note_key(key), data, overwrite=True)

    async def forget(self, store: ArtifactStore, keys: Sequence[str]) -> None:
        """Forget what was noted of artifacts that are gone."""
        for key in keys:
            with contextlib.suppress(SkyforgeError):
                await store.delete(_note_key(key))

    async def _noted(self, store: ArtifactStore, key: str) -> str | None:
        try:
            told = json.loads(await store.read(_note_key(key), 0, _LARGEST_NOTE))
            return str(told["sha256"]) if told["key"] == key else None
        except NotFound:
            return None
        except (ValueError, TypeError, KeyError):
            return None


def _note_key(key: str) -> str:
    """Return where the checksum of a key is noted; short, however long the key is."""
    mark = hashlib.sha256(key.encode()).hexdigest()
    return f"{NOTES}/{mark[:2]}/{mark[2:]}"
