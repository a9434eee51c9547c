"""What can be copied of the thing under the cursor: letter, what it is, and the text. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, upstream_of
from skyforge_tui.tui.presenters import headless
from skyforge_tui.tui.presenters.headless import Act, Other
from skyforge_tui.tui.presenters.offers import Yank

if TYPE_CHECKING:
    from skyforge_tui.domain.artifact import ArtifactRef
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run, RunSpec
    from skyforge_tui.domain.template import Template

Line = Callable[[Act], str]
"""Makes the line for a shell of something one does."""


def of_run(run: Run, spec: RunSpec | None, line: Line, log_path: str = "") -> list[Yank]:
    """Return what can be copied of a run; `spec` adds what was asked for."""
    number = str(run.number)
    asked: list[tuple[str, str, str]] = []
    if spec is not None:
        name = f"{spec.project}/{spec.template}" if spec.project else spec.template
        launch = headless.Launch(name, spec.answers, spec.secret_names)
        asked = [
            ("c", "command that ran", shlex.join(spec.command)),
            ("s", "same again", line(launch)),
            ("d", "directory", spec.directory),
            ("k", "commit", spec.commit),
        ]
    return _filled([
        ("i", "id", run.id),
        ("n", "number", number),
        ("t", "template", run.template),
        *asked,
        ("r", "rerun", line(headless.OnRun("rerun", run.reference))),
        ("f", "follow", line(Other(("runs", "logs", run.reference, "--follow")))),
        ("l", "log path", log_path),
        ("w", "why", run.note),
    ])  # fmt: skip


def of_template(template: Template, project: Project | None, line: Line) -> list[Yank]:
    """Return what can be copied of a template."""
    name = template.name if project is None else f"{project.slug}/{template.name}"
    defaults = {
        one.name: one.default for one in template.survey if one.default and one.kind != "secret"
    }
    source = template.sources[0] if template.sources else None
    return _filled([
        ("n", "name", name),
        ("i", "id", template.id),
        ("s", "launch it", line(headless.Launch(name, defaults))),
        ("c", "command", shlex.join(template.command)),
        ("p", "declared in", "" if source is None else source.path),
        ("h", "its hash", "" if source is None else source.sha256),
        ("d", "directory", template.directory),
        ("k", "suggested key", template.hotkey),
    ])  # fmt: skip


def of_project(project: Project, line: Line) -> list[Yank]:
    """Return what can be copied of a project."""
    is_local = upstream_of(project.id) == LOCAL
    named = project.slug if is_local else project.full_name
    return _filled([
        ("n", "name", project.slug),
        ("i", "id", project.id),
        ("p" if is_local else "u", "path" if is_local else "URL", project.path),
        ("c", "go there", f"cd {shlex.quote(project.path)}" if is_local else ""),
        ("s", "show it", line(Other(("projects", "show", named)))),
        ("b", "branch", project.branch),
        ("k", "commit", "" if project.commit is None else project.commit.sha),
    ])  # fmt: skip


def of_lab(lab: Lab, line: Line) -> list[Yank]:
    """Return what can be copied of a lab."""
    return _filled([
        ("n", "name", lab.name),
        ("i", "id", lab.id),
        ("d", "directory", lab.directory),
        ("t", "topology", lab.topology),
        ("o", "owner", lab.owner),
        ("s", "show it", line(Other(("labs", "show", lab.id if lab.folder else lab.name)))),
        ("f", "folder", lab.folder),
        ("r", "its run", lab.run_id or ""),
        ("w", "why", lab.note),
    ])  # fmt: skip


def of_artifact(ref: ArtifactRef, line: Line, *, is_folder: bool) -> list[Yank]:
    """Return what can be copied of an artifact, or of a folder of them."""
    fetch = Other(("artifacts", "ls" if is_folder else "get", ref.key, "--store", ref.store))
    return _filled([
        ("n", "name", ref.key.rstrip("/").rpartition("/")[2]),
        ("k", "key", ref.key),
        ("i", "store and key", str(ref)),
        ("s", "list it" if is_folder else "fetch it", line(fetch)),
    ])  # fmt: skip


def _filled(rows: Iterable[tuple[str, str, str]]) -> list[Yank]:
    return [Yank(key, label, text) for key, label, text in rows if text]
