"""What a command is, and the places where one can be carried out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from skyforge_tui.domain.permission import Permission


class Place(StrEnum):
    """Where one can be."""

    PROJECTS = "projects"
    LABS = "labs"
    RUNS = "runs"
    ARTIFACTS = "artifacts"
    ATTENTION = "attention"
    RUN = "run"
    WELCOME = "welcome"
    LAB = "lab"
    AUTOMATION = "automation"
    """What a server does by itself for a project."""
    REPOSITORY = "repository"
    ARTIFACT_LOG = "artifact log"
    """An artifact, read as a log."""
    FILES = "files"
    """Log files, shown by a program that knows nothing else."""


TABS = (Place.PROJECTS, Place.LABS, Place.RUNS, Place.ARTIFACTS, Place.ATTENTION)
"""The places with a digit of their own, in the header's order."""

TABLES = frozenset(TABS)
OUTPUT = frozenset({Place.RUN, Place.ARTIFACT_LOG, Place.FILES})
"""Where a log is read."""
ANYWHERE = frozenset(Place)


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do with a key, by name from the palette, and from `?`."""

    id: str
    keys: tuple[str, ...]
    """Textual key names; the first is the one that is shown. Without any it has a name only."""
    label: str
    """As the footer says it, in one or two words."""
    help: str
    """As `?` and the palette say it."""
    group: str
    places: frozenset[Place] = frozenset()
    """Where it can be done; empty means everywhere in the cockpit."""
    permission: Permission | None = None
    """What one must be allowed to do to the thing under the cursor."""
    asks: bool = False
    """Whether a confirmation follows."""
    footer: int = 0
    """Its rank in the footer, 1 first; 0 keeps it out."""

    def is_in(self, place: Place) -> bool:
        """Say whether it can be done in `place`."""
        return place in self.places if self.places else place is not Place.FILES
