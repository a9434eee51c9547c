"""The questions a declared template asks, checked key by key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from skyforge_tui.domain.template import FieldKind
from skyforge_tui.integrations.declared_table import Table, did_you_mean, shown

_MAX_FIELDS = 100
_KEYS = ("name", "type", "default", "required", "choices", "description")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """One question of a declared survey."""

    name: str
    kind: FieldKind
    default: str
    required: bool
    choices: tuple[str, ...]
    description: str


def read_survey(table: Table) -> tuple[DeclaredField, ...]:
    """Return the fields of the survey of the template that `table` declares."""
    fields: list[DeclaredField] = []
    variables: set[str] = set()
    for inner in table.tables("survey", _MAX_FIELDS):
        inner.mistakes = table.mistakes
        one = _field(inner, table.title)
        variable = variable_of(one.name)
        if one.name and variable in variables:
            inner.complain("name", "another field has the same name; case and - do not count")
        variables.add(variable)
        fields.append(one)
    return tuple(fields)


def variable_of(name: str) -> str:
    """Return how a field is called within the name of its environment variable."""
    return name.upper().replace("-", "_")


def _field(table: Table, title: str) -> DeclaredField:
    table.title = f"{title}: field {int(table.place[-1]) + 1}"
    name = table.text("name", is_required=True)
    if name:
        table.title = f"{title}: field {shown(name)}"
    if name and not _NAME.fullmatch(name):
        table.complain("name", "a field's name is letters, digits, _ and -, no digit first")
    table.know(*_KEYS)
    kind = _field_kind(table)
    choices = table.texts("choices")
    if kind is FieldKind.ENUM and (
        not choices or "" in choices or len(set(choices)) < len(choices)
    ):
        table.complain(
            "choices", "an enum needs choices, none empty, none twice", 'write choices = ["…", "…"]'
        )
    elif kind is not FieldKind.ENUM and "choices" in table.data:
        table.complain("choices", "only an enum has choices", 'write type = "enum"')
    return DeclaredField(
        name,
        kind,
        _default(table, kind, choices),
        table.flag("required"),
        choices,
        table.line("description"),
    )


def _field_kind(table: Table) -> FieldKind:
    word = table.text("type") or FieldKind.STRING.value
    try:
        return FieldKind(word)
    except ValueError:
        table.complain("type", f"unknown type {shown(word)}", did_you_mean(word, FieldKind))
        return FieldKind.STRING


def _default(table: Table, kind: FieldKind, choices: tuple[str, ...]) -> str:
    """Return the default as text, after complaining when it does not fit the kind."""
    value: Any = table.data.get("default")
    if value is None:
        return ""
    match kind:
        case FieldKind.SECRET:
            table.complain("default", "a secret has no default: everybody can read this file")
        case FieldKind.BOOL:
            return "true" if table.flag("default") else "false"
        case FieldKind.INT:
            if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
                table.complain("default", "default must be a whole number, without quotes")
                return ""
            return str(value)
        case FieldKind.ENUM:
            if (text := table.text("default")) and text not in choices:
                table.complain(
                    "default", f"{shown(text)} is not a choice", did_you_mean(text, choices)
                )
            return text
        case FieldKind.STRING:
            return table.text("default")
    return ""
