"""How one gets to a web service and proves who one is: as configured, secrets as references."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import SYSTEM_TRUST, Trust
from skyforge_tui.integrations.http.way import Tunnel, Way
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret, SecretError, resolve


@dataclass(frozen=True, slots=True)
class WebAccess:
    """A web service and one identity there; a token outranks a password."""

    url: str
    username: str = ""
    token: SecretRef | None = None
    password: SecretRef | None = None
    trust: Trust = SYSTEM_TRUST
    proxy: str | None = None
    """None is what the environment says, empty is none."""
    jump: str = ""
    """`[user@]host[:port]` to go through by SSH; empty goes directly."""


def way_of(access: WebAccess) -> Way:
    """Return the way to a service.

    Raises:
        TransportError: invalid, if the jump host is not written as one.
    """
    return Way(access.trust, access.proxy, jump_of(access.jump))


def jump_of(place: str) -> Tunnel | None:
    """Return the jump host at `[user@]host[:port]`, or none where nothing is said.

    Raises:
        TransportError: invalid, if it is not written as one.
    """
    if not place:
        return None
    from skyforge_tui.integrations.ssh.jump import SshJump  # half a second that most never need

    return SshJump(place)


async def revealed(reference: SecretRef) -> Secret:
    """Fetch what a reference names.

    Raises:
        HttpError: unauthorized; nothing is there, or it could not be fetched.
    """
    try:
        return await resolve(reference)
    except SecretError as error:
        message = f"{error}. {error.advice}"
    raise HttpError("unauthorized", message, was_sent=False)
