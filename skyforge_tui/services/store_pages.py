"""All that lies below a prefix of a store, page by page, as stores know no other way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from skyforge_tui.domain.artifact import Artifact
from skyforge_tui.ports.artifact_store import ArtifactStore

PAGE: Final = 1000
"""Artifacts that are asked for at once: as many as a bucket tells in one answer."""


async def pages_below(
    store: ArtifactStore, prefix: str
) -> AsyncGenerator[Sequence[Artifact], None]:
    """Yield all that lies below a prefix, which was checked."""
    after, is_more = "", True
    while is_more:
        page = await store.page(prefix, deep=True, after=after, limit=PAGE)
        yield page.artifacts
        after, is_more = page.last, page.is_more
