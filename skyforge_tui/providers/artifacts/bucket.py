"""Artifacts in a bucket: an object store that can also lend addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from skyforge_tui.domain.artifact import checked_key
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore


class BucketArtifactStore(ObjectArtifactStore):
    """Implements `ArtifactStore`, `Sweeping`, `Linking` and `Placed` on a bucket."""

    def __init__(
        self,
        name: str,
        client: S3Client,
        notice: Callable[[SkyforgeError | None], None] | None = None,
    ) -> None:
        super().__init__(name, client, notice)
        self._bucket = client

    def place_of(self, key: str) -> str:
        """Return the bucket and the whole key; one service may go by several addresses."""
        bucket = self._bucket.asker.bucket
        return f"{bucket.name}/{bucket.start}{key}"

    async def url(self, key: str, lasts: timedelta) -> str:
        """Return an address where anybody can read an object for a while."""
        with self.translated("read", key):
            return await self._bucket.url(checked_key(key), lasts)
