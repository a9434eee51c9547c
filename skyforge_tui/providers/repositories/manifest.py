"""Puts what a repository's manifest says onto its project, wherever the repository is kept."""

from __future__ import annotations

from dataclasses import replace

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH
from skyforge_tui.integrations.project_toml import ManifestReading


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
