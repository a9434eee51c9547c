"""Writes a run's output: bytes first, then where lines are and when they came.

The supervisor of a local run imports this, so it needs the standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterable
from pathlib import Path

from skyforge_tui.store.log_format import (
    CHUNK_BYTES,
    GENERATION_FILE,
    RECORD,
    LineCounter,
    Record,
    all_records,
    current_generation,
    log_names,
    read_records,
    starts_line,
)

TIME_STEP_MS = 20
"""Bytes that arrive within this share one time record."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class _Records:
    """A file of records which may lag behind the bytes it describes, but is never wrong."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._written = 0
        self._waiting = bytearray()

    @property
    def descriptor(self) -> int:
        """The open file."""
        return self._descriptor

    def keep(self, count: int) -> None:
        """Forget what stands after the first `count` records, torn or wrong."""
        os.ftruncate(self._descriptor, count * RECORD.size)
        self._written = count * RECORD.size

    def add(self, records: Iterable[Record]) -> None:
        """Write the records; those for which there is no room wait for the next call."""
        for record in records:
            self._waiting += RECORD.pack(*record)
        while self._waiting:
            try:
                done = os.pwrite(self._descriptor, self._waiting, self._written)
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                return
            self._written += done
            del self._waiting[:done]

    def close(self) -> None:
        """Write what still waits, as far as there is room, and let go of the file."""
        self.add(())
        os.close(self._descriptor)


class LogWriter:
    """Appends bytes to one generation of a run's output; there is one writer at a time.

    Opening continues what is there: a torn or lagging index is cut back to its sane records and
    rebuilt from the bytes.
    """

    def __init__(self, directory: Path, *, generation: int | None = None) -> None:
        """Open the current generation in `directory`, or the one given.

        Raises:
            OSError: the files cannot be opened or read.
        """
        self._directory = directory
        self._closed = False
        self._generation = current_generation(directory) if generation is None else generation
        names = log_names(self._generation)
        with contextlib.ExitStack() as opened:
            # The log comes last: a reader that finds it finds its companions too.
            self._index = _Records(directory / names.blocks)
            opened.callback(os.close, self._index.descriptor)
            self._times = _Records(directory / names.times)
            opened.callback(os.close, self._times.descriptor)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._log = os.open(directory / names.log, flags, 0o600)
            opened.callback(os.close, self._log)
            self._counter = LineCounter()
            self._last_ms: int | None = None
            self._repair()
            opened.pop_all()

    @classmethod
    def begin_generation(cls, directory: Path) -> LogWriter:
        """Return a writer for the next generation, beside the current one, empty.

        Readers go on with the current one until `publish`. Leftovers of an attempt that never came
        to that are removed.

        Raises:
            OSError: the files cannot be opened or removed.
        """
        generation = current_generation(directory) + 1
        for name in log_names(generation):
            (directory / name).unlink(missing_ok=True)
        return cls(directory, generation=generation)

    @property
    def generation(self) -> int:
        """The generation that is written."""
        return self._generation

    @property
    def size(self) -> int:
        """Bytes in the file: what was really written, also after an append that raised."""
        return self._counter.size

    def append(self, data: bytes, at_ms: int) -> None:
        """Write `data`, which arrived at `at_ms` (unix milliseconds).

        Raises:
            OSError: not everything could be written. `size` tells how far it came; the rest may be
                tried again.
        """
        rest = memoryview(data)
        while rest:
            start = self._counter.size
            done = os.write(self._log, rest)
            blocks = self._counter.feed(bytes(rest[:done]))
            rest = rest[done:]
            self._index.add(blocks)
            if self._last_ms is None or abs(at_ms - self._last_ms) >= TIME_STEP_MS:
                self._last_ms = at_ms
                self._times.add([Record(start, max(at_ms, 0))])

    def add_gap(self, missing_bytes: int | None, missing_lines: int | None, reason: str) -> None:
        """Record that something is missing at the present end, and why.

        Raises:
            OSError: it could not be written; a torn record is ignored by readers.
        """
        entry = {
            "offset": self.size,
            "bytes": missing_bytes,
            "lines": missing_lines,
            "reason": reason,
        }
        # The leading line feed ends whatever an interrupted write left behind.
        data = b"\n" + json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        path = self._directory / log_names(self._generation).gaps
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)

    def publish(self) -> None:
        """Make this generation the one that readers show.

        The one before it stays, for readers that are just opening it; older ones are removed.

        Raises:
            OSError: the announcement could not be written; the old generation stays current.
        """
        os.fsync(self._log)
        draft = self._directory / f"{GENERATION_FILE}.new"
        with draft.open("w", encoding="ascii") as file:
            file.write(f"{self._generation}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._directory / GENERATION_FILE)
        if self._generation >= 2:
            for name in log_names(self._generation - 2):
                (self._directory / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._index.close()
        self._times.close()
        os.close(self._log)

    def _repair(self) -> None:
        size = os.fstat(self._log).st_size
        kept = 0
        for record in all_records(self._index.descriptor):
            if not self._continues(record, size):
                break
            self._counter.resume(record.offset, record.value)
            kept += 1
        self._index.keep(kept)
        while piece := os.pread(self._log, CHUNK_BYTES, self._counter.size):
            self._index.add(self._counter.feed(piece))
        self._repair_times(size)

    def _continues(self, record: Record, size: int) -> bool:
        far_enough = record.offset > self._counter.size and record.value > self._counter.lines
        return far_enough and record.offset <= size and starts_line(self._log, record.offset)

    def _repair_times(self, size: int) -> None:
        kept = 0
        last = -1
        for record in all_records(self._times.descriptor):
            if not last < record.offset < size:
                break
            last = record.offset
            kept += 1
        self._times.keep(kept)
        if kept:
            self._last_ms = read_records(self._times.descriptor, kept - 1, 1)[0].value
