"""Translates what goes wrong on the way to a Gitea server, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skyforge_tui.domain.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Stale,
    Unavailable,
)
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.gitea.asking import lacks_scope
from skyforge_tui.integrations.gitea.files import StaleError
from skyforge_tui.integrations.http.failures import HttpError

_FAMILIES: dict[str, tuple[type[SkyforgeError], str]] = {
    "missing": (NotFound, "it is gone, or you were not let in: ask its owner"),
    "unauthorized": (NotSignedIn, "run: skyforge connect gitea --name {upstream}"),
    "forbidden": (Forbidden, "ask an owner of the repository"),
    "invalid": (Invalid, ""),
    "exists": (Conflict, ""),
    "untrusted": (Unavailable, "look at tls in its configuration, or run skyforge connect"),
    "moved": (Unavailable, "set its url to where it is now"),
}
_ARCHIVED = 423


def translate(error: TransportError, upstream: str, operation: str = "") -> SkyforgeError:
    """Return what a failed exchange means."""
    kind, advice = _FAMILIES.get(error.kind, (Unavailable, ""))
    if isinstance(error, HttpError):
        if error.status == _ARCHIVED:
            kind, advice = Conflict, "an owner can take it out of the archive"
        elif lacks_scope(error):
            advice = "make a token with more scopes: skyforge connect gitea --name {upstream}"
    return kind(
        error.message, upstream=upstream, operation=operation,
        advice=advice.format(upstream=upstream),
    )  # fmt: skip


@contextmanager
def translated(upstream: str, operation: str) -> Iterator[None]:
    """Raise what goes wrong in the block as one of our own errors.

    Raises:
        SkyforgeError: what a `TransportError` or a stale write means.
    """
    try:
        yield
    except StaleError as error:
        raise Stale(error.path, upstream=upstream, operation=operation) from error
    except TransportError as error:
        raise translate(error, upstream, operation) from error
