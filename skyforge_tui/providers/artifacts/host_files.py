"""Files that runs left on a lab host, looked for and read over its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase

from skyforge_tui.domain.collection import Refusal
from skyforge_tui.domain.errors import Invalid, NotSignedIn, SkyforgeError, Unavailable, Untrusted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.run_folder import MOST_BYTES, RunFolder, Told
from skyforge_tui.ports.work_files import Finding, WorkFile

_WHY = {
    "missing": "it is not there",
    "outside": "it leads out of the working directory",
    "link": "it is a link",
    "odd": "it is no regular file",
}
_LARGE = f"it is larger than {MOST_BYTES >> 20} MiB, which are brought from a host at most"


class HostWorkFiles:
    """Implements `WorkFiles` on one host.

    Links are not followed there, and of a wildcard only the last part counts.
    """

    def __init__(self, upstream: str, folder: RunFolder) -> None:
        self._upstream = upstream
        self._folder = folder
        self._loop: asyncio.AbstractEventLoop | None = None

    async def find(self, directory: str, globs: Sequence[str], paths: Sequence[str]) -> Finding:
        """Return the regular files that match a glob, and those named by a path."""
        self._loop = asyncio.get_running_loop()
        folders = sorted({one.rpartition("/")[0] for one in globs} - {""})
        named = [*paths, *(one for one in globs if "/" not in one)]
        with self._translated():
            told = await self._folder.tell(directory, folders, named)
        if told is None:
            return Finding((), (Refusal(directory, "the working directory is gone"),))
        files: dict[str, WorkFile] = {}
        refusals: dict[str, str] = {}
        for one in told:
            if one.kind == "found" and not any(fnmatchcase(one.path, glob) for glob in globs):
                continue
            if reason := _refused(one):
                if one.path not in globs:  # nobody named what a wildcard does not find
                    refusals[one.path] = reason
            else:
                files[one.path] = WorkFile(one.path, one.path, one.size)
        return Finding(
            tuple(files[path] for path in sorted(files)),
            tuple(Refusal(path, why) for path, why in sorted(refusals.items())),
        )

    def read(self, directory: str, file: WorkFile) -> Generator[bytes, None, None]:
        """Yield the bytes of a file that was found; in a thread, which waits for the line."""
        if self._loop is None:
            raise Invalid(f"{file.path}: nobody has looked for it")
        reading = self._folder.read(directory, file.target, file.size)
        with self._translated():
            data = asyncio.run_coroutine_threadsafe(reading, self._loop).result()
        if data is None:
            raise Invalid(f"{file.path}: it is no longer what it was")
        yield data

    @contextmanager
    def _translated(self) -> Iterator[None]:
        failure: SkyforgeError
        try:
            yield
        except TransportError as error:
            family = _FAMILIES.get(error.kind, Unavailable)
            failure = family(error.message, upstream=self._upstream, operation="artifact.collect")
        else:
            return
        raise failure


_FAMILIES: dict[str, type[SkyforgeError]] = {"unauthorized": NotSignedIn, "untrusted": Untrusted}


def _refused(one: Told) -> str:
    if one.kind in _WHY:
        return _WHY[one.kind]
    if one.size > MOST_BYTES:
        return _LARGE
    return "" if one.path.isprintable() else "its name cannot be printed"
