"""A lab: devices and links that somebody's provider runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LabState(StrEnum):
    """How a lab is, as its provider tells it."""

    RUNNING = "running"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> LabState:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab as last seen at its provider."""

    id: str
    name: str
    state: LabState
    owner: str
    provider: str
    updated_at: datetime | None = None
