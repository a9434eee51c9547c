"""How much is asked of a server on somebody's behalf."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable


@runtime_checkable
class Counting(Protocol):
    """Counts requests; what several share is counted for who asked first."""

    @property
    def upstream(self) -> str:
        """The server's name."""
        ...

    def counting(self) -> AbstractContextManager[Mapping[str, int]]:
        """Count by method what this task, and those it starts, send while the block lasts."""
        ...
