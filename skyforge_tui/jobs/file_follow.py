"""Follows an opened log: often while it grows, seldom while it does not."""

from __future__ import annotations

from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.log_files import OpenedLog
from skyforge_tui.services.files import FileService

SHORTEST_S = 0.05
LONGEST_S = 0.4


class FileFollow:
    """Takes in what comes, until nothing can come any more."""

    name = "file follow"

    def __init__(self, files: FileService, log: OpenedLog, clock: Clock) -> None:
        self._files = files
        self._log = log
        self._clock = clock

    async def run(self) -> None:
        """Look again and again; the pause grows while there is nothing new."""
        pause_s, last = SHORTEST_S, None
        while True:
            progress = await self._files.advance(SYSTEM, self._log, last)
            if progress.is_whole and not progress.is_followed:
                return
            pause_s = SHORTEST_S if progress != last else min(pause_s * 1.5, LONGEST_S)
            last = progress
            await self._clock.sleep(0 if progress.has_more else pause_s)
