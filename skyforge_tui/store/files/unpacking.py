"""Recognises compressed and binary files by their first bytes, and unpacks what Python can."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

HEAD_BYTES = 32 * 1024
"""What is looked at of each end of a file."""

_TEXT_CONTROLS = b"\b\t\n\v\f\r\x0e\x0f\x1b"
_CONTROLS = bytes(one for one in range(32) if one not in _TEXT_CONTROLS) + b"\x7f"
_DAMAGE = ("LZMAError", "ZstdError")
"""What some modules raise for broken files instead of an OSError."""
_MOST_CONTROLS = 20
"""One control character in so many bytes is too many for a text."""


class Packing(NamedTuple):
    """A way of compressing files."""

    name: str
    magic: bytes
    module: str
    """What of Python's own unpacks it; empty if nothing does."""
    program: str
    """What unpacks it to standard output."""


PACKINGS = (
    Packing("gzip", b"\x1f\x8b\x08", "gzip", "gzip -dc"),
    Packing("xz", b"\xfd7zXZ\x00", "lzma", "xz -dc"),
    Packing("bzip2", b"BZh", "bz2", "bzip2 -dc"),
    Packing("zstd", b"\x28\xb5\x2f\xfd", "compression.zstd", "zstd -dc"),
    Packing("lz4", b"\x04\x22\x4d\x18", "", "lz4 -dc"),
    Packing("zip", b"PK\x03\x04", "", "unzip -p"),
    Packing("7-Zip", b"7z\xbc\xaf\x27\x1c", "", "7z x -so"),
)


def packing_of(head: bytes) -> Packing | None:
    """Return how a file is compressed that begins with `head`; None if it is not."""
    return next((one for one in PACKINGS if head.startswith(one.magic)), None)


def looks_binary(head: bytes, tail: bytes) -> bool:
    """Return whether neither end of a file is text; a hole of zeros at one end is no reason."""
    return _is_binary(head) and _is_binary(tail)


def _is_binary(data: bytes) -> bool:
    others = len(data) - len(data.translate(None, _CONTROLS))
    return others * _MOST_CONTROLS > len(data)


class Unpacker:
    """Reads what a compressed file holds; a broken end is told, not swallowed."""

    def __init__(self, path: Path, packing: Packing) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be opened.
            ImportError: this Python lacks what unpacks it.
        """
        module = import_module(packing.module)
        opened: Callable[[Path], Any] = module.open
        self._file: BufferedReader = opened(path)
        self._failure: OSError | None = None
        self._damage: tuple[type[Exception], ...] = (
            zlib.error,
            *(one for name in _DAMAGE if isinstance(one := getattr(module, name, None), type)),
        )

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end; all there are before a damage.

        Raises:
            OSError: the file is damaged, or cannot be read.
        """
        pieces: list[bytes] = []
        # One by one: a read that meets the damage takes what it has read with it.
        while size and self._failure is None and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        if self._failure is not None and not pieces:
            raise self._failure
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        """Return what comes out of the next bytes; none at the end, or if that fails."""
        try:
            return self._file.read1(size)
        except EOFError:
            self._failure = OSError("it ends too early")
        except self._damage as error:
            self._failure = OSError(f"it is damaged: {error}")
        except OSError as error:
            self._failure = error
        return b""

    def stop(self) -> None:
        """Do nothing: a file never keeps anybody waiting."""

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self._file.close()
