"""What the artifact service answers with: levels, sizes and previews, each with whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.run import Run


@dataclass(frozen=True, slots=True)
class Held:
    """A key or a prefix, and the project whose roles rule over it."""

    ref: ArtifactRef
    project_id: ProjectId
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """Part of what lies below a prefix, as far as the asking person may see it."""

    folders: tuple[Held, ...]
    artifacts: tuple[tuple[Artifact, Held], ...]
    next: str = ""
    """What to ask for the rest after; empty at the end."""


@dataclass(frozen=True, slots=True)
class FolderSize:
    """How much is in a folder, all the way down."""

    count: int
    size: int
    newest: datetime | None
    is_more: bool
    """Whether there is more than was counted."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An artifact with its first bytes, and the run that made it, if one did."""

    artifact: Artifact
    """With its checksum, where the run's manifest names it."""
    start: bytes
    run: Run | None
