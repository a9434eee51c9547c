"""What screens and widgets tell each other: dataclasses, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import ProjectId, RunId
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the last frame, gathered from many events."""

    run_ids: frozenset[RunId] = frozenset()
    project_ids: frozenset[ProjectId] = frozenset()
    output: dict[RunId, int] = field(default_factory=dict)
    """Runs whose output grew, with its size in bytes."""
    notices: tuple[Notice, ...] = ()
    labs: bool = False
    """Whether labs, or how their providers answer, changed."""
    health: bool = False
    artifacts: bool = False
    """Whether artifacts are new, different or gone."""
    sign_in: bool = False
    """Whether a server asks who one is, or does not any more."""
    attention: bool = False
    """Whether somebody muted something, or wants to hear of it again."""
    opened: bool = False
    """Whether the engine has just come up, so that everything is to be asked for."""
    files: LogProgress | None = None
    """How far log files that were opened have come, if that is new."""
    transfers: bool = False
    """Whether something is carried to or from a store, and has come further."""
