"""What was typed, sent and pinned, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.history import LineKind, SentCommand
from skyforge_tui.domain.identity import TemplateId


class MemoryHistoryStore:
    """Lines, commands and pins."""

    def __init__(self) -> None:
        self.typed: dict[LineKind, list[str]] = {}
        self.commands: list[SentCommand] = []
        self.pinned: dict[int, TemplateId] = {}
        self.full: Unavailable | None = None

    async def lines(self, kind: LineKind, limit: int) -> list[str]:
        """Return the newest first."""
        return self.typed.get(kind, [])[::-1][:limit]

    async def remember(self, kind: LineKind, line: str, at: datetime) -> None:
        """Keep a line, once."""
        self._check()
        kept = [one for one in self.typed.get(kind, []) if one != line]
        self.typed[kind] = [*kept, line]

    async def sent(self, limit: int) -> list[SentCommand]:
        """Return the newest, oldest first."""
        return self.commands[-limit:]

    async def log(self, command: SentCommand) -> None:
        """Keep a command."""
        self._check()
        self.commands.append(command)

    async def pins(self) -> dict[int, TemplateId]:
        """Return the pins."""
        return dict(self.pinned)

    async def set_pins(self, pins: Mapping[int, TemplateId]) -> None:
        """Replace the pins."""
        self._check()
        self.pinned = dict(pins)

    def _check(self) -> None:
        if self.full is not None:
            raise self.full
