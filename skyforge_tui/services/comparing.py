"""Brings what was read of projects into a form in which two readings compare. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Template
from skyforge_tui.ports.project_host import ProjectContent


def bare(project: Project) -> Project:
    """Return a project without when it was seen."""
    return replace(project, seen_at=None)


def by_name(templates: Iterable[Template]) -> tuple[Template, ...]:
    """Return templates by name."""
    return tuple(sorted(templates, key=lambda one: one.name))


def in_order(content: ProjectContent) -> ProjectContent:
    """Return the content with its templates in our order."""
    return replace(content, templates=by_name(content.templates))


def as_known(listed: Project, known: Project, error: SkyforgeError) -> Project:
    """Return a listed project that could not be read, and why, with what was read of it before.

    Its manifest among it: what that takes from people it takes as well while nobody can read it.
    """
    notice = Notice(
        Severity.WARNING, f"{listed.slug} cannot be read", error.message, listed.path, error.advice
    )
    told = known if known.manifest is not None else listed
    return replace(
        listed, name=told.name, description=told.description, members=known.members,
        commit=known.commit, files=known.files, file_count=known.file_count, notices=(notice,),
        grant=listed.grant or known.grant, manifest=known.manifest,
    )  # fmt: skip
