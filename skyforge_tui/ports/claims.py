"""Claims: one program of several does something, and whoever dies gives its claim back."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Claims(Protocol):
    """Hands out claims by name, among all programs that share a state directory."""

    def claim(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Yield whether the claim is ours while the block lasts; never waits.

        `name` is printable and without slashes.

        Raises:
            Unavailable: claims cannot be kept here.
        """
        ...
