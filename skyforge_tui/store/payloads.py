"""Domain objects as JSON bytes in a column, and what to do about those that do not fit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

T = TypeVar("T")
Row = tuple[object, ...]

_LOG = logging.getLogger(__name__)
_ENCODE = msgspec.json.Encoder().encode


def encoded(thing: object) -> bytes:
    """Return `thing` as JSON.

    Raises:
        UnicodeEncodeError: a text in it came from bytes that are not UTF-8.
    """
    return _ENCODE(thing)


def decoded(decoder: msgspec.json.Decoder[T], rows: Iterable[tuple[str, bytes]]) -> list[T]:
    """Return the objects of (id, payload) rows; unreadable ones are logged and left out.

    Another version of the program may have written them; the next sync writes them anew.
    """
    things = []
    decode = decoder.decode
    for thing_id, payload in rows:
        try:
            things.append(decode(payload))
        except ValueError as error:
            _LOG.warning("what is remembered of %s cannot be read: %s", thing_id, error)
    return things


def storable(things: Iterable[T], row_of: Callable[[T], Row]) -> list[Row]:
    """Return the rows of `things`; those that cannot be encoded are logged and left out.

    A name from bytes that are not UTF-8 must not keep everything else from being remembered.
    """
    rows = []
    for thing in things:
        try:
            rows.append(row_of(thing))
        except UnicodeEncodeError as error:
            _LOG.warning("%r cannot be remembered: it is not Unicode text", error.object)
    return rows


def id_row(thing_id: str) -> Row:
    """Return an id as a row of its own, for `storable`."""
    thing_id.encode()
    return (thing_id,)
