"""Removes the output of a run that has ended, and leaves a gap in its place.

The gap is written as the next generation, which readers see once it is announced: a crash leaves
either the old bytes or the gap, and at most files that nobody shows, which the next call removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.store.log_format import current_generation, log_names
from skyforge_tui.store.log_writer import LogWriter
from skyforge_tui.store.supervisor.places import LOCK

OPERATION = "run.gc"


def drop(directory: Path, reason: str) -> int:
    """Remove the output in a run's directory; return how many bytes there were.

    Raises:
        NotFound: there is no such directory.
        Conflict: it is written or read by somebody.
        Unavailable: it cannot be removed.
    """
    if not directory.is_dir():
        raise NotFound(f"there is no run {directory.name}", operation=OPERATION)
    with translated(directory), contextlib.ExitStack() as held:
        hold(held, directory / LOCK, fcntl.LOCK_SH, f"run {directory.name} has not ended")
        generation = current_generation(directory)
        log = directory / log_names(generation).log
        is_there = hold(
            held, log, fcntl.LOCK_EX, f"the output of run {directory.name} is being read"
        )
        size = log.stat().st_size if is_there else 0
        if size:
            _replace(directory, log, size, reason)
        remove_older(directory, current_generation(directory))
        return size


@contextlib.contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Raise what goes wrong with files as one of our own errors.

    Raises:
        Unavailable: the output cannot be removed.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unavailable(
            f"the output in {directory} cannot be removed: {reason}", operation=OPERATION
        ) from error


def hold(held: contextlib.ExitStack, path: Path, kind: int, refusal: str) -> bool:
    """Lock a file as long as `held` lasts; return whether there is one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(refusal, operation=OPERATION) from None
    return True


def _replace(directory: Path, log: Path, size: int, reason: str) -> None:
    times = log.stat()
    writer = LogWriter.begin_generation(directory)
    try:
        writer.add_gap(size, None, reason)
        # When a run was seen last is told by the time of its output, if by nothing else.
        fresh = directory / log_names(writer.generation).log
        os.utime(fresh, ns=(times.st_atime_ns, times.st_mtime_ns))
        writer.publish()
    finally:
        writer.close()


def remove_older(directory: Path, current: int) -> None:
    """Remove the files of all generations before the current one."""
    for generation in range(current):
        for name in log_names(generation):
            (directory / name).unlink(missing_ok=True)
