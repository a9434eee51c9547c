"""Reads answers of Semaphore: leniently in types, and one by one in lists."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.semaphore.wire import Shape

T = TypeVar("T")
Thing = TypeVar("Thing", bound=Shape)
Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Listed(Generic[Thing]):
    """A whole list: what was read, and the ids of what is there but could not be."""

    items: tuple[Thing, ...]
    unreadable: tuple[int, ...] = ()


class _Identified(msgspec.Struct):
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


def id_of(reply: Reply) -> int:
    """Return the id of what was made.

    Raises:
        HttpError: unreadable, if there is none.
    """
    return read(reply, _Identified).id


def read_each(rows: Iterable[msgspec.Raw], shape: type[Thing]) -> Listed[Thing]:
    """Decode elements of a list; one that cannot be read is told by its id, if it has one."""
    found: list[Thing] = []
    unreadable: list[int] = []
    for row in rows:
        try:
            found.append(_decoder(cast("Hashable", shape)).decode(row))
        except msgspec.DecodeError:
            try:
                unreadable.append(_decoder(_Identified).decode(row).id)
            except msgspec.DecodeError:
                unreadable.append(0)
    return Listed(tuple(found), tuple(unreadable))


async def listed(
    http: HttpClient, path: str, shape: type[Thing], query: Query | None = None
) -> Listed[Thing]:
    """Return the list at `path`; `null` is an empty one.

    Raises:
        HttpError: it did not come, or is none.
    """
    return read_each(await http.get_list(path, msgspec.Raw, query), shape)


async def listed_if_known(
    http: HttpClient, path: str, shape: type[Thing], query: Query | None = None
) -> Listed[Thing] | None:
    """Return the list at `path`, or None where this version does not know the path.

    Raises:
        HttpError: as `listed`.
    """
    try:
        return await listed(http, path, shape, query)
    except HttpError as error:
        if error.kind != "missing":
            raise
        return None
