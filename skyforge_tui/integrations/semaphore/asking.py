"""Reads answers of Semaphore: leniently in types, and one by one in lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import Identified, Listed, read, read_each
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.semaphore.wire import Shape

__all__ = ["Listed", "Query", "id_of", "listed", "listed_if_known", "read", "read_each"]

Thing = TypeVar("Thing", bound=Shape)
Query = Mapping[str, str | int]


def id_of(reply: Reply) -> int:
    """Return the id of what was made.

    Raises:
        HttpError: unreadable, if there is none.
    """
    return read(reply, Identified).id


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
