"""Turns what a validator says into what a person understands."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from skyforge_tui.integrations.toml import nearest
from skyforge_tui.settings import shape


def in_words(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Return what a validation error says about its key, and a suggestion or nothing.

    The value is never part of it: a secret may have been put in the wrong place.
    """
    path = tuple(part for part in error["loc"] if part != "[key]")
    key = ".".join(str(part) for part in path)
    context: dict[str, Any] = error.get("ctx") or {}
    match error["type"]:
        case "extra_forbidden":
            siblings = list(shape.fields(shape.at(model, path[:-1])))
            if len(path) == 1:
                siblings.append("profiles")  # part of the file, not of the settings
            close = nearest(str(path[-1]), siblings) or _elsewhere(key, model)
            return f"unknown key {key}", close
        case "missing":
            return f"{key} is missing", ""
        case "literal_error":
            choices = _choices(str(context.get("expected", "")))
            value = error["input"]
            meant = nearest(value, choices) if isinstance(value, str) else None
            return f"{key} must be one of {', '.join(choices)}", meant or ""
        case "value_error":
            return f"{key} {context['error']}", ""
        case "string_pattern_mismatch" if error["loc"][-1] == "[key]":
            return f"{key}: a name is made of a-z, 0-9, - and _", ""
        case kind:
            return f"{key} {_demand(kind, context)}", ""


def _elsewhere(key: str, model: type[BaseModel]) -> str:
    """Return the dotted name of a key that was written outside of its table, or nothing."""
    names = (name for name in shape.single_names(model) if name.endswith(f"__{key}"))
    return next(names, "").replace("__", ".")


def _demand(kind: str, context: dict[str, Any]) -> str:
    bounds = {
        "greater_than_equal": "at least {ge}",
        "less_than_equal": "at most {le}",
        "string_too_short": "at least {min_length} character long",
    }
    if kind in bounds:
        return "must be " + bounds[kind].format(**context)
    if kind == "string_pattern_mismatch":
        return "must be a host name or an address, without spaces, @ and /"
    demands = {
        ("int",): "must be a whole number, without quotes",
        ("bool",): "must be true or false, without quotes",
        ("string",): "must be text in quotes",
        ("model", "dict", "mapping", "dataclass"): "must be a table",
        ("tuple", "list"): "must be a list in [brackets]",
    }
    for beginnings, demand in demands.items():
        if kind.startswith(beginnings):
            return demand
    return "has a value of the wrong kind"


def _choices(expected: str) -> list[str]:
    """Take apart how the validator lists choices: 'a', 'b' or 'c'."""
    return expected.replace(" or ", ", ").replace("'", "").split(", ")
