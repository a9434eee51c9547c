"""Walks over the shape of the settings: which keys may stand where, and of what type."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def bare(annotation: Any) -> Any:
    """Take `| None` and constraints off a type."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def fields(annotation: Any) -> dict[str, Any]:
    """Return the keys of a table with their bare types; empty for what is no table."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {name: bare(info.annotation) for name, info in annotation.model_fields.items()}
    return {}


def named(annotation: Any) -> Any:
    """Return the bare type of the tables in a table of named tables, or None for anything else."""
    return bare(get_args(annotation)[1]) if get_origin(annotation) is dict else None


def at(annotation: Any, path: tuple[str | int, ...]) -> Any:
    """Return the bare type of what stands at `path`, or None where there is none."""
    for part in path:
        if isinstance(part, int):
            items = get_args(annotation)
            annotation = bare(items[0]) if items else None
        else:
            annotation = fields(annotation).get(part) or named(annotation)
    return annotation


def single_names(annotation: Any, prefix: str = "") -> Iterator[str]:
    """Walk over `table__key` of every key that does not belong to a named table."""
    for name, inner in fields(annotation).items():
        if fields(inner):
            yield from single_names(inner, f"{prefix}{name}__")
        elif named(inner) is None:
            yield prefix + name
