"""What is handed to a run engine, made of a template and the answers to its questions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skyforge_tui.domain.launch import Launch, build
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import RunSpec
from skyforge_tui.domain.template import Template


@dataclass(frozen=True, slots=True)
class WindowSize:
    """How large a terminal a run is told it has, in cells."""

    columns: int = 120
    rows: int = 40


USUAL_WINDOW = WindowSize()


def spec_of(
    template: Template,
    project: Project | None,
    answers: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    window: WindowSize,
) -> tuple[RunSpec, Mapping[str, str]]:
    """Return what to run, and the secrets that go with it: by variable, or by question elsewhere.

    Of a template that a server keeps, the server decides what its answers become.

    Raises:
        Invalid: an answer is missing or wrong, or answers do not go together.
    """
    plain, secret = template.checked_answers(answers)
    launch = Launch(()) if template.is_hosted else build(template, plain, secret)
    spec = RunSpec(
        template_id=template.id,
        template=template.name,
        project_id=template.project_id,
        project=project.slug if project else "",
        started_by=by,
        created_at=at,
        command=launch.command,
        directory=template.directory,
        environment=launch.environment,
        answers=plain,
        secret_names=tuple(sorted(name for name, value in secret.items() if value)),
        terminal=launch.terminal,
        columns=window.columns,
        rows=window.rows,
        artifacts=launch.artifacts,
        commit=project.commit.sha if project and project.commit else "",
    )
    return spec, secret if template.is_hosted else launch.secret_environment
