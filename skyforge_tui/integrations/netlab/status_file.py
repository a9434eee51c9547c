"""Reads netlab's status file, which is truncated and written again under its readers' eyes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import wire
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start

NAMES = ("status.yaml", "status.yml")
"""The first is what netlab writes, the second what its documentation says."""
MAX_BYTES = 4 << 20

_TRIES = 10
_PAUSE_S = 0.05


def candidates(home: Path) -> tuple[Path, ...]:
    """Return where the status file may be, the likelier first."""
    return tuple(home / ".netlab" / name for name in NAMES)


def stamp(home: Path) -> str:
    """Return size and time of the status file; empty when there is none."""
    for path in candidates(home):
        try:
            found = path.stat()
        except OSError:
            continue
        return f"{path}:{found.st_mtime_ns}:{found.st_size}"
    return ""


async def read(home: Path) -> wire.Status:
    """Return what the status file holds; no file means no labs.

    It counts as read when two looks in a row saw the same bytes and they make sense: a file cut
    between two entries is good YAML too.

    Raises:
        TransportError: unreadable.
    """
    before: bytes | None = None
    for attempt in range(_TRIES):
        if attempt:
            await asyncio.sleep(_PAUSE_S)
        data = await asyncio.to_thread(_bytes, home)
        if data is None:
            return wire.Status()
        if data == before:
            status = await asyncio.to_thread(wire.read_status_file, data)
            if status is not None:
                return status
        before = data
    raise TransportError("unreadable", f"{candidates(home)[0]} makes no sense", is_retryable=True)


def _bytes(home: Path) -> bytes | None:
    for path in candidates(home):
        try:
            start = read_start(path, path.parent, MAX_BYTES)
        except UnreadableFileError as error:
            if error.is_gone:
                continue
            raise TransportError("unreadable", str(error)) from None
        if not start.is_whole:
            raise TransportError("oversized", f"{path} has more than {MAX_BYTES} bytes")
        return start.data
    return None
