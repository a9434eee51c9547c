"""Gives up output of servers' runs that is kept here: the server still has it, and tells it again.

An empty generation takes its place, which readers see once it is announced: a crash leaves either
the old bytes or none, and at most files that nobody shows, which the next call removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.store.kept_logs import COMPLETE, LOCK
from skyforge_tui.store.log_dropping import OPERATION, hold, remove_older, translated
from skyforge_tui.store.log_format import current_generation, log_names
from skyforge_tui.store.log_writer import LogWriter


class KeptLogTrimmer:
    """Measures and removes what is kept below `directory/runs`; implements `KeptTrimmer`."""

    def __init__(self, directory: Path) -> None:
        self._runs = directory / "runs"

    def sizes(self) -> dict[str, int]:
        """Return how many bytes are kept of each run, by native id, where there are any."""
        found: dict[str, int] = {}
        try:
            with os.scandir(self._runs) as entries:
                names = [one.name for one in entries if one.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return found
        for name in names:
            with contextlib.suppress(OSError, ValueError):  # somebody gives it up right now
                directory = self._runs / name
                log = directory / log_names(current_generation(directory)).log
                if size := log.stat().st_size:
                    found[name] = size
        return found

    def drop(self, native_run_id: str, reason: str) -> int:
        """Remove what is kept of a run; return how many bytes there were. `reason` is not kept.

        Raises:
            NotFound: nothing is kept of it.
            Conflict: somebody writes or reads it.
            Unavailable: it cannot be removed; it is still there.
        """
        del reason
        directory = self._runs / native_run_id
        if native_run_id in {"", ".", ".."} or "/" in native_run_id or not directory.is_dir():
            raise NotFound(f"nothing is kept of {native_run_id}", operation=OPERATION)
        with translated(directory), contextlib.ExitStack() as held:
            hold(
                held, directory / LOCK, fcntl.LOCK_EX,
                f"the output of {native_run_id} is being written",
            )  # fmt: skip
            log = directory / log_names(current_generation(directory)).log
            is_there = hold(
                held, log, fcntl.LOCK_EX, f"the output of {native_run_id} is being read"
            )
            size = log.stat().st_size if is_there else 0
            (directory / COMPLETE).unlink(missing_ok=True)
            if size:
                writer = LogWriter.begin_generation(directory)
                try:
                    writer.publish()
                finally:
                    writer.close()
            remove_older(directory, current_generation(directory))
            return size
