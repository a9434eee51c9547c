"""A value that must not be shown, on its way from the person who typed it."""

from __future__ import annotations

from typing import NoReturn

_MASK = "***"


class Hidden:
    """Hold what somebody typed and nobody shall see; only `reveal` gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; use it at once and keep it nowhere."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return f"Hidden({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a hidden value is not written anywhere")
