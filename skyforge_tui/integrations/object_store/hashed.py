"""Hashes bytes on their way, and keeps what broke them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


class Hashed:
    """Pieces on their way, hashed; remembers what broke them, which the library would rewrite."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._hash = hashlib.sha256()
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
