"""Assembles what showing log files needs: no workspace, no database, no vendor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.file_parts import FileParts
from skyforge_tui.services.files import FileService
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.store.files.opening import LocalLogFiles


def file_parts(frame: FrameSettings) -> FileParts:
    """Return them; what is piped in is kept below the cache directory meanwhile."""
    bus = Bus()
    return FileParts(FileService(LocalLogFiles(frame.cache_dir / "piped"), Access(), bus), bus)


@asynccontextmanager
async def open_files(frame: FrameSettings) -> AsyncIterator[FileParts]:
    """Open them for a command."""
    yield file_parts(frame)
