"""Translates what goes wrong on the way to an EVE-NG server, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skyforge_tui.domain.errors import (
    LOOK_AGAIN,
    Conflict,
    Forbidden,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
)
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.eve.envelope import reason_of
from skyforge_tui.integrations.eve.session import SIGNED_OUT_STATUS
from skyforge_tui.integrations.http.failures import HttpError

_FAMILIES: dict[str, tuple[type[SkyforgeError], str]] = {
    "missing": (NotFound, LOOK_AGAIN),
    "unauthorized": (NotSignedIn, "run: skyforge connect eve --name {upstream}"),
    "forbidden": (Forbidden, "ask who runs the server"),
    "invalid": (Conflict, ""),
    "limited": (Unavailable, "run: skyforge connect eve --name {upstream} --user ANOTHER"),
    "oversized": (Unavailable, "divide the lab, or look at it there"),
    "untrusted": (Unavailable, "look at tls in its configuration, or run skyforge connect"),
    "moved": (Unavailable, "set its url to where it is now"),
}


def words_of(error: TransportError) -> str:
    """Return what went wrong, in the server's own words where it has any."""
    if _is_thrown_out(error):
        return "somebody signed in there as the same account, which ended our session"
    return reason_of(error) if isinstance(error, HttpError) else error.message


def advice_of(error: TransportError, upstream: str) -> str:
    """Return what to do next."""
    return _family_of(error)[1].format(upstream=upstream)


def _family_of(error: TransportError) -> tuple[type[SkyforgeError], str]:
    kind = "limited" if _is_thrown_out(error) else error.kind
    return _FAMILIES.get(kind, (Unavailable, LOOK_AGAIN))


def _is_thrown_out(error: TransportError) -> bool:
    """Say whether our session had ended again as soon as it had begun."""
    return isinstance(error, HttpError) and error.status in SIGNED_OUT_STATUS


def translate(error: TransportError, upstream: str, operation: str = "") -> SkyforgeError:
    """Return what a failed exchange means."""
    return _family_of(error)[0](
        words_of(error), upstream=upstream, operation=operation, advice=advice_of(error, upstream)
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
