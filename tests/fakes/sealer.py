"""A seal that everybody can make."""

from __future__ import annotations

from skyforge_tui.domain.seal import Seal


class KnownSealer:
    """Marks by a key that everybody knows; implements `Sealer`."""

    async def seal(self) -> Seal:
        """Return what marks."""
        return Seal(b"known")
