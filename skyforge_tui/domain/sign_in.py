"""What a server wants to know before it lets somebody in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What somebody proves themselves with."""

    PASSWORD = "password"
    TOKEN = "token"
    """A token, or the password with which a new one is made."""
    TOTP = "totp"
    """A code of an authenticator app."""
    EMAIL_CODE = "email code"
    """A code that was sent by e-mail."""
    PASSPHRASE = "passphrase"
    """What opens a private key."""
    REPLY = "reply"
    """The answer to a question of the host's own."""
    HOST_KEY = "host key"
    """Nothing to type: whether a host that was never met is the right one."""

    @property
    def is_short_lived(self) -> bool:
        """Whether it is worthless in a moment, so that it may be seen while typed."""
        return self in (Proof.TOTP, Proof.EMAIL_CODE)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person is asked on behalf of a server."""

    upstream: str
    """The instance's name in the configuration."""
    kind: str
    wanted: Proof
    why: str
    """What happened, in words of the server's or of ours."""
    username: str = ""
    fingerprint: str = ""
    """Of the host's key, where that is to be compared."""
