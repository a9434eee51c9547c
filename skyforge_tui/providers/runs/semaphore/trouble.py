"""Translates what goes wrong on the way to a Semaphore server, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from skyforge_tui.domain.errors import (
    LOOK_AGAIN,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
)
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError

READS = frozenset({"", "project.sync", "run.list", "run.log"})
SILENT: Final = "it does not say why: its own log may"
"""Of most that goes wrong inside of it the server says 400 and nothing more."""
_FAMILIES: dict[str, tuple[type[SkyforgeError], str]] = {
    "missing": (NotFound, LOOK_AGAIN),
    "unauthorized": (NotSignedIn, "run: skyforge connect semaphore --name {upstream}"),
    "forbidden": (Forbidden, "ask an owner of the project"),
    "invalid": (Invalid, ""),
    "exists": (Conflict, ""),
    "untrusted": (Unavailable, "look at tls in its configuration, or run skyforge connect"),
    "moved": (Unavailable, "set its url to where it is now"),
}


def translate(error: TransportError, upstream: str, operation: str = "") -> SkyforgeError:
    """Return what a failed exchange means.

    The server says 400 of whatever goes wrong inside of it: where nothing was asked for that could
    be wrong, that is the server's trouble.
    """
    kind, advice = _FAMILIES.get(error.kind, (Unavailable, ""))
    if kind is Invalid and isinstance(error, HttpError) and not error.body.strip():
        advice = SILENT
    if kind is Invalid and operation in READS:
        kind = Unavailable
    return kind(
        error.message,
        upstream=upstream,
        operation=operation,
        advice=advice.format(upstream=upstream),
    )


@contextmanager
def translated(upstream: str, operation: str) -> Iterator[None]:
    """Raise what goes wrong in the block as one of our own errors.

    Raises:
        SkyforgeError: what a `TransportError` means.
    """
    try:
        yield
    except TransportError as error:
        raise translate(error, upstream, operation) from error
