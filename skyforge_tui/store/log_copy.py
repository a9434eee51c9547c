"""Copies what a reader reads to a new file."""

from __future__ import annotations

import contextlib
from pathlib import Path

from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.ports.log_store import LogReader

_COPIED_AT_ONCE = 1 << 20


def copied(reader: LogReader, target: str) -> int:
    """Copy the raw bytes there are now; return how many. What cannot be finished leaves nothing.

    Raises:
        Conflict: `target` is there already; nothing is overwritten.
        Unavailable: it cannot be written.
    """
    try:
        with Path(target).open("xb") as file, contextlib.ExitStack() as unfinished:
            unfinished.callback(Path(target).unlink, missing_ok=True)
            size = 0
            while chunk := reader.read(size, _COPIED_AT_ONCE):
                file.write(chunk)
                size += len(chunk)
            file.flush()
            unfinished.pop_all()
            return size
    except FileExistsError:
        raise Conflict(
            f"{target} is there already", operation="log.save", advice="move it away first"
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable(
            f"{target} cannot be written: {reason}", operation="log.save",
            advice="start skyforge in a folder that can be written",
        ) from error  # fmt: skip
