"""The keys of hosts that are known: read as OpenSSH reads them, added to when one is believed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncssh

from skyforge_tui.integrations.errors import TransportError

MAX_BYTES = 16 << 20
_DEFAULT = Path("~/.ssh/known_hosts")
_SSH_PORT = 22


class KnownHosts:
    """The files of known host keys; the first is the one that is added to."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self._files = [one.expanduser() for one in files] or [_DEFAULT.expanduser()]
        self._known = asyncssh.SSHKnownHosts()

    @property
    def path(self) -> Path:
        """Where a new key is written."""
        return self._files[0]

    def read(self) -> None:
        """Read the files; lines that make no sense are passed over.

        Raises:
            TransportError: invalid, if a file is there and cannot be read: whoever went on without
                would ask about hosts that are known.
        """
        self._known = asyncssh.SSHKnownHosts()
        for path in self._files:
            for line in _lines(path):
                try:
                    self._known.load(line)
                except ValueError:
                    continue

    def match(self, host: str, address: str, port: int | None) -> Any:
        """Return what is known of a host, as asyncssh wants it; addresses prove nothing."""
        del address
        return self._known.match(_name(host, port), "", None)

    def knows(self, host: str, port: int) -> bool:
        """Say whether any key of a host is known."""
        return any(self.match(host, "", port)[:2])

    def add(self, host: str, port: int, key: asyncssh.SSHKey) -> None:
        """Write down that this is the key of a host.

        Raises:
            TransportError: failed, if it cannot be written.
        """
        kind, data = key.export_public_key("openssh").decode("ascii").split()[:2]
        line = f"{_name(host, port)} {kind} {data}\n".encode()
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            with os.fdopen(os.open(self.path, flags, 0o600), "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                is_whole = size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n"
                file.write(line if is_whole else b"\n" + line)
        except OSError as error:
            reason = (error.strerror or "unwritable").lower()
            raise TransportError("failed", f"{self.path} cannot be written: {reason}") from None


def fingerprint(key: asyncssh.SSHKey) -> str:
    """Return a key's fingerprint as OpenSSH spells it: `SHA256:` and base64."""
    return key.get_fingerprint("sha256")


def _name(host: str, port: int | None) -> str:
    return host if port in (None, _SSH_PORT) else f"[{host}]:{port}"


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise TransportError("invalid", f"{path} cannot be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise TransportError("invalid", f"{path} has more than {MAX_BYTES} bytes")
    return data.decode("utf-8", "replace").splitlines()
