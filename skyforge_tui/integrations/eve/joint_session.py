"""Lets every program of one person use the one session that an account has at EVE-NG.

Two that each signed in would throw each other out for ever: a cockpit, and a command beside it. So
the cookie lies in a file that only its owner may read. Nothing depends on it: where there is none,
or a dead one, one signs in.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_keeping import file_name, to_file
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess

_MOST_BYTES: Final = 4096
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class JointSession:
    """Keeps what signs the requests of one account at one server, below `folder`."""

    def __init__(self, folder: Path, access: WebAccess) -> None:
        whose = f"{access.username} {access.url}".encode()
        digest = hashlib.sha256(whose).hexdigest()[:16]
        self._path = folder / f"{file_name(access.username or 'nobody')}-{digest}"

    async def read(self) -> dict[str, str] | None:
        """Return what signed last, whether that still does or not; None where nothing is kept."""
        text = await aside(self._text, "session")
        return {"cookie": text} if text else None

    async def write(self, headers: dict[str, str]) -> None:
        """Keep what signs now; where nothing can be written each program signs in by itself."""
        try:
            await to_file(self._path, Secret(headers["cookie"]))
        except TransportError:
            return

    def _text(self) -> str:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return ""
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            is_mine = found.st_uid == os.geteuid() and not found.st_mode & _OTHERS
            if not is_mine or not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
                return ""
            text = file.read(_MOST_BYTES).decode("latin-1").strip()
        return text if text.isprintable() and text.isascii() else ""
