"""Something that holds artifacts by key: a directory here, a bucket elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

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

    def stream(self, key: str, *, start: int = 0, etag: str = "") -> AsyncGenerator[bytes, None]:
        """Yield all bytes of an object from `start`, in pieces; there must be some.

        Raises, at the first piece:
            NotFound: there is none.
            Conflict: it is not the one of this `etag` any more.
        """
        ...

    async def begun(self, key: str) -> tuple[Artifact, AsyncGenerator[bytes, None]]:
        """Return what is known of an object, and all its bytes in pieces, asked for at once.

        Raises:
            NotFound: there is none.
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

    async def clear(self, keys: Sequence[str]) -> None:
        """Remove objects, many at once; those that are not there are passed over."""
        ...


@runtime_checkable
class Linking(Protocol):
    """A store that lets others read an object by its address alone."""

    async def url(self, key: str, lasts: timedelta) -> str:
        """Return an address where anybody can read an object for a while; nothing is sent.

        Whoever has it needs no keys: it is never logged.
        """
        ...


@runtime_checkable
class Sweeping(Protocol):
    """A store where uploads that were broken off leave something behind."""

    async def sweep(self, key: str, since: datetime) -> int:
        """Let go of what uploads of a key left since a moment; return how many there were."""
        ...
