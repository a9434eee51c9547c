"""JSON as programs print it: with lines of chatter before it, and large at times.

What is large is read piece by piece, so that whoever else runs in this process has a turn between
two of them; nothing a stranger prints costs more than about twice the time of its bytes.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec

from skyforge_tui.integrations.errors import TransportError

_START: Final = re.compile(rb'^(?:\{(?=\s*["}])|\[(?=\s*["\[{\]\d\-tfn]))', re.MULTILINE)
"""Where a document may begin: it has a line of its own, and is no `[INFO] …`."""
_STARTS_TRIED: Final = 8
_SURROGATE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""Half of a character, or one written in halves."""
_SLICE: Final = 200
"""Pieces that are read before others have their turn."""
_MAP: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ANYTHING: Final = msgspec.json.Decoder()

T = TypeVar("T")


def read_document(printed: bytes, what: str) -> Any:
    """Return the document in what a program printed; `what` it is called where there is none.

    Raises:
        TransportError: unreadable.
    """
    left = 2 * len(printed)
    for hit in islice(_START.finditer(printed), _STARTS_TRIED):
        body = printed[hit.start() :]
        try:
            return _ANYTHING.decode(body.strip())
        except (msgspec.DecodeError, RecursionError):
            pass  # something stands behind it, or it is written as only Python would
        try:
            return json.JSONDecoder().raw_decode(_text(body))[0]
        except RecursionError:
            break
        except json.JSONDecodeError as error:
            left -= error.pos
        if left < 0:
            break
    raise TransportError("unreadable", f"{what} is not JSON")


def members(printed: bytes, what: str) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a document that is a map, each read when it is wanted.

    Raises:
        TransportError: unreadable.
    """
    body = _body(printed)
    try:
        rows = _MAP.decode(body)
    except (msgspec.DecodeError, RecursionError):
        found = read_document(printed, what)
        if isinstance(found, dict):
            yield from found.items()
        elif found != []:  # nothing is nothing, whatever it is written as
            raise TransportError("unreadable", f"{what} is no map") from None
        return
    for key, raw in rows.items():
        yield key, read_piece(raw)


def elements(printed: bytes, what: str) -> Iterator[Any]:
    """Yield the elements of a document that is a list. Raises: as `members`."""
    try:
        rows = _LIST.decode(_body(printed))
    except (msgspec.DecodeError, RecursionError):
        found = read_document(printed, what)
        if isinstance(found, list):
            yield from found
        elif found != {}:
            raise TransportError("unreadable", f"{what} is no list") from None
        return
    yield from map(read_piece, rows)


def read_piece(raw: msgspec.Raw) -> Any:
    """Return a piece of a document; None where it is nested too deeply to be anything."""
    try:
        return _ANYTHING.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return json.loads(_text(bytes(raw)))
    except (ValueError, RecursionError):
        return None


async def gathered(pieces: Iterable[T]) -> tuple[T, ...]:
    """Return all pieces; after every few of them others have their turn.

    Raises: what reading them raises.
    """
    found: list[T] = []
    for one in pieces:
        found.append(one)
        if len(found) % _SLICE == 0:
            await asyncio.sleep(0)
    return tuple(found)


def _body(printed: bytes) -> bytes:
    hit = _START.search(printed)
    return b"" if hit is None else printed[hit.start() :].strip()


def _text(body: bytes) -> str:
    """Return a document as text that can be written anywhere: nothing in it is half a character."""
    return _SURROGATE.sub(r"\1\\ufffd", body.decode(errors="replace"))
