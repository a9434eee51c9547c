"""An artifact: something a run left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Artifact:
    """One stored object; `key` is relative to its store, size in bytes."""

    store: str
    key: str
    size: int
    modified_at: datetime | None = None
