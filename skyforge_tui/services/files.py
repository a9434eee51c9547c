"""Log files: what one may open, follow and save that is no run's.

Files belong to no project; who may read them is for the system to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.permission import Permission
from skyforge_tui.services.authorization import Access, requires

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import Principal, ProjectId
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.ports.log_files import LogFiles, OpenedLog
    from skyforge_tui.services.bus import Bus


class FileService:
    """What one may do with log files."""

    def __init__(self, files: LogFiles, access: Access, bus: Bus) -> None:
        self._files = files
        self.access = access
        self._bus = bus

    async def project_of(self, target: object) -> ProjectId:
        """Raise NotFound: files belong to no project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.FILE_READ)
    async def open(
        self,
        principal: Principal,
        names: Sequence[str],
        piped: int | None = None,
        *,
        is_live: bool = True,
    ) -> OpenedLog:
        """Open files by name, as one; whoever asked closes it.

        `-` is what comes out of the descriptor `piped`, which is given away. Among files, it stands
        where it comes if `is_live`, else where its times say.

        Raises: as `LogFiles.open`.
        """
        return await asyncio.to_thread(self._files.open, names, piped, is_live=is_live)

    @requires(Permission.FILE_READ)
    async def advance(
        self, principal: Principal, log: OpenedLog, since: LogProgress | None = None
    ) -> LogProgress:
        """Take in more of what is there; what is new since then is told to whoever listens.

        Raises:
            Unavailable: a file cannot be read.
        """
        progress = await asyncio.to_thread(log.advance)
        if progress != since and self._bus.is_heard:
            from skyforge_tui.domain.events import FilesGrew  # which the first picture does without

            self._bus.publish(FilesGrew(progress))
        return progress

    @requires(Permission.FILE_READ)
    async def save(self, principal: Principal, log: OpenedLog, target: str) -> int:
        """Copy what is there to a new file; return how many bytes that were.

        Raises: as `OpenedLog.export`.
        """
        return await asyncio.to_thread(log.export, target)
