"""Files that a run left in its working directory, looked for without trusting what lies there."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from skyforge_tui.domain.collection import Refusal


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A regular file inside the working directory."""

    path: str
    """As it was named, relative to the directory."""
    target: str
    """Where it really is, relative to the directory: no part of it is a link."""
    size: int
    """In bytes, when it was found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, sorted by path, and what was refused."""

    files: tuple[WorkFile, ...] = ()
    refusals: tuple[Refusal, ...] = ()


class WorkFiles(Protocol):
    """Finds and reads files below a run's working directory; nothing outside is ever read."""

    async def find(self, directory: str, globs: Sequence[str], paths: Sequence[str]) -> Finding:
        """Return the regular files that match a glob, and those named by a path.

        Globs are relative (`out/*.cfg`, `**/*.json`); a glob that names a folder means all in it.
        Folders that are links are not entered. Paths are relative or absolute; links are followed.
        What ends outside, is missing, or is no regular file is refused; a glob without a match
        is not.
        """
        ...

    def read(self, directory: str, file: WorkFile) -> Generator[bytes, None, None]:
        """Yield the bytes of a file that was found; for a thread, never for an event loop.

        Raises:
            Invalid: it is no longer what it was: gone, replaced by a link, or no regular file.
            Unavailable: it cannot be read.
        """
        ...
