"""Projects as rows, and one project as a pane: what it is, what it declares, what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, Role, upstream_of
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Cut,
    Line,
    Span,
    cut_text,
    fitted,
    line,
    literal,
    plain,
    spread,
    wrapped,
)
from skyforge_tui.tui.presenters.columns import Column

if TYPE_CHECKING:
    from skyforge_tui.domain.run import Run
    from skyforge_tui.services.projects import ProjectView
    from skyforge_tui.services.standings import Standing

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
_ROOMY = 58
"""Cells from which a project's pane names what is what, and says sizes."""
_USES, _USES_ROOMY = 22, 14
"""Cells for what a file is good for."""
_SIZES = 10
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


def sync_word(view: ProjectView) -> Line:
    """Return how a project is, in one sign and one or two words."""
    if view.role is Role.NONE:
        return (Span(f"{glyphs.NONE} no role", "muted"),)
    if view.project.seen_at is None or view.project.notices:
        return _kept_word(view.project)
    if view.standing is not None and not view.standing.report.is_in_step:
        return _drift_word(view.standing)
    if any(not one.is_trusted for one in view.templates):
        return (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))
    if not view.templates and not _is_kept_only(view.project):
        return (Span(f"{glyphs.STOPPED_LAB} no runs", "muted"),)
    return _step_word(view)


def _step_word(view: ProjectView) -> Line:
    """Return whether a project is in step; of one that was never compared nothing is claimed."""
    if view.standing is not None or not _is_kept_only(view.project):
        return _kept_word(view.project)
    if view.project.manifest is None:
        return (Span(f"{glyphs.NONE} plain", "muted"),)
    return (Span(f"{glyphs.STOPPED_LAB} not yet", "muted"),)


def _drift_word(standing: Standing) -> Line:
    if standing.report.errors:
        return (Span(glyphs.FAILED, "bad", bold=True), Span(" sync", "bad"))
    return (Span(glyphs.CUT_OFF, "warn", bold=True), Span(" drift", "warn"))


def template_cells(template: Template, last: Run | None, now: datetime) -> dict[str, Line]:
    """Return a template's cells, by column."""
    cells: dict[str, Line] = {
        "template": (Span(literal(template.name)),),
        "kind": (Span(str(template.kind), "muted"),),
        "trust": _trust(template),
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
    runs = _wire("runs", upstream_of(project.id), _SILENT if is_stale else machine, "", (), width)
    lines = [
        spread((Span(literal(project.name or project.slug), "strong", bold=True),), you, width),
        (Span(cut_text(literal(about), width), "muted"),),
        (),
        _wire(
            "kept" if is_hosted else "repository",
            kept if is_here else upstream_of(project.id),
            _LAST_KNOWN if is_stale else _read_word(project),
            seen,
            _head(project),
            width,
        ),
        *(_manifest_wire(view, now, width) if _is_kept_only(project) else (runs,)),
        (),
    ]
    return [*lines, _templates_title(view, width)]


def no_repository(project: Project) -> str:
    """Say why there is no repository to look into; empty when there is one."""
    return "" if project.kind is ProjectKind.GIT else f"{project.slug} is no git repository"


def _is_kept_only(project: Project) -> bool:
    """Say whether a project is a repository on some server, where nothing runs."""
    return project.kind is ProjectKind.GIT and upstream_of(project.id) != LOCAL


def _kept_word(project: Project) -> Line:
    if project.seen_at is None:
        return (Span(glyphs.PENDING, "spin"), Span(" reading"))
    if project.notices:
        count = len(project.notices)
        word = "1 error" if count == 1 else f"{count} errors"
        return (Span(f"{glyphs.PARTIAL} ", "warn"), Span(word, "warn"))
    return (Span(glyphs.READY, "ok"), Span(" in sync"))


def _read_word(project: Project) -> Line:
    """Return how a repository was read; that of a server says nothing of being in step by that."""
    is_fine = project.seen_at is not None and not project.notices
    if is_fine and _is_kept_only(project):
        return (Span(glyphs.READY, "ok"), Span(" read"))
    return _kept_word(project)


def _manifest_wire(view: ProjectView, now: datetime, width: int) -> tuple[Line, ...]:
    """Return how what runs it and who is in it compare with its manifest, where it has one."""
    manifest, standing = view.project.manifest, view.standing
    if manifest is None:
        return ()
    where = literal(manifest.engine) or "manifest"
    if standing is None:
        state: Line = (Span(f"{glyphs.STOPPED_LAB} not compared", "muted"),)
        return (_wire("manifest", where, state, "", (), width),)
    state = _kept_word(view.project) if standing.report.is_in_step else _drift_word(standing)
    count = sum(standing.report.requests.values())
    note: Line = (Span(f"{tones.count(count)} requests", "muted"),) if count else ()
    return (_wire("manifest", where, state, tones.age(now - standing.at), note, width),)


def _templates_title(view: ProjectView, width: int) -> Line:
    if view.project.seen_at is None and not view.templates:
        return ()  # nobody has read it yet
    if not view.templates:
        words = "Kept on its server." if _is_kept_only(view.project) else "Nothing to launch here."
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


def file_lines(
    project: Project, templates: Mapping[str, Template], now: datetime, rows: int, width: int
) -> list[Line]:
    """Return a peek into the repository in at most `rows` lines: files, and what they are for.

    Folders come first; `templates` is what is declared, by path within the project.
    """
    title = line(
        Span("Repository", "strong", bold=True), " ", Span(literal(project.branch), "muted")
    )
    lines = [spread(title, _latest(project, now, width), width)]
    folder = ""
    shown = 0
    for file in sorted(project.files, key=lambda one: ("/" not in one.path, one.path)):
        head, _, name = file.path.rpartition("/")
        opens = bool(head) and head != folder
        more = shown + 1 < project.file_count
        if len(lines) + 1 + opens + more > rows:
            break
        if opens:
            folder = head
            name_of_folder = cut_text(literal(head), width - 2, "front")
            lines.append((Span(f"{glyphs.TREE_OPEN} ", "muted"), Span(name_of_folder)))
        indent = "    " if head else "  "
        lines.append(_file(indent + literal(name), file.size, templates.get(file.path), width))
        shown += 1
    rest = project.file_count - shown
    if rest > 0:
        files = "file" if rest == 1 else "files"
        more_files = f"{tones.count(rest)}{' more' if shown else ''} {files}"
        lines.append((Span(f"  {more_files}", "muted"),))
    return lines


def _latest(project: Project, now: datetime, width: int) -> Line:
    if project.commit is None:
        return ()
    commit = project.commit
    words = f"{literal(commit.author)} {tones.age(now - commit.at)} ago"
    if width >= _ROOMY:
        words = f"{literal(commit.author)}, {tones.age(now - commit.at)} ago: "
        words += cut_text(literal(commit.subject), width // 2)
    return (Span(words, "muted"),)


def notice_lines(project: Project, width: int) -> list[Line]:
    """Return what could not be read here, each with where and what next."""
    lines: list[Line] = []
    for notice in project.notices:
        for index, row in enumerate(wrapped(literal(notice.title), width - 2, 2)):
            lead = "  " if index else f"{glyphs.PARTIAL} "
            lines.append((Span(lead, "warn"), Span(row, "warn")))
        for text in (notice.body, notice.where, notice.advice):
            if text:
                cut: Cut = "front" if text is notice.where else "end"
                lines.append((Span("  "), Span(cut_text(literal(text), width - 2, cut), "muted")))
    return lines


def _wire(label: str, name: str, state: Line, age: str, note: Line, width: int) -> Line:
    labels = f"{label:<11} " if width >= _ROOMY else ""
    return line(
        Span(labels, "muted"), f"{name:<10} ", fitted(state, 14), Span(f"{age:>4}  ", "muted"), note
    )


def _head(project: Project) -> Line:
    if project.commit is None:
        return (Span(literal(project.branch), "muted"),)
    return (Span(f"{literal(project.branch)} {project.commit.sha[:7]}", "muted"),)


def _file(name: str, size: int, template: Template | None, width: int) -> Line:
    """Return a file: name, size where there is room, and what it is good for, in columns."""
    is_roomy = width >= _ROOMY
    uses = _USES_ROOMY if is_roomy else _USES
    room = max(8, width - uses - (_SIZES if is_roomy else 0))
    sizes: Line = fitted((Span(tones.size(size), "muted"),), _SIZES - 2, "right")
    return line(
        fitted((Span(name),), room, cut="middle"), (*sizes, Span("  ")) if is_roomy else (),
        _use(template),
    )  # fmt: skip


def _use(template: Template | None) -> Line:
    if template is None:
        return ()
    if template.kind is TemplateKind.PLAYBOOK:
        return (Span("playbook", "accent"),)
    return _trust(template)


def _trust(template: Template) -> Line:
    if template.is_hosted:
        return (Span(str(template.kind), "muted"),)
    if template.is_trusted:
        return (Span(f"{glyphs.PASSED} ", "ok"), Span("trusted", "muted"))
    return (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))


def _cut_path(path: str, width: int) -> str:
    return cut_text(literal(path), width, "front")
