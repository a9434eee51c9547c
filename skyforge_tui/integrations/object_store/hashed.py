"""Hashes bytes on their way, beside whatever else is done with them, and keeps what broke them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

_WORTH_IT = 1 << 18
"""Bytes from which on another thread hashes a piece: the interpreter is free meanwhile."""


class SideHash:
    """A SHA-256 that is counted while its caller goes on, one piece behind at most.

    Hashing a gigabyte takes as long as writing it does. Pieces must stay as they are.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._worker: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None

    def update(self, piece: bytes | memoryview) -> None:
        """Take the next bytes; returns when those before are counted."""
        self._settle()
        if len(piece) < _WORTH_IT:
            self._hash.update(piece)
            return
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self._pending = self._worker.submit(self._hash.update, piece)

    def hexdigest(self) -> str:
        """Return the hash of everything that was taken, in hex."""
        self._settle()
        return self._hash.hexdigest()

    def close(self) -> None:
        """End the other thread."""
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None

    def _settle(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None


class Hashed:
    """Pieces on their way, hashed; remembers what broke them, which the library would rewrite."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._hash = SideHash()
        self.failure: BaseException | None = None
        self.size = 0

    def __iter__(self) -> Hashed:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._source)
        except StopIteration:
            raise
        except BaseException as error:
            self.failure = error
            raise
        self._hash.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def sha256(self) -> str:
        """The hash so far, in hex."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let go of what hashes."""
        self._hash.close()
