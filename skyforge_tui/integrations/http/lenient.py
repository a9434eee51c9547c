"""Reads answers leniently: in types, as releases differ, and one by one in lists."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from skyforge_tui.integrations.http.reply import Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A whole list: what was read, and the ids of what is there but could not be."""

    items: tuple[T, ...]
    unreadable: tuple[int, ...] = ()


class Identified(msgspec.Struct):
    """Something with a number."""

    id: int


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    # Versions differ in whether some figures are texts.
    return msgspec.json.Decoder(shape, strict=False)


def read(reply: Reply, shape: type[T]) -> T:
    """Decode a body.

    Raises:
        HttpError: unreadable, with what came instead.
    """
    if not reply.body or reply.is_page:
        raise reply.unreadable("")
    try:
        value: T = _decoder(cast("Hashable", shape)).decode(reply.body)
    except msgspec.DecodeError as error:
        raise reply.unreadable(str(error)) from None
    return value


def read_each(rows: Iterable[msgspec.Raw], shape: type[T]) -> Listed[T]:
    """Decode elements of a list; one that cannot be read is told by its id, if it has one."""
    found: list[T] = []
    unreadable: list[int] = []
    for row in rows:
        try:
            found.append(_decoder(cast("Hashable", shape)).decode(row))
        except msgspec.DecodeError:
            try:
                unreadable.append(_decoder(Identified).decode(row).id)
            except msgspec.DecodeError:
                unreadable.append(0)
    return Listed(tuple(found), tuple(unreadable))
