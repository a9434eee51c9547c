"""Marks by which one knows later what was written, though nobody may read it back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seal:
    """Marks values by a key of one's own: who reads the marks cannot guess values by them."""

    key: bytes = field(repr=False)

    def mark(self, name: str, value: str) -> str:
        """Return the mark of a value under its name; another key, name or value gives another."""
        return hmac.digest(self.key, f"{name}\0{value}".encode(), "sha256").hex()
