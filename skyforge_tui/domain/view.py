"""How a table is looked at: what is looked for, and what it is sorted by; kept under a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sort:
    """The column a table is sorted by."""

    column: str
    is_descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.column}"


def sort_of(text: str) -> Sort | None:
    """Return the sort that prints as `text`; None for nothing."""
    return Sort(text.removeprefix("-"), text.startswith("-")) if text.strip("-") else None


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at a table."""

    table: str
    """Which table: `runs`, `templates`."""
    name: str
    """Unique for the table; what people call it."""
    query: str = ""
    """As typed."""
    sort: Sort | None = None
