"""Changes one table of a TOML text and leaves everything else as somebody wrote it.

What comes out is compared with what was meant: where a text is laid out so that it cannot be
changed without touching something else, nothing is changed at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Comment, InlineTable, Table, Whitespace

Values = Mapping[str, "str | int | bool | Values | None"]
"""Keys with their new values; None takes a key away, keys that are not named stay."""


class UneditableError(ValueError):
    """The text cannot be changed without touching what is not meant."""


def changed(text: str, path: tuple[str, ...], values: Values) -> str:
    """Return `text` with the table at `path` changed, made at the end if it is not there.

    Raises:
        UneditableError: it is no TOML, or is laid out so that only a person can change it.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    try:
        before = tomllib.loads(text)
        document = tomlkit.parse(text)
        if is_apart := _is_to_stand_apart(document, path):
            document = tomlkit.parse(f"{text.rstrip()}\n\n[{tomlkit.key(path).as_string()}]\n")
        table, is_new = _table(document, path)
        is_new = is_new or is_apart
        _merge(table, values)
        if is_new:
            table.add(tomlkit.nl())  # apart from what follows
        after = tomlkit.dumps(document)
        if is_new:
            after = after.rstrip("\n") + "\n"
        found = tomllib.loads(after)
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise UneditableError(str(error)) from None
    if found != _expected(before, path, values):
        raise UneditableError("its tables are laid out in an unusual order")
    return mark + after


def _is_to_stand_apart(document: tomlkit.TOMLDocument, path: tuple[str, ...]) -> bool:
    """Say whether a table is missing among others of its kind that do not stand together.

    Such can be added to nowhere but at the end of the text.
    """
    around = document.get(path[0])
    if len(path) < 2 or not isinstance(around, OutOfOrderTableProxy):
        return False
    return path[1] not in around


def _table(document: tomlkit.TOMLDocument, path: tuple[str, ...]) -> tuple[Any, bool]:
    """Return the table at `path`, and whether it was made just now."""
    here: Any = document
    is_new = False
    for position, part in enumerate(path):
        if part not in here:
            is_last = position == len(path) - 1
            here.append(part, tomlkit.table(is_super_table=not is_last))
            is_new = True
        here = here[part]
        if not isinstance(here, Mapping):
            raise TypeError(f"{part} is no table")
    return here, is_new


def _merge(table: Any, values: Values) -> None:
    # What stands between the last key and the next table belongs to that one: keys go before it.
    tail = _tail_of(table)
    for key, value in values.items():
        if value is None:
            if key in table:
                del table[key]
        elif isinstance(value, Mapping):
            _merge_inner(table, key, value)
        elif table.get(key) != value or type(table.get(key)) is not type(value):
            table[key] = value
    if tail:
        table.value.body.extend(tail)


def _tail_of(table: Any) -> list[Any]:
    """Take the blank lines and comments at the end of a table off, and return them."""
    tail: list[Any] = []
    if isinstance(table, Table):
        body = table.value.body
        while body and isinstance(body[-1][1], Comment | Whitespace):
            tail.insert(0, body.pop())
    return tail


def _merge_inner(table: Any, key: str, values: Values) -> None:
    if key not in table:
        if all(value is None for value in values.values()):
            return
        is_inline = isinstance(table, InlineTable)
        table[key] = tomlkit.inline_table() if is_inline else tomlkit.table()
    _merge(table[key], values)
    if not table[key]:
        del table[key]


def _expected(before: dict[str, Any], path: tuple[str, ...], values: Values) -> dict[str, Any]:
    if path:
        inner = _expected(before.get(path[0], {}), path[1:], values)
        return {**before, path[0]: inner}
    result = dict(before)
    for key, value in values.items():
        if isinstance(value, Mapping):
            inner = _expected(result.get(key, {}), (), value)
            if inner:
                result[key] = inner
            else:
                result.pop(key, None)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result
