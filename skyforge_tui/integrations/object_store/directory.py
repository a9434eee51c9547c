"""A directory as an object store: for one person only, and never followed out of by a link.

The library (obstore 0.12.1) follows links and opens pipes like any other file; so what a key leads
through is looked at first.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

from obstore.store import LocalStore

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.client import STAGING, ObjectClient

_LONGEST_PART = 240
"""Bytes of a file's name, with room for what marks one under way."""
_STALE_S = 24 * 3600.0
"""Seconds after which nobody is still writing what stands in the staging folder."""


class DirectoryClient(ObjectClient):
    """An object client whose keys are files below `root`, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        # A key has no links to go through, but the way to the root may have some.
        self._root = Path(os.path.realpath(root))
        super().__init__(self._open)

    def _open(self) -> LocalStore:
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            words = f"{self._root}: {error.strerror or error}"
            raise TransportError("failed", words) from None
        return LocalStore(self._root, automatic_cleanup=True)

    def check(self, key: str) -> None:
        """Raise TransportError when a key leads through a link or to something that is no file."""
        super().check(key)
        here = self._root
        parts = key.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise TransportError("invalid", "it leads out of the store")
        if any(len(part.encode()) > _LONGEST_PART for part in parts):
            words = f"a part of it is longer than {_LONGEST_PART} bytes"
            raise TransportError("invalid", words)
        for index, part in enumerate(parts):
            here = here / part
            try:
                mode = here.lstat().st_mode
            except FileNotFoundError:
                return
            except OSError as error:
                reason = error.strerror or str(error)
                raise TransportError("invalid", f"{part[:80]}: {reason.lower()}") from None
            is_last = index == len(parts) - 1
            if not (stat.S_ISDIR(mode) or (is_last and stat.S_ISREG(mode))):
                raise TransportError("invalid", f"{part} is a link, or no file of this store")

    def is_listed(self, key: str) -> bool:
        """Say whether no part of a key is a link or anything but a folder or a file."""
        if not super().is_listed(key):
            return False
        try:
            self.check(key)
        except TransportError:
            return False
        return True

    def _sweep(self) -> None:
        """Remove what killed programs left half written."""
        latest = time.time() - _STALE_S
        with contextlib.suppress(FileNotFoundError):
            for one in (self._root / STAGING).iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if one.lstat().st_mtime < latest:
                        one.unlink()
