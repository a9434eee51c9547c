"""A run as a Semaphore server keeps it; it calls one a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from skyforge_tui.demo.output.steps import Failure, Tally

FINAL: Final = frozenset({"success", "error", "stopped"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of output."""

    at: int
    """Nanoseconds since 1970."""
    text: str
    stored_at: int
    """From when on it can be fetched."""


@dataclass(slots=True)
class Stage:
    """A part of a run; the numbers count rows."""

    type: str
    start: int
    first_row: int
    end: int | None = None
    last_row: int | None = None


@dataclass(slots=True)
class Run:
    """One execution of a template."""

    id: int
    project_id: int
    template_id: int
    user_id: int | None
    created: int
    status: str = "waiting"
    start: int | None = None
    end: int | None = None
    message: str = ""
    playbook: str = ""
    environment: str = ""
    secret: str = "{}"
    arguments: str | None = None
    git_branch: str | None = None
    limit: str = ""
    debug: bool = False
    dry_run: bool = False
    diff: bool = False
    params: dict[str, Any] = field(default_factory=dict)
    inventory_id: int | None = None
    build_task_id: int | None = None
    schedule_id: int | None = None
    commit_hash: str | None = None
    commit_message: str = ""
    version: str | None = None
    rows: list[Row] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    tallies: tuple[Tally, ...] = ()
    failures: list[Failure] = field(default_factory=list)

    past: Callable[[], None] | None = None
    """Writes down the output of a run of the past, when it is asked for the first time."""

    def recall(self) -> None:
        """Make sure that rows, stages and results are there."""
        if self.past is not None:
            tell, self.past = self.past, None
            tell()

    @property
    def is_over(self) -> bool:
        """Whether its status changes no more."""
        return self.status in FINAL
