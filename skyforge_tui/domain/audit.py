"""Who did what to which project: the entries of the record that is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import ProjectId


class Deed(StrEnum):
    """What was done to a project, or tried."""

    CREATE = "create"
    LET_IN = "let in"
    PROMOTE = "promote"
    DEMOTE = "demote"
    PUT_OUT = "put out"
    VISIBILITY = "visibility"
    SYNC = "sync"
    WRITE = "write"
    START = "start"
    STOP = "stop"
    DESTROY = "destroy"
    SCHEDULE = "schedule"
    DELETE = "delete"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Deed:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that somebody did, or was not let do; it holds no secrets."""

    at: datetime
    by: str
    """Who did it, by their name on this machine."""
    login: str
    """By which name they went where the project is kept; empty where nobody knows."""
    project_id: ProjectId
    """Empty of a project that did not come to be."""
    project: str
    """What it was called then."""
    deed: Deed
    words: str
    """What exactly."""
    outcome: Outcome = Outcome.OK
    why: str = ""
    """Why it did not go well."""

    @property
    def who(self) -> str:
        """Who did it, by both names where they differ."""
        return self.by if self.login in ("", self.by) else f"{self.by} as {self.login}"
