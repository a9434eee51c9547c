"""One of many things to pick from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from skyforge_tui.tui.presenters.cells import Line, literal

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Item]):
    """One row: what picking it returns, the name the query is matched with, and its cells."""

    item: Item
    name: str
    cells: Mapping[str, Line] = field(default_factory=dict)
    """By column key; the name column is drawn from `name`."""
    also: str = ""
    """Other words that find it."""
    pin: str = ""
    """The digit that picks it while nothing is typed."""
    reason: str = ""
    """Why it cannot be picked now; such a row stays, muted."""

    def __post_init__(self) -> None:
        """Make words of strangers harmless before they are matched, marked and drawn."""
        object.__setattr__(self, "name", literal(self.name))
        object.__setattr__(self, "reason", literal(self.reason))
