"""Projects as rows, and one project as a pane: what it is, what it declares, what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, Role, upstream_of
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.template import Template
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    cut_text,
    line,
    literal,
    plain,
    spread,
)
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.deployments import pane_lines
from skyforge_tui.tui.presenters.project_files import file_lines, notice_lines
from skyforge_tui.tui.presenters.project_standing import (
    is_kept_only,
    manifest_wire,
    read_word,
    sync_word,
    trust_word,
    wire_line,
)

if TYPE_CHECKING:
    from skyforge_tui.domain.deployment import Deployment
    from skyforge_tui.domain.run import Run
    from skyforge_tui.services.projects import ProjectView

COLUMNS: tuple[Column, ...] = (
    Column("project", "Project", 13, most=18, priority=100, cut="middle", is_name=True),
    Column("role", "Role", 6, priority=20),
    Column("sync", "Sync", 10, priority=90, can_sort=False),
    Column("templates", "Templates", 9, align="right", priority=10),
)

TEMPLATE_COLUMNS: tuple[Column, ...] = (
    Column("template", "Template", 20, most=24, priority=100, cut="front", is_name=True),
    Column("trust", "Trust", 9, priority=80, can_sort=False),
    Column("last", "Last", 8, priority=90, can_sort=False),
    Column("age", "Age", 4, align="right", priority=60),
    Column("note", "Description", 12, most=None, priority=10),
)

NONE: Line = (Span("No project here yet.", "muted"),)
NONE_YET: tuple[Line, ...] = (
    (Span("Git repositories and folders that hold something", "muted"),),
    (Span("to launch, here and below, are projects.", "muted"),),
)
SLOW: tuple[Line, ...] = (
    (Span("Every repository here and below is read.", "muted"),),
    (Span("With [workspace] roots the configuration", "muted"),),
    (Span("names fewer folders.", "muted"),),
)
_LAST_KNOWN: Line = (Span(f"{glyphs.STALE} last known", "muted"),)
_SILENT: Line = (Span(glyphs.FAILED, "bad", bold=True), Span(" no answer", "bad"))


def project_cells(
    view: ProjectView, *, is_stale: bool = False, has_twin: bool = False
) -> dict[str, Line]:
    """Return a project's cells, by column; muted where its server does not answer.

    One that `has_twin` of its name elsewhere says where it is itself.
    """
    project = view.project
    where = f" {upstream_of(project.id)}" if has_twin else ""
    if is_stale:
        texts = {
            "project": literal(project.slug) + where,
            "role": view.role.word if view.role > Role.NONE else "",
            "sync": f"{glyphs.STALE} {plain(sync_word(view)).partition(' ')[2]}",
            "templates": str(len(view.templates)) if view.templates else "",
        }
        return {name: (Span(text, "muted"),) for name, text in texts.items()}
    quiet = view.role is Role.NONE
    return {
        "project": (
            Span(literal(project.slug), "muted" if quiet else "text"),
            *((Span(where, "muted"),) if where else ()),
        ),
        "role": (
            (Span(view.role.word, "text" if view.role >= Role.OWNER else "muted"),)
            if not quiet
            else ()
        ),
        "sync": sync_word(view),
        "templates": (Span(str(len(view.templates)) if view.templates else ""),),
    }


def template_cells(template: Template, last: Run | None, now: datetime) -> dict[str, Line]:
    """Return a template's cells, by column."""
    cells: dict[str, Line] = {
        "template": (Span(literal(template.name)),),
        "kind": (Span(str(template.kind), "muted"),),
        "trust": trust_word(template),
        "note": (Span(literal(template.description), "muted"),),
    }
    if last is not None:
        look = tones.run_look(last)
        took = "now" if last.state.is_active else tones.duration(last.duration(now))
        cells["last"] = (Span(f"{look.glyph} ", look.tone, bold=look.bold), Span(took))
        cells["age"] = (Span(tones.age(now - last.created_at), "muted"),)
    return cells


def head_lines(
    view: ProjectView, now: datetime, width: int, *, is_stale: bool = False
) -> list[Line]:
    """Return the top of a project's pane: name, role, description, where it is kept and runs."""
    project = view.project
    you = line(Span("you: ", "muted"), Span(view.role.word))
    about = _cut_path(project.path, width) if not project.description else project.description
    kept = "git" if project.kind is ProjectKind.GIT else str(project.kind)
    seen = "" if project.seen_at is None else tones.age(now - project.seen_at)
    is_hosted = project.kind is ProjectKind.HOSTED
    is_here = upstream_of(project.id) == LOCAL
    where = " its server" if is_hosted else " this machine"
    machine: Line = (Span(glyphs.READY, "ok"), Span(where))
    runs = wire_line(
        "runs", upstream_of(project.id), _SILENT if is_stale else machine, "", (), width
    )
    lines = [
        spread((Span(literal(project.name or project.slug), "strong", bold=True),), you, width),
        (Span(cut_text(literal(about), width), "muted"),),
        (),
        wire_line(
            "kept" if is_hosted else "repository",
            kept if is_here else upstream_of(project.id),
            _LAST_KNOWN if is_stale else read_word(project),
            seen,
            _head(project),
            width,
        ),
        *(manifest_wire(view, now, width) if is_kept_only(project) else (runs,)),
        (),
    ]
    return [*lines, _templates_title(view, width)]


def _templates_title(view: ProjectView, width: int) -> Line:
    if view.project.seen_at is None and not view.templates:
        return ()  # nobody has read it yet
    if not view.templates:
        words = "Kept on its server." if is_kept_only(view.project) else "Nothing to launch here."
        return (Span(words, "muted"),)
    asking = sum(not one.is_trusted for one in view.templates)
    right: Line = (
        (Span(glyphs.ASKS, "warn", bold=True), Span(f" {asking} to trust", "warn"))
        if asking
        else ()
    )
    title = (
        Span("Templates", "strong", bold=True),
        Span(f" {tones.count(len(view.templates))}", "muted"),
    )
    return spread(title, right, width)


def _head(project: Project) -> Line:
    if project.commit is None:
        return (Span(literal(project.branch), "muted"),)
    return (Span(f"{literal(project.branch)} {project.commit.sha[:7]}", "muted"),)


def _cut_path(path: str, width: int) -> str:
    return cut_text(literal(path), width, "front")


def below_lines(
    view: ProjectView, deployed: Sequence[Deployment], now: datetime, room: int, width: int
) -> list[Line]:
    """Return what stands below the templates: deployments, what could not be read, some files."""
    project = view.project
    root = project.path.rstrip("/") + "/"
    by_path = {one.sources[0].path.removeprefix(root): one for one in view.templates if one.sources}
    lines: list[Line] = [(), *pane_lines(deployed, now, width)]
    if project.notices:
        lines += [*notice_lines(project, width), ()]
    if project.files and room - len(lines) > 1:
        lines += file_lines(project, by_path, now, room - len(lines), width)
    return lines
