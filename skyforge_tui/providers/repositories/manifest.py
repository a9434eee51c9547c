"""Puts what a repository's manifest says onto its project, wherever the repository is kept."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.project_manifest import MAX_BYTES, PATH, ProjectManifest
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.integrations.project_toml import ManifestReading, read_project, written
from skyforge_tui.ports.manifest_files import ManifestFile
from skyforge_tui.ports.repository_host import RepositoryHost


def with_manifest(project: Project, reading: ManifestReading | None) -> Project:
    """Return the project as its manifest tells it; None means that it has none.

    What is wrong in it becomes a notice. A manifest that cannot be read at all takes nothing away
    from anybody: what the host grants counts.
    """
    if reading is None:
        return project
    said = tuple(
        Notice(
            Severity.WARNING, one.message,
            where=f"{PATH}:{one.line}" if one.line else PATH, advice=one.advice,
        )
        for one in reading.mistakes
    )  # fmt: skip
    notices, told = (*project.notices, *said), reading.manifest
    if told is None:
        return replace(project, notices=notices)
    return replace(
        project,
        manifest=told,
        name=told.name or project.name,
        description=told.description or project.description,
        members=told.members or project.members,
        notices=notices,
    )


class RepositoryManifests:
    """Implements `ManifestFiles` on any host of repositories."""

    def __init__(self, host: RepositoryHost) -> None:
        self._host = host

    @property
    def upstream(self) -> str:
        """The host's name."""
        return self._host.upstream

    async def read(self, project: Project, ref: str = "") -> ManifestFile:
        """Return the manifest as it is now, or was at a commit."""
        at = ref or project.branch
        found = await self._host.read_file(project, at, PATH, MAX_BYTES + 1)
        if found is None:
            return ManifestFile(ProjectManifest())
        reading = read_project(found.data)
        if reading.manifest is None or reading.mistakes:
            first = reading.mistakes[0]
            raise Invalid(
                f"{PATH}:{first.line}: {first.message}", upstream=self.upstream,
                operation="project.share", advice=first.advice or "correct it there first",
            )  # fmt: skip
        return ManifestFile(reading.manifest, found.object_id, found.data)

    async def commits(self, project: Project) -> tuple[Commit, ...]:
        """Return the newest commits that changed the manifest."""
        return (await self._host.commits(project, project.branch, path=PATH)).commits

    async def write(
        self, project: Project, manifest: ProjectManifest, before: ManifestFile, message: str
    ) -> str:
        """Write what differs by a commit."""
        data = written(before.data, manifest)
        change = FileChange(PATH, data, before.object_id)
        branch = project.branch or "main"
        return await self._host.write_files(project, [change], message, branch=branch)
