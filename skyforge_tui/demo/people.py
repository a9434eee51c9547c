"""The people of the pretend company, and what they may do where."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do in a project; the strongest first."""

    OWNER = "owner"
    MANAGER = "manager"
    TASK_RUNNER = "task_runner"
    GUEST = "guest"


@dataclass(slots=True)
class Person:
    """Somebody with an account."""

    username: str
    name: str
    is_admin: bool = False
    password: str = ""
    totp_secret: str = ""
    """Base32; empty: no one-time code is asked for."""
    wants_email_code: bool = False

    def __post_init__(self) -> None:
        self.password = self.password or f"{self.username}-pass"

    @property
    def email(self) -> str:
        """The address at the pretend company."""
        return f"{self.username}@skyforge.example"

    def credentials(self, token: str) -> dict[str, str]:
        """Return what signs this person in, `token` too; `totp_secret` is for an authenticator."""
        factor = {"totp_secret": self.totp_secret} if self.totp_secret else {}
        return {"username": self.username, "password": self.password, "token": token, **factor}

    def token(self, service: str) -> str:
        """Return the API token that this person already has at a service: 40 hex digits."""
        return hashlib.sha1(f"{service}:{self.username}".encode()).hexdigest()  # noqa: S324
