"""Projects as rows, and one project as a pane: what it is, what it declares, what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from skyforge_tui.domain.identity import Role, TemplateId, upstream_of
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.projects import ProjectView
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Cut, Line, Span, cut_text, line, literal, spread
from skyforge_tui.tui.presenters.columns import Column

COLUMNS: tuple[Column, ...] = (
    Column("project", "Project", 13, most=20, priority=100, cut="middle", is_name=True),
    Column("role", "Role", 6, priority=20),
    Column("sync", "Sync", 10, priority=90),
    Column("templates", "Templates", 9, align="right", priority=10),
)

TEMPLATE_COLUMNS: tuple[Column, ...] = (
    Column("template", "Template", 16, most=30, priority=100, cut="front", is_name=True),
    Column("kind", "Kind", 8, priority=20),
    Column("trust", "Trust", 9, priority=80),
    Column("last", "Last", 8, priority=90),
    Column("age", "Age", 4, align="right", priority=60),
    Column("note", "Description", 12, most=None, priority=10),
)


def project_cells(view: ProjectView) -> dict[str, Line]:
    """Return a project's cells, by column."""
    project = view.project
    quiet = view.role is Role.NONE
    return {
        "project": (Span(literal(project.slug), "muted" if quiet else "text"),),
        "role": (
            (Span(view.role.word, "text" if view.role >= Role.OWNER else "muted"),)
            if not quiet
            else ()
        ),
        "sync": sync_word(view),
        "templates": (Span(str(len(view.templates)) if view.templates else ""),),
    }


def sync_word(view: ProjectView) -> Line:
    """Return how a project is, in one sign and one or two words."""
    if view.role is Role.NONE:
        return (Span(f"{glyphs.NONE} no role", "muted"),)
    if view.project.seen_at is None:
        return (Span(glyphs.PENDING, "spin"), Span(" reading"))
    if view.project.notices:
        count = len(view.project.notices)
        word = "1 problem" if count == 1 else f"{count} problems"
        return (Span(f"{glyphs.PARTIAL} ", "warn"), Span(word, "warn"))
    if any(not one.is_trusted for one in view.templates):
        return (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))
    if not view.templates:
        return (Span(f"{glyphs.STOPPED_LAB} no runs", "muted"),)
    return (Span(glyphs.READY, "ok"), Span(" in sync"))


def template_cells(template: Template, last: Run | None, now: datetime) -> dict[str, Line]:
    """Return a template's cells, by column."""
    cells: dict[str, Line] = {
        "template": (Span(literal(template.name)),),
        "kind": (Span(str(template.kind), "muted"),),
        "trust": (
            (Span(f"{glyphs.PASSED} ", "ok"), Span("trusted", "muted"))
            if template.is_trusted
            else (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))
        ),
        "note": (Span(literal(template.description), "muted"),),
    }
    if last is not None:
        look = tones.run_look(last)
        took = "now" if last.state.is_active else tones.duration(last.duration(now))
        cells["last"] = (Span(f"{look.glyph} ", look.tone, bold=look.bold), Span(took))
        cells["age"] = (Span(tones.age(now - last.created_at), "muted"),)
    return cells


def head_lines(view: ProjectView, now: datetime, width: int) -> list[Line]:
    """Return the top of a project's pane: name, role, description and where it is kept."""
    project = view.project
    you = line(Span("you: ", "muted"), Span(view.role.word))
    return [
        spread((Span(literal(project.name or project.slug), "strong", bold=True),), you, width),
        (Span(cut_text(literal(project.description or project.path), width), "muted"),),
        (),
        _wire(
            "repository", _kept_in(project), sync_word(view), _seen(project, now), _head(project)
        ),
        _wire(
            "runs",
            upstream_of(project.id),
            (Span(glyphs.READY, "ok"), Span(" this machine")),
            "",
            (),
        ),
    ]


def file_lines(
    project: Project, templates: Mapping[str, Template], rows: int, width: int
) -> list[Line]:
    """Return a peek into the repository: its first files, and what they are good for."""
    right: Line = ()
    if project.commit is not None:
        commit = project.commit
        right = (Span(f"{literal(commit.author)}: {literal(commit.subject)}", "muted"),)
    title = line(
        Span("Repository", "strong", bold=True), " ", Span(literal(project.branch), "muted")
    )
    lines = [spread(title, right, width)]
    folder = ""
    shown = 0
    for file in project.files:
        if len(lines) >= rows - 1:
            break
        head, _, name = file.path.rpartition("/")
        if head != folder:
            folder = head
            if head:
                lines.append((Span(f"{glyphs.TREE_OPEN} ", "muted"), Span(literal(head))))
        lines.append(_file(name, file.size, templates.get(file.path), bool(head), width))
        shown += 1
    rest = project.file_count - shown
    if rest > 0:
        lines.append((Span(f"{tones.count(rest)} more files", "muted"),))
    return lines


def notice_lines(project: Project, width: int) -> list[Line]:
    """Return what could not be read here, each with where and what next."""
    lines: list[Line] = []
    for notice in project.notices:
        lines.append(
            (
                Span(f"{glyphs.PARTIAL} ", "warn"),
                Span(cut_text(literal(notice.title), width - 2), "warn"),
            )
        )
        for text in (notice.body, notice.where, notice.advice):
            if text:
                cut: Cut = "front" if text is notice.where else "end"
                lines.append((Span("  "), Span(cut_text(literal(text), width - 2, cut), "muted")))
    return lines


def _wire(label: str, name: str, state: Line, age: str, note: Line) -> Line:
    spaces = max(1, 14 - sum(len(span.text) for span in state))
    return line(
        Span(f"{label:<11} ", "muted"), f"{name:<9} ", state, " " * spaces,
        Span(f"{age:>4}  ", "muted"), note,
    )  # fmt: skip


def _kept_in(project: Project) -> str:
    return "git" if project.kind is ProjectKind.GIT else str(project.kind)


def _seen(project: Project, now: datetime) -> str:
    return "" if project.seen_at is None else tones.age(now - project.seen_at)


def _head(project: Project) -> Line:
    if project.commit is None:
        return (Span(literal(project.branch), "muted"),)
    return (Span(f"{literal(project.branch)} {project.commit.sha[:7]}", "muted"),)


def _file(name: str, size: int, template: Template | None, inside: bool, width: int) -> Line:
    indent = "  " if inside else ""
    right: Line = (Span(f"{tones.size(size):>8}", "muted"),)
    if template is not None:
        right = (Span(f"{template.kind}  ", "accent"), *right)
    return spread((Span(indent + literal(name)),), right, width)


def last_of(last: Mapping[TemplateId, Run], template: Template) -> Run | None:
    """Return the newest run of a template."""
    return last.get(template.id)
