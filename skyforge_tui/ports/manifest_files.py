"""Manifests of projects as files in their repositories, read and written with care."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.project_manifest import ProjectManifest


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest as it stands in the repository; a name of its content is empty where it is not."""

    manifest: ProjectManifest
    object_id: str = ""
    data: bytes = field(default=b"", repr=False)


class ManifestFiles(Protocol):
    """Reads and writes the manifests of one host's projects."""

    @property
    def upstream(self) -> str:
        """The host's name."""
        ...

    async def read(self, project: Project, ref: str = "") -> ManifestFile:
        """Return the manifest as it is now, or was at a commit; an empty one where there is none.

        Raises:
            Invalid: what is there cannot be read whole, and would be lost by a write.
            Unavailable, NotSignedIn, Forbidden: as the host.
        """
        ...

    async def commits(self, project: Project) -> tuple[Commit, ...]:
        """Return the newest commits that changed the manifest, the newest first.

        Raises:
            Unavailable, NotSignedIn, Forbidden: as the host.
        """
        ...

    async def write(
        self, project: Project, manifest: ProjectManifest, before: ManifestFile, message: str
    ) -> str:
        """Write what differs from `before` by a commit, and return its SHA.

        Raises:
            Stale: it is not what `before` says any more; nothing was written.
        """
        ...
