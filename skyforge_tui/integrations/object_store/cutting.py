"""Cuts what comes in pieces of any size into parts, none of it copied, hashed on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """A part: its bytes in pieces, and the SHA-256 of all bytes up to its end, in hex."""

    pieces: list[memoryview]
    size: int
    sum: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of this part alone, in hex; it takes a while."""
        digest = hashlib.sha256()
        for piece in self.pieces:
            digest.update(piece)
        return digest.hexdigest()


class Cutter:
    """Cuts a source; `take` is called in a thread, one call after the other."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._rest = memoryview(b"")
        self._hash = hashlib.sha256()
        self.size = 0
        """Bytes that were taken."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was taken, in hex."""
        return self._hash.hexdigest()

    def take(self, size: int) -> Cut:
        """Return the next bytes: as many as `size`, fewer at the end only."""
        pieces: list[memoryview] = []
        room = size
        while room:
            if not self._rest:
                piece = next(self._source, None)
                if piece is None:
                    break
                self._rest = memoryview(piece)
            head, self._rest = self._rest[:room], self._rest[room:]
            self._hash.update(head)
            pieces.append(head)
            room -= len(head)
        self.size += size - room
        return Cut(pieces, size - room, self.sha256)
