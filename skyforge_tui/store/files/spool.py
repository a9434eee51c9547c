"""Keeps what can be read only once, like a run's output, in a directory that ends with the program.

What a killed program left behind is removed by the next one: a directory whose lock nobody holds
belongs to nobody.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from skyforge_tui.store.log_format import log_names
from skyforge_tui.store.log_writer import LogWriter

_PREFIX = "pipe-"
_LOCK = "lock"


class Spool:
    """A directory of our own that looks like a run's, with a writer into it."""

    def __init__(self, parent: Path) -> None:
        """Make it below `parent`, or where temporary files go if nothing can be made there.

        Raises:
            OSError: neither can be written.
        """
        self.directory = _made_below(parent)
        with contextlib.ExitStack() as undo:
            undo.callback(shutil.rmtree, self.directory, ignore_errors=True)
            lock = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            undo.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.writer = LogWriter(self.directory)
            names = log_names(self.writer.generation)
            self.log = self.directory / names.log
            self.times = self.directory / names.times
            undo.callback(self.writer.close)
            self._undo = undo.pop_all()

    def close(self) -> None:
        """Remove it; closing twice is fine."""
        self._undo.close()


def _made_below(parent: Path) -> Path:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"skyforge-{_PREFIX}"))


def sweep(parent: Path) -> None:
    """Remove what programs that were killed left below `parent`.

    Raises:
        OSError: it cannot be listed.
    """
    for directory in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or somebody else's
            # One without a lock is just being made.
            lock = os.open(directory / _LOCK, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)
            finally:
                os.close(lock)
