"""The small JSON files of a run; a full disk cannot keep its end from being told."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RECORD_BYTES = 4096
_LONGEST_NOTE = 500


def encode(record: Mapping[str, Any]) -> bytes:
    """Return `record` as JSON; what is not valid Unicode survives as an escape."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears complete or not at all.

    Raises:
        OSError: it could not be written; nothing is left behind.
    """
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


class Record:
    """A file that is replaced as a whole and has its space set aside beforehand.

    The spare file already owns its blocks: a record is written over its spaces and renamed, which
    needs no room. JSON does not mind the spaces that remain.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spare = path.with_name(path.name + ".spare")

    def set_aside(self) -> None:
        """Reserve the space of the next record.

        Raises:
            OSError: there is no space.
        """
        try:
            with os.fdopen(os.open(self._spare, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(b" " * RECORD_BYTES)
        except OSError:
            self.drop_spare()
            raise

    def publish(self, record: Mapping[str, Any]) -> None:
        """Replace the record.

        Raises:
            OSError: there was neither a spare nor space for one; the old record stands.
        """
        if not self._spare.exists():
            self.set_aside()
        note = str(record.get("note", ""))[:_LONGEST_NOTE]
        data = encode({**record, "note": note}).ljust(RECORD_BYTES)
        with self._spare.open("r+b", buffering=0) as file:
            written = file.write(data)
        if written != len(data):
            raise OSError(f"{self._spare} took {written} of {len(data)} bytes")
        self._spare.replace(self._path)

    def drop_spare(self) -> None:
        """Give the space of the next record back."""
        self._spare.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the record and the space of the next one; another record has taken its place."""
        self.drop_spare()
        self._path.unlink(missing_ok=True)
