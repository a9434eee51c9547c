"""The key of marks, in a file of the state directory that only its owner may read."""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.seal import Seal

_BYTES: Final = 32


class FileSealer:
    """Implements `Sealer` by `<state_dir>/sync.key`."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "sync.key"
        self._seal: Seal | None = None

    async def seal(self) -> Seal:
        """Return what marks values; the file is made when there is none."""
        if self._seal is None:
            try:
                key = await asyncio.to_thread(_kept, self._path)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise Unavailable(
                    f"{self._path} cannot be used: {reason}", operation="project.sync",
                    advice="see who may read and write it",
                ) from None  # fmt: skip
            if len(key) != _BYTES:
                raise Unavailable(
                    f"{self._path} holds no key", operation="project.sync",
                    advice="move it away: what was written before counts as somebody else's then",
                )  # fmt: skip
            self._seal = Seal(key)
        return self._seal


def _kept(path: Path) -> bytes:
    """Return the key; of several programs that make one at the same time, one wins."""
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:  # for its owner only
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # somebody may be faster
            os.link(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=_open) as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            os.fchmod(file.fileno(), 0o600)
        return file.read(_BYTES + 1)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)
