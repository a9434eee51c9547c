"""Brings what was read of projects into a form in which two readings compare. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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
