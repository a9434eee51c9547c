"""Long lists in JSON, read while they arrive and in slices that block nobody.

Decoding holds the interpreter: a list of ten megabytes in one call stops every thread for as long
as a picture takes. So the text is cut between two elements, and each piece decoded alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

SLICE_BYTES: Final = 128 * 1024
_BETWEEN = re.compile(rb'\}\s*(,)\s*\{\s*"(?:[^"\\]|\\.)*"\s*:')
"""The end of an object and the first key of the next. Inside of a text the quotes would be escaped;
inside of a nested list it looks the same."""
_BLANK: Final = b" \t\r\n"


class UnreadableRowsError(ValueError):
    """The text is no list of the expected elements; says after how many good ones."""


@lru_cache(maxsize=256)
def decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    """Return the decoder of a type; making one costs more than using it."""
    return msgspec.json.Decoder(shape)


class Rows(Generic[T]):
    """Takes the text of one JSON list in any pieces and gives its elements in slices.

    `null` is an empty list: that is how Go writes one that was never filled.
    """

    def __init__(self, shape: type[T], slice_bytes: int = SLICE_BYTES) -> None:
        self._decoder = decoder(list[shape])  # type: ignore[valid-type]
        self._slice_bytes = slice_bytes
        self._wanted = slice_bytes
        self._text = bytearray()
        self._is_open = False
        self.count = 0
        """How many elements were given."""

    def feed(self, piece: bytes) -> list[T]:
        """Take more text and return the elements of at most one slice; may be none.

        Raises:
            UnreadableRowsError: this is not such a list.
        """
        self._text += piece
        return self.more()

    def more(self) -> list[T]:
        """Return the elements of another slice that is there already; may be none."""
        if len(self._text) < self._wanted or not self._open():
            return []
        # A cut inside of an element leaves something unclosed: only a true one decodes. After a
        # false one the next try is twice as far, so that no text can cost more than a few.
        found = _BETWEEN.search(self._text, self._wanted - self._slice_bytes // 2)
        if found is None:
            self._wanted = 2 * len(self._text)
            return []
        rows = self._decoded(self._text[: found.start(1)])
        if rows is None:
            self._wanted = 2 * found.end()
            return []
        del self._text[: found.end(1)]
        self._wanted = self._slice_bytes
        return rows

    def finish(self) -> list[T]:
        """Return the elements that are left.

        Raises:
            UnreadableRowsError: the list never ends, or something follows it.
        """
        text = bytes(self._text).strip(_BLANK)
        self._text.clear()
        if not self._is_open:
            if text == b"null":
                return []
            return self._decoded_whole(text)
        return self._decoded_whole(b"[" + text)

    @property
    def has_more(self) -> bool:
        """Whether `more` may give another slice at once."""
        return len(self._text) >= self._wanted

    def _open(self) -> bool:
        """Take the bracket away; return whether this is a list at all."""
        if not self._is_open:
            text = self._text.lstrip(_BLANK)
            if not text.startswith(b"["):
                self._wanted = 2 * len(self._text)  # `finish` will say what it is instead
                return False
            self._text = text[1:]
            self._is_open = True
        return True

    def _decoded(self, text: bytearray) -> list[T] | None:
        """Return the elements, or None where the text was cut in the wrong place."""
        try:
            return self._counted(self._decoder.decode(b"[" + text + b"]"))
        except msgspec.ValidationError as error:
            raise self._unreadable(error) from None
        except msgspec.DecodeError:
            return None

    def _decoded_whole(self, text: bytes) -> list[T]:
        try:
            return self._counted(self._decoder.decode(text))
        except msgspec.DecodeError as error:
            raise self._unreadable(error) from None

    def _counted(self, rows: list[T]) -> list[T]:
        self.count += len(rows)
        return rows

    def _unreadable(self, error: Exception) -> UnreadableRowsError:
        after = f" (after {self.count} good ones)" if self.count else ""
        return UnreadableRowsError(f"{error}{after}")
