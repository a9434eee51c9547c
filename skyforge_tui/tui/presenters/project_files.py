"""A peek into a project's repository, and what could not be read there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import (
    Cut,
    Line,
    Span,
    cut_line,
    cut_text,
    fitted,
    line,
    literal,
    spread,
    width_of,
    wrapped,
)
from skyforge_tui.tui.presenters.project_standing import ROOMY, trust_word

_USES, _USES_ROOMY = 22, 14
"""Cells for what a file is good for."""
_SIZES = 10


def file_lines(
    project: Project, templates: Mapping[str, Template], now: datetime, rows: int, width: int
) -> list[Line]:
    """Return a peek into the repository in at most `rows` lines: files, and what they are for.

    Folders come first; `templates` is what is declared, by path within the project.
    """
    title = line(
        Span("Repository", "strong", bold=True), " ", Span(literal(project.branch), "muted")
    )
    latest = cut_line(_latest(project, now, width), max(0, width - width_of(title) - 2))
    lines = [spread(title, latest, width)]
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
    if width >= ROOMY:
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


def _file(name: str, size: int, template: Template | None, width: int) -> Line:
    """Return a file: name, size where there is room, and what it is good for, in columns."""
    is_roomy = width >= ROOMY
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
    return trust_word(template)
