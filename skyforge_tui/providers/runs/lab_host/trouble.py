"""Translates what goes wrong on the way to a lab host, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skyforge_tui.domain.errors import (
    LOOK_AGAIN,
    Invalid,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
    Untrusted,
)
from skyforge_tui.integrations.errors import TransportError

_FAMILIES: dict[str, tuple[type[SkyforgeError], str]] = {
    "unauthorized": (NotSignedIn, "run: skyforge connect {kind} --name {upstream}"),
    "untrusted": (Untrusted, "run: skyforge connect {kind} --name {upstream}"),
    "invalid": (Invalid, "look at its part of the configuration"),
    "missing": (Unavailable, "install it there, or say where it is: program in its configuration"),
}


def translate(
    error: TransportError, upstream: str, operation: str = "", kind: str = "netlab"
) -> SkyforgeError:
    """Return what a failed exchange means."""
    family, advice = _FAMILIES.get(error.kind, (Unavailable, LOOK_AGAIN))
    return family(
        error.message,
        upstream=upstream,
        operation=operation,
        advice=advice.format(upstream=upstream, kind=kind),
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
