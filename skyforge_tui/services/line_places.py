"""Where lines begin in output that may be written anew while somebody reads it."""

from __future__ import annotations

from skyforge_tui.ports.log_store import LogReader

CHUNK = 1 << 20
"""Bytes read at a time."""


def lines_before(reader: LogReader, end: int) -> int:
    """Return how many lines end before an offset."""
    lines = offset = 0
    while chunk := reader.read(offset, min(CHUNK, end - offset)):
        lines += chunk.count(b"\n")
        offset += len(chunk)
    return lines


def offset_after(reader: LogReader, lines: int) -> int:
    """Return the offset behind so many lines; the end, where there are not so many."""
    offset = 0
    while lines and (chunk := reader.read(offset, CHUNK)):
        found = chunk.count(b"\n")
        if found < lines:
            lines -= found
            offset += len(chunk)
            continue
        place = -1
        for _ in range(lines):
            place = chunk.index(b"\n", place + 1)
        return offset + place + 1
    return offset
