"""A collection: what was kept of a run when it ended, and what was refused and why."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.markers import Marker

MOST_FILES = 1_000
"""Files kept of one run."""
MOST_BYTES = 1 << 30
"""Bytes kept of one run."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not kept, by the path or glob that named it, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What is known of what a run made."""

    run_id: RunId
    store: str = ""
    """The store it was put in; empty when there was nothing to put."""
    prefix: str = ""
    count: int = 0
    """Objects, the manifest not counted."""
    size: int = 0
    """In bytes."""
    markers: tuple[Marker, ...] = ()
    refusals: tuple[Refusal, ...] = ()
