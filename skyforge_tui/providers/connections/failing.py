"""Puts what went wrong on the way to a server into the words of the domain."""

from __future__ import annotations

from skyforge_tui.domain.connection import Step
from skyforge_tui.domain.errors import (
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    SkyforgeError,
    Unavailable,
    Untrusted,
)
from skyforge_tui.integrations.errors import TransportError

_CHECK = "check the address, or ask who runs it"


def domain_error(error: TransportError, upstream: str) -> SkyforgeError:
    """Return the domain's error for a failure while connecting."""
    said = {"upstream": upstream, "operation": "connection.connect"}
    match error.kind:
        case "untrusted":
            advice = "trust that certificate by --pin SHA256, name its authority by --ca FILE"
            return Untrusted(error.message, advice=advice, **said)
        case "unauthorized":
            return NotSignedIn(error.message, advice="check name, password or token", **said)
        case "forbidden":
            return Forbidden(error.message, advice="ask who runs it", **said)
        case "missing":
            return NotFound(error.message, advice=_CHECK, **said)
        case "invalid" | "moved":
            return Invalid(error.message, advice=_CHECK, **said)
        case "limited":
            return Unavailable(error.message, advice="try again in a while", **said)
        case _:
            return Unavailable(error.message, advice=_CHECK, **said)


def step_of(error: TransportError) -> Step:
    """Return the step that cannot have been passed when a server was not found."""
    match error.kind:
        case "invalid":
            return Step.ADDRESS
        case "untrusted":
            return Step.TRUST
        case "unreachable" | "timeout" | "refused":
            return Step.REACH
        case _:
            return Step.FIND
