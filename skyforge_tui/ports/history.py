"""What is remembered of this person's own doing. Exists only here: never disposable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from skyforge_tui.domain.history import LineKind, SentCommand
from skyforge_tui.domain.identity import TemplateId


class HistoryStore(Protocol):
    """Typed lines, sent commands and pins; each kind of line and the commands are bounded."""

    async def lines(self, kind: LineKind, limit: int) -> list[str]:
        """Return the lines of a kind, newest first, each once."""
        ...

    async def remember(self, kind: LineKind, line: str, at: datetime) -> None:
        """Keep a line as the newest of its kind, once, and forget the oldest beyond the bound."""
        ...

    async def sent(self, limit: int) -> list[SentCommand]:
        """Return the newest commands, oldest of them first."""
        ...

    async def log(self, command: SentCommand) -> None:
        """Keep a command, and forget the oldest beyond the bound."""
        ...

    async def pins(self) -> dict[int, TemplateId]:
        """Return what is pinned, by digit."""
        ...

    async def set_pins(self, pins: Mapping[int, TemplateId]) -> None:
        """Replace all pins."""
        ...
