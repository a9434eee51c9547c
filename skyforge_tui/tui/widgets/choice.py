"""One of many things to pick from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from skyforge_tui.tui.presenters.cells import Line

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
