"""The program's own log: records are queued where they are made, and written by a thread.

Whoever logs touches no file, so the UI thread may. Secrets are masked, tracebacks hold no
variables. Several programs share one file: each line is one write, and who finds it full moves it
aside under a lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Final

from skyforge_tui.integrations.redaction import RedactingFormatter

MAX_BYTES: Final = 1024 * 1024
_FORMAT: Final = "%(asctime)sZ %(levelname)s %(process)d %(name)s: %(message)s"


@contextmanager
def written_to(path: Path, *, max_bytes: int = MAX_BYTES) -> Iterator[None]:
    """Write what is logged meanwhile to `path`; `path.1` keeps what came before, once it is full.

    Warnings of everybody are written, and what this program itself finds worth telling. What
    cannot be written is lost: there is nowhere else to say so.
    """
    queue: SimpleQueue[logging.LogRecord | None] = SimpleQueue()
    handler = _Queued(queue)
    writer = Thread(target=_write_all, args=(queue, path, max_bytes), name="skyforge-log")
    root, ours = logging.getLogger(), logging.getLogger("skyforge_tui")
    before = ours.level
    ours.setLevel(logging.INFO)
    root.addHandler(handler)
    writer.start()
    try:
        yield
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)
        queue.put(None)
        writer.join()


class _Queued(logging.Handler):
    """Puts records into a queue; the message is made at once, the traceback is not."""

    def __init__(self, queue: SimpleQueue[logging.LogRecord | None]) -> None:
        super().__init__()
        self._queue = queue

    def emit(self, record: logging.LogRecord) -> None:
        # What the arguments refer to may have changed by the time somebody writes it down.
        record.msg, record.args = record.getMessage(), None
        self._queue.put(record)


def _write_all(queue: SimpleQueue[logging.LogRecord | None], path: Path, max_bytes: int) -> None:
    plain = logging.Formatter(_FORMAT)
    plain.converter = time.gmtime
    formatter = RedactingFormatter(plain)
    while (record := queue.get()) is not None:
        text = formatter.format(record) + "\n"
        with contextlib.suppress(OSError):
            _append(path, text.encode("utf-8", "backslashreplace"), max_bytes)


def _append(path: Path, line: bytes, max_bytes: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(fd).st_size
        if size and size + len(line) > max_bytes:
            fcntl.flock(fd, fcntl.LOCK_EX)
            if _is_at(path, fd):
                path.replace(path.with_name(f"{path.name}.1"))
            os.close(fd)
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.write(fd, line)
    finally:
        os.close(fd)


def _is_at(path: Path, fd: int) -> bool:
    """Say whether the open file still has this name, or was moved aside by somebody."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(fd))
