"""An open map of what a provider knows of a lab, as the rows of a tree. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Final

from skyforge_tui.tui.presenters.cells import Line, Span, literal

MOST: Final = 2000
"""Rows that are shown; of more it is said how many."""
_DEEPEST: Final = 8


def data_rows(metadata: Mapping[str, object]) -> list[dict[str, Line]]:
    """Return a row for each value, below the name of what holds it."""
    rows: list[dict[str, Line]] = []
    left = 0
    for depth, key, value in _flat(metadata, 0):
        if len(rows) >= MOST:
            left += 1
            continue
        has_value = value is not None
        name = Span("  " * depth + literal(key), "muted" if has_value else "strong")
        rows.append({"key": (name,), "value": (Span(literal(value or "")),)})
    if left:
        rows.append({"key": (Span(f"{left:,} more", "muted"),), "value": ()})
    return rows


def _flat(value: object, depth: int) -> Iterator[tuple[int, str, str | None]]:
    """Yield depth, name and value of all there is; what holds something has no value itself."""
    for key, inner in _inside(value):
        some = _inside(inner)
        if some and depth < _DEEPEST:
            yield depth, key, None
            yield from _flat(inner, depth + 1)
        else:
            yield depth, key, "" if inner is None or inner == () else str(inner)


def _inside(value: object) -> Sequence[tuple[str, object]]:
    if isinstance(value, Mapping):
        return [(str(key), one) for key, one in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [(one.name, getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, list | tuple):
        return [(_name_of(one, place), one) for place, one in enumerate(value, 1)]
    return ()


def _name_of(one: object, place: int) -> str:
    """Return what an element of a list is called: its own name where it has one."""
    name = one.get("name") if isinstance(one, Mapping) else getattr(one, "name", None)
    return str(name) if isinstance(name, str) and name else str(place)
