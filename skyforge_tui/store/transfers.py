"""Transfers under way as one small file each: no program needs another's database to go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.store.hindrance import hindrance
from skyforge_tui.store.supervisor import locks


class FileTransferBook:
    """Implements `TransferBook` below `<state_dir>/transfers`."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / "transfers"

    async def write(self, transfer: Transfer) -> None:
        """Remember a transfer in place of what was known of it."""
        await asyncio.to_thread(self._write, transfer)

    async def remove(self, transfer_id: str) -> None:
        """Forget a transfer."""
        await asyncio.to_thread(self._remove, transfer_id)

    @asynccontextmanager
    async def hold(self, transfer_id: str) -> AsyncIterator[bool]:
        """Yield whether a transfer is ours while the block lasts."""
        lock = await asyncio.to_thread(self._lock, transfer_id)
        try:
            yield lock is not None
        finally:
            if lock is not None:
                os.close(lock)

    async def read(self) -> list[Transfer]:
        """Return what is remembered, the oldest first."""
        found = await asyncio.to_thread(self._read)
        return sorted(found, key=lambda one: one.begun_at)

    def _path(self, transfer_id: str) -> Path:
        return self._folder / f"{transfer_id}.json"

    def _lock(self, transfer_id: str) -> int | None:
        """Take a transfer's lock; None if somebody has it, or the transfer is not there any more.

        The lock's file goes with its transfer: whoever opens it just then locks what has no name.
        """
        path = self._path(transfer_id)
        try:
            lock = locks.try_hold(path.with_suffix(".lock"))
        except OSError as error:
            words = f"{self._folder} cannot be written: {hindrance(self._folder, error)}"
            raise Unavailable(words, operation="transfer.hold") from None
        if lock is not None and not path.exists():
            path.with_suffix(".lock").unlink(missing_ok=True)
            os.close(lock)
            return None
        return lock

    def _remove(self, transfer_id: str) -> None:
        path = self._path(transfer_id)
        path.unlink(missing_ok=True)
        path.with_suffix(".lock").unlink(missing_ok=True)

    def _write(self, transfer: Transfer) -> None:
        path = self._path(transfer.id)
        draft = path.with_suffix(".draft")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(json.dumps(asdict(transfer), default=_plain), encoding="utf-8")
            os.replace(draft, path)  # noqa: PTH105 - nobody reads half of it
        except OSError as error:
            words = f"{self._folder} cannot be written: {hindrance(self._folder, error)}"
            raise Unavailable(words, operation="transfer.write") from None

    def _read(self) -> list[Transfer]:
        found: list[Transfer] = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                found.append(_read_one(json.loads(path.read_text(encoding="utf-8"))))
        return found


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read_one(told: dict[str, Any]) -> Transfer:
    ended_at = told.pop("ended_at")
    kind, state = told.pop("kind"), told.pop("state")
    return Transfer(
        **{
            **told,
            "kind": next((one for one in TransferKind if one == kind), TransferKind.UNKNOWN),
            "state": next((one for one in TransferState if one == state), TransferState.UNKNOWN),
            "begun_at": datetime.fromisoformat(told["begun_at"]),
            "ended_at": None if ended_at is None else datetime.fromisoformat(ended_at),
        }
    )
