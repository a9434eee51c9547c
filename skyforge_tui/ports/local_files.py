"""Files of this machine that artifacts come from and go to."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Protocol


class PartFile(Protocol):
    """A file that is on its way: hidden beside its place until all its bytes are there."""

    @property
    def size(self) -> int:
        """Bytes that are there."""
        ...

    @property
    def sha256(self) -> str:
        """Hash of the bytes that are there, in hex."""
        ...

    async def write(self, chunk: bytes) -> None:
        """Add bytes.

        Raises:
            Unavailable: the disk is full, or broken; what is there stays for another try.
        """
        ...

    async def finish(self) -> None:
        """Put the file in its place, at once.

        Raises:
            Conflict: something has come to be there, and it is not to be replaced.
            Unavailable: it cannot be put there.
        """
        ...

    async def discard(self) -> None:
        """Remove what is there."""
        ...

    async def aclose(self) -> None:
        """Let go of it; unless it was finished or discarded, another try goes on from here."""
        ...


class LocalFiles(Protocol):
    """Reads and writes files of this machine."""

    async def begin(self, target: Path, version: str, *, overwrite: bool) -> PartFile:
        """Begin to write a file, or go on with the same `version` of it.

        Its folder is one that `inside` has returned: a link that leads there by now is not
        followed.

        Raises:
            Conflict: there is one already and it is not to be replaced, another program is
                bringing the same, or a link has come to be on the way.
            Unavailable: it cannot be written there.
        """
        ...

    async def inside(self, folder: Path, names: Sequence[str]) -> Path:
        """Return a folder inside of one, made where it is missing; no link leads there from it.

        Links that lead to `folder` itself are followed, now and never again: what is returned is
        the way without them.

        Raises:
            NotFound: there is no such `folder`.
            Conflict: something else bears one of the names.
            Unavailable: it cannot be made.
        """
        ...

    async def size(self, path: Path) -> int:
        """Return the bytes of a regular file.

        Raises:
            NotFound: there is none.
            Invalid: it is something else.
            Unavailable: it cannot be read.
        """
        ...

    def read(self, path: Path) -> Generator[bytes, None, None]:
        """Yield the bytes of a regular file; to be used in a thread.

        Raises: as `size`.
        """
        ...
