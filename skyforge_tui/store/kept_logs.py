"""Output of runs that happen elsewhere, kept below the cache directory.

Laid out as that of local runs, so that the same reader shows both. A lock says who writes; a file
`complete` says that nobody needs to any more.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.ports.kept_logs import Line
from skyforge_tui.store.log_files import read_gaps
from skyforge_tui.store.log_format import current_generation, log_names
from skyforge_tui.store.log_writer import TIME_STEP_MS, LogWriter
from skyforge_tui.store.supervisor import locks

LOCK: Final = "writer.lock"
COMPLETE: Final = "complete"

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _translated(
    method: Callable[Concatenate[FileKeptLog, _P], _T],
) -> Callable[Concatenate[FileKeptLog, _P], _T]:
    @functools.wraps(method)
    def call(self: FileKeptLog, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(self, *args, **kwargs)
        except OSError as error:
            raise _unwritable(self.directory, error) from error

    return call


class FileKeptLog:
    """Writes the output of one run; implements `KeptLog`."""

    def __init__(self, directory: Path, lock: int) -> None:
        """Continue what is in `directory`, whose `lock` is held.

        Raises:
            OSError: it cannot be opened.
            ValueError: the announcement of the generation makes no sense.
        """
        self.directory = directory
        self._lock = lock
        self._is_closed = False
        self._is_complete = (directory / COMPLETE).exists()
        self._writer = LogWriter(directory)

    @property
    def is_complete(self) -> bool:
        """Whether everything was written that there will ever be."""
        return self._is_complete

    @property
    def size(self) -> int:
        """Bytes written."""
        return self._writer.size

    @_translated
    def append(self, lines: Sequence[Line]) -> None:
        """Write these lines at the end."""
        for at_ms, data in _pieces(lines):
            self._writer.append(data, at_ms)

    @_translated
    def append_bytes(self, data: bytes, at_ms: int) -> None:
        """Write bytes at the end as they are."""
        self._writer.append(data, at_ms)

    @_translated
    def replace(self, lines: Sequence[Line], gaps: Sequence[int] = (), reason: str = "") -> None:
        """Make these lines the whole output."""
        known = None if gaps or self._has_open_gap() else self._known(lines)
        if known is not None:
            done, rest = known
            if rest:
                self._writer.append(rest, lines[done - 1].at_ms)
            self.append(lines[done:])
            return
        fresh = LogWriter.begin_generation(self.directory)
        try:
            for start, end in pairwise(sorted({0, *gaps, len(lines)})):
                if start in gaps:
                    fresh.add_gap(None, None, reason)
                for at_ms, data in _pieces(lines[start:end]):
                    fresh.append(data, at_ms)
            fresh.publish()
        except OSError:
            fresh.close()
            raise
        self._writer.close()
        self._writer = fresh

    @_translated
    def note_gap(self, missing_lines: int | None, reason: str) -> None:
        """Note that something is missing at the present end, and why."""
        self._writer.add_gap(None, missing_lines, reason)

    @_translated
    def note_resumed(self, reason: str) -> None:
        """Note that at the present end nothing is missing although it may seem so, and why."""
        self._writer.add_gap(0, 0, reason)

    @_translated
    def finish(self) -> None:
        """Note that everything was written that there will ever be."""
        (self.directory / COMPLETE).touch(mode=0o600)
        self._is_complete = True

    def close(self) -> None:
        """Let somebody else write; closing twice is fine."""
        if not self._is_closed:
            self._is_closed = True
            self._writer.close()
            os.close(self._lock)

    def _has_open_gap(self) -> bool:
        path = self.directory / log_names(self._writer.generation).gaps
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return any(not gap.is_filled for gap in read_gaps(descriptor))
        finally:
            os.close(descriptor)

    def _known(self, lines: Sequence[Line]) -> tuple[int, bytes] | None:
        """Return how many of the lines are there, and the missing end of the last of these.

        None if something else is there.
        """
        size = self._writer.size
        path = self.directory / log_names(self._writer.generation).log
        with path.open("rb") as file:
            for index, line in enumerate(lines):
                if size <= 0:
                    return index, b""
                data = line.data + b"\n"
                there = file.read(min(len(data), size))
                if not data.startswith(there):
                    return None
                size -= len(data)
                if size < 0:
                    return index + 1, data[len(there) :]
        return (len(lines), b"") if size <= 0 else None


class FileKeptLogs:
    """Keeps the output of one upstream's runs below `directory/runs`; implements `KeptLogs`."""

    def __init__(self, directory: Path) -> None:
        self._runs = directory / "runs"

    def open(self, native_run_id: str) -> FileKeptLog | None:
        """Open the output of a run for writing; None while another program writes."""
        directory = self._runs / native_run_id
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = locks.try_hold(directory / LOCK)
            if lock is None:
                return None
            try:
                return FileKeptLog(directory, lock)
            except BaseException:
                os.close(lock)
                raise
        except (OSError, ValueError) as error:
            raise _unwritable(directory, error) from error

    def prepare(self, native_run_id: str) -> None:
        """Make the place of a run's output."""
        directory = self._runs / native_run_id
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(directory, error) from error

    def size(self, native_run_id: str) -> int:
        """Return how many bytes are kept of a run, whoever writes; 0 if none."""
        directory = self._runs / native_run_id
        try:
            return (directory / log_names(current_generation(directory)).log).stat().st_size
        except (OSError, ValueError):
            return 0

    def is_complete(self, native_run_id: str) -> bool:
        """Say whether everything of a run is kept that there will ever be."""
        return (self._runs / native_run_id / COMPLETE).exists()


def _pieces(lines: Sequence[Line]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of about one moment together: they share one record of time."""
    for _, some in groupby(lines, key=lambda line: line.at_ms // TIME_STEP_MS):
        together = list(some)
        yield together[0].at_ms, b"".join(line.data + b"\n" for line in together)


def _unwritable(directory: Path, error: Exception) -> Unavailable:
    reason = getattr(error, "strerror", None) or str(error)
    return Unavailable(
        f"the output in {directory} cannot be written: {reason}",
        operation="run.log",
        advice="Make room or check the permissions of the cache directory.",
    )
