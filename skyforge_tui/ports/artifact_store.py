"""Something that holds artifacts by key: a directory here, a bucket elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.artifact import Artifact, ArtifactPage
from skyforge_tui.domain.unfinished import Unfinished

Source = bytes | Iterable[bytes]
"""What is put: bytes, or pieces that are asked for one after the other, in a thread."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Stands for one put and all later tries of it: what breaks off waits for the next of them.

    One program at a time uses a ticket. What an earlier try has brought is compared with the source
    again, all of it, and only what is the same is not sent another time.
    """

    name: str
    """Letters and digits; no other put has it."""
    size: int = 0
    """Bytes in all, where that is known."""
    kept: Callable[[int], None] = lambda _: None
    """Hears of bytes that are not sent, as they are there already; in any thread."""
    ahead: Callable[[int], None] = lambda _: None
    """Hears how many more bytes are read and not there yet; fewer when they have come to be."""


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

    async def put(
        self,
        key: str,
        source: Source,
        *,
        overwrite: bool = False,
        ticket: Ticket | None = None,
    ) -> Artifact:
        """Store an object, whole or not at all; the answer holds its checksum.

        Of several who create the same object at once one does, where the store can tell; some
        services that speak S3 cannot while an object of more than one part is put together.

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
class Placed(Protocol):
    """A store that several names may lead to, as two connections to one bucket do."""

    def place_of(self, key: str) -> str:
        """Return where an object lies: what two names of one object have in common.

        Two services may have the like of it, each with an object of its own.
        """
        ...


@runtime_checkable
class Sweeping(Protocol):
    """A store where puts that were broken off leave something behind, out of sight."""

    async def left(self) -> tuple[Unfinished, ...]:
        """Return what was begun from here, is not there, and nobody carries on just now."""
        ...

    async def drop(self, ticket: str) -> None:
        """Let go of what a put left, unless somebody carries it on; nothing is no failure."""
        ...
