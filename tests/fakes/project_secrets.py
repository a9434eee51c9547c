"""Secrets of projects that everybody knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from skyforge_tui.domain.project import Project
from skyforge_tui.ports.project_secrets import ProjectSecrets


@dataclass
class KnownSecrets:
    """The same secrets for every project; implements `SecretSource` and `SecretReading`."""

    known: ProjectSecrets = field(default_factory=ProjectSecrets)

    def reading(self) -> KnownSecrets:
        """Return itself."""
        return self

    async def of(self, project: Project) -> ProjectSecrets:
        """Return them."""
        return self.known
