"""The key by which what was written is known again."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.domain.seal import Seal


class Sealer(Protocol):
    """Keeps one key for good."""

    async def seal(self) -> Seal:
        """Return what marks values: always the same, made when it is first wanted.

        Raises:
            Unavailable: the key can be neither read nor kept.
        """
        ...
