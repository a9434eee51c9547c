"""Logs that are handed over piece by piece: a pipe into a spool, as if somebody else wrote it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from skyforge_tui.store.files.opened import FileLog
from skyforge_tui.store.files.opening import LocalLogFiles


class PipedLog:
    """Implements `FedLog`; made by `PipedLogs.begin`."""

    def __init__(self, opened: FileLog, writing: int) -> None:
        self.opened = opened
        self._writing: int | None = writing
        self._lock = threading.Lock()

    def feed(self, chunk: bytes) -> bool:
        """Hand over the next bytes; waits as long as those before were not taken."""
        left = memoryview(chunk)
        with self._lock:
            try:
                while left and self._writing is not None:
                    left = left[os.write(self._writing, left) :]
            except BrokenPipeError:
                self._close()  # who read it has closed it
            return self._writing is not None

    def end(self) -> None:
        """Say that nothing follows; waits for a piece that is on its way."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._writing is not None:
            os.close(self._writing)
            self._writing = None


class PipedLogs:
    """Implements `FedLogs`."""

    def __init__(self, spools: Path) -> None:
        """Take the directory below which spools are kept."""
        self._files = LocalLogFiles(spools)

    def begin(self, name: str) -> PipedLog:
        """Begin one."""
        reading, writing = os.pipe()
        try:
            opened = self._files.open_pipe(name, reading)
        except BaseException:
            os.close(writing)
            raise
        return PipedLog(opened, writing)
