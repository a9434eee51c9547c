"""What happened, told after it was committed, never before."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.identity import LabId, ProjectId, RunId
from skyforge_tui.domain.log_source import LogProgress
from skyforge_tui.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; subclasses say what."""


@dataclass(frozen=True, slots=True)
class RunsChanged(Event):
    """These runs are new, different or gone."""

    run_ids: frozenset[RunId]


@dataclass(frozen=True, slots=True)
class LogGrew(Event):
    """A run's output is longer than before; `size` is in bytes."""

    run_id: RunId
    size: int


@dataclass(frozen=True, slots=True)
class FilesGrew(Event):
    """Log files that were opened have come further."""

    progress: LogProgress


@dataclass(frozen=True, slots=True)
class OutputKept(Event):
    """All output of a run that happened elsewhere is here now."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class ProjectsChanged(Event):
    """These projects, or their templates, are new, different or gone."""

    project_ids: frozenset[ProjectId]


@dataclass(frozen=True, slots=True)
class LabsChanged(Event):
    """These labs are new, different or gone; or what their providers say of themselves is."""

    lab_ids: frozenset[LabId]


@dataclass(frozen=True, slots=True)
class ArtifactsChanged(Event):
    """Something at these keys, or below these prefixes, is new, different or gone."""

    store: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class TransfersChanged(Event):
    """Transfers have begun, ended or come further."""


@dataclass(frozen=True, slots=True)
class HealthChanged(Event):
    """An upstream's light changed."""

    upstream: str


@dataclass(frozen=True, slots=True)
class SignInChanged(Event):
    """A server asks who one is, or does not any more."""

    upstream: str


@dataclass(frozen=True, slots=True)
class AttentionChanged(Event):
    """Somebody muted something that asks for attention, or wants to hear of it again."""


@dataclass(frozen=True, slots=True)
class SyncRequested(Event):
    """Somebody asked for a fresh look at the projects; None means all."""

    project_id: ProjectId | None = None


@dataclass(frozen=True, slots=True)
class LabSyncRequested(Event):
    """Somebody asked for a fresh look at the labs."""


@dataclass(frozen=True, slots=True)
class NoticeRaised(Event):
    """Something a person should know, that no row of a table says."""

    notice: Notice
