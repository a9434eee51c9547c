"""What is secret of projects: known to whoever keeps them in step, and to no manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from skyforge_tui.domain.project import Project


@dataclass(frozen=True, slots=True)
class CloneLogin:
    """As whom a run engine fetches repositories that are not public."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProjectSecrets:
    """What is secret of one project."""

    clone: CloneLogin | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What its runs find in their variable group, by name."""
    problems: tuple[str, ...] = ()
    """What could not be had, and why; nothing is written for that."""


class SecretReading(Protocol):
    """Reads each secret once, however many projects want it."""

    async def of(self, project: Project) -> ProjectSecrets:
        """Return what is secret of a project."""
        ...


class SecretSource(Protocol):
    """Knows where secrets are."""

    def reading(self) -> SecretReading:
        """Return what reads them anew, for one pass."""
        ...
