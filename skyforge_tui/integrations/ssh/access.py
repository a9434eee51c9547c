"""Where an SSH host is and who one is there; what is not said comes from `~/.ssh/config`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef

_PLACE = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[^\]]+\]|[^:@\s]+)(?::(?P<port>\d{1,5}))?")
_PORTS = range(1, 65536)
DEFAULT_CONFIG = Path("~/.ssh/config")


@dataclass(frozen=True, slots=True)
class SshAccess:
    """An SSH host and one identity there; None and empty leave it to the configuration."""

    host: str
    port: int | None = None
    username: str | None = None
    key: Path | None = None
    passphrase: SecretRef | None = None
    password: SecretRef | None = None
    known_hosts: Path | None = None
    """Where host keys are looked up, and kept when they are believed."""
    jump: str = ""
    """`[user@]host[:port]`, several separated by commas; empty leaves it to the configuration."""
    config: Path = DEFAULT_CONFIG

    @property
    def place(self) -> str:
        """Return the host as a person writes it."""
        user = f"{self.username}@" if self.username else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{user}{host}{f':{self.port}' if self.port else ''}"


def read_place(text: str, **more: object) -> SshAccess:
    """Read `[user@]host[:port]`, also as `ssh://…`.

    Raises:
        TransportError: invalid, if it is not written as one.
    """
    place = text.strip().removeprefix("ssh://").rstrip("/")
    found = _PLACE.fullmatch(place)
    if found is None or found["host"].startswith("-") or int(found["port"] or 1) not in _PORTS:
        raise TransportError("invalid", "an SSH host is written as [user@]host[:port]")
    port = int(found["port"]) if found["port"] else None
    return SshAccess(found["host"].strip("[]"), port, found["user"], **more)  # type: ignore[arg-type]
