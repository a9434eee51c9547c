"""Something that holds artifacts by key: a directory here, a bucket elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from typing import Protocol

from skyforge_tui.domain.artifact import Artifact, ArtifactPage

Source = bytes | Iterable[bytes]
"""What is put: bytes, or pieces that are asked for one after the other, in a thread."""


class ArtifactStore(Protocol):
    """Lists, reads and writes the objects of one store.

    Every call takes keys as `domain.artifact.checked_key` lets them pass, and checks them again.

    Raises, all of them:
        Invalid: a key cannot be one here.
        Unavailable: the store does not answer, or may not be read or written.
    """

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def page(
        self, prefix: str, *, deep: bool = False, after: str = "", limit: int = 1000
    ) -> ArtifactPage:
        """Return what lies below `prefix`, sorted by key, from behind `after`, at most `limit`.

        Without `deep`, folders one level down stand for what is in them.
        """
        ...

    async def head(self, key: str) -> Artifact:
        """Return what is known of an object without its bytes.

        Raises:
            NotFound: there is none.
        """
        ...

    async def read(self, key: str, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`; fewer at the end, none behind it.

        Raises:
            NotFound: there is none.
        """
        ...

    def stream(self, key: str) -> AsyncGenerator[bytes, None]:
        """Yield all bytes of an object, in pieces.

        Raises:
            NotFound: there is none; raised at the first piece.
        """
        ...

    async def save(self, key: str, target: Path) -> int:
        """Write an object to a new file and return its size; a failure leaves no file behind.

        Raises:
            NotFound: there is no such object.
            Conflict: `target` is there already.
        """
        ...

    async def put(self, key: str, source: Source, *, overwrite: bool = False) -> Artifact:
        """Store an object, whole or not at all; the answer holds its checksum.

        Raises:
            Conflict: there is one already, and `overwrite` was not said.
            Whatever `source` raises; nothing is stored then.
        """
        ...

    async def copy(self, source: str, target: str, *, overwrite: bool = False) -> None:
        """Store an object a second time under another key.

        Raises:
            NotFound: there is none at `source`.
            Conflict: as `put`.
        """
        ...

    async def delete(self, key: str) -> None:
        """Remove an object.

        Raises:
            NotFound: there is none.
        """
        ...
