"""Claims as locked files: the kernel takes them back when their holder dies, however it dies."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.hindrance import hindrance
from skyforge_tui.store.supervisor import locks


class FileClaims:
    """Implements `Claims` below `<state_dir>/claims`.

    The files stay: one that was removed while somebody waits for it would be locked twice.
    They are few, as names are shared by what is claimed one after the other.
    """

    def __init__(self, state_dir: Path) -> None:
        self._folder = Path(os.path.realpath(state_dir)) / "claims"

    @asynccontextmanager
    async def claim(self, name: str) -> AsyncIterator[bool]:
        """Yield whether the claim is ours while the block lasts; never waits."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = locks.try_hold(self._folder / f"{name}.lock")
        except OSError as error:
            words = f"{self._folder} cannot be written: {hindrance(self._folder, error)}"
            raise Unavailable(words) from None
        try:
            yield lock is not None
        finally:
            if lock is not None:
                os.close(lock)
