"""Hears what one thread does that it should leave to others; it needs nothing of the program."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

FORBIDDEN = frozenset(
    {
        "open", "import", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename",
        "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "subprocess.Popen",
        "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto",
        "sqlite3.connect", "fcntl.flock", "fcntl.lockf", "shutil.copyfile", "tempfile.mkstemp",
    }
)  # fmt: skip


class Watch:
    """Hears every audit event and keeps those of this thread once it is armed."""

    def __init__(self) -> None:
        self.is_armed = False
        self.seen: list[str] = []
        self.threads: list[str] = []
        self.kept = 0
        self._thread = threading.get_ident()
        sys.addaudithook(self._hear)

    def arm(self) -> None:
        """Begin; the first picture is there."""
        self.threads = [one.name for one in threading.enumerate()]
        self.kept = len(gc.get_objects())
        self.is_armed = True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_armed and event in FORBIDDEN and threading.get_ident() == self._thread:
            self.is_armed = False  # telling where it was reads source lines
            frames = traceback.extract_stack(limit=40)[:-1]
            where = [f"{Path(one.filename).name}:{one.lineno}" for one in frames[-12:]]
            self.seen.append(f"{event} {arguments!r:.200} at {' > '.join(where)}")
            self.is_armed = True
