"""The open files of one generation of output, as a reader holds them.

Descriptors are opened together, away from the UI thread; whether they are still the right ones can
be asked anywhere, because asking only looks at directory entries.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from skyforge_tui.domain.log import LogGap
from skyforge_tui.store.log_format import (
    CHUNK_BYTES,
    GENERATION_FILE,
    current_generation,
    log_names,
)


class LogFiles:
    """Read-only descriptors; those of files that do not exist yet are None."""

    def __init__(self, directory: Path) -> None:
        """Open what there is of the current generation in `directory`.

        Raises:
            OSError: the directory or a file in it cannot be opened.
            ValueError: the announcement of the generation makes no sense.
        """
        with contextlib.ExitStack() as opened:
            self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            opened.callback(os.close, self._directory)
            self._announced = self._entry(GENERATION_FILE)
            self.generation = current_generation(directory)
            self._names = log_names(self.generation)
            self.log = self._open(self._names.log, opened)
            self.index = self._open(self._names.blocks, opened)
            self.times = self._open(self._names.times, opened)
            self.gaps = self._open(self._names.gaps, opened)
            self._opened = opened.pop_all()

    def is_same_log(self, other: LogFiles) -> bool:
        """Return whether both hold the very same file of bytes."""
        if self.log is None or other.log is None:
            return False
        return os.path.sameopenfile(self.log, other.log)

    def are_outdated(self) -> bool:
        """Return whether opening again would find other files."""
        if self._entry(GENERATION_FILE) != self._announced:
            return True
        if self.log is None:
            return self._entry(self._names.log) is not None
        if os.fstat(self.log).st_nlink == 0:
            return True
        return self.gaps is None and self._entry(self._names.gaps) is not None

    def close(self) -> None:
        """Give the descriptors back; closing twice is fine."""
        self._opened.close()

    def _open(self, name: str, opened: contextlib.ExitStack) -> int | None:
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._directory)
        except FileNotFoundError:
            return None
        opened.callback(os.close, descriptor)
        return descriptor

    def _entry(self, name: str) -> tuple[int, int, int] | None:
        try:
            found = os.stat(name, dir_fd=self._directory)
        except FileNotFoundError:
            return None
        if name == GENERATION_FILE:
            return found.st_ino, found.st_mtime_ns, found.st_size
        return found.st_ino, 0, 0


def read_gaps(descriptor: int) -> tuple[LogGap, ...]:
    """Return the gap records by offset; a torn record is none."""
    gaps = []
    for line in os.pread(descriptor, CHUNK_BYTES, 0).splitlines():
        gap = _gap(line)
        if gap is not None:
            gaps.append(gap)
    return tuple(sorted(gaps, key=lambda gap: gap.offset))


def _gap(line: bytes) -> LogGap | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("offset"), int):
        return None
    return LogGap(
        entry["offset"],
        _count(entry.get("bytes")),
        _count(entry.get("lines")),
        str(entry.get("reason", "")),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None
