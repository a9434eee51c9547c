"""Sets fields of dataclasses from JSON, checked by their types."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

import msgspec


def turn(wanted: dict[str, Any], *panels: Any) -> None:
    """Set fields of dataclasses, each where it is one; all of them, or none.

    A field whose class has `parse` takes text.

    Raises:
        ValueError: there is no such field, or it takes nothing like that.
    """
    place_of = {one.name: panel for panel in panels for one in fields(panel)}
    checked = {}
    for name, value in wanted.items():
        if name not in place_of:
            raise ValueError(f"{name!r} is none of {', '.join(sorted(place_of))}")
        kind = get_type_hints(type(place_of[name]))[name]
        try:
            parse = getattr(kind, "parse", None)
            if parse is not None:
                checked[name] = parse(value)
            else:
                # Text comes from a command line, where everything is text.
                is_text = isinstance(value, str)
                checked[name] = msgspec.convert(value, kind, strict=not is_text)
        except msgspec.ValidationError as error:
            raise ValueError(f"{name}: {error}") from None
    for name, value in checked.items():
        setattr(place_of[name], name, value)


def shown(knobs: Any) -> dict[str, Any]:
    """Return the fields of a dataclass as JSON."""
    values = {one.name: getattr(knobs, one.name) for one in fields(knobs)}
    return {
        name: value if isinstance(value, (bool, int, float, str, dict, type(None))) else str(value)
        for name, value in values.items()
    }
