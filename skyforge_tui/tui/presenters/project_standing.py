"""How a project stands, in a sign and a word or two, and where it is kept and compared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from skyforge_tui.domain.identity import LOCAL, Role, upstream_of
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.template import Template
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, fitted, line, literal

if TYPE_CHECKING:
    from skyforge_tui.services.projects import ProjectView
    from skyforge_tui.services.standings import Standing

ROOMY: Final = 58
"""Cells from which a project's pane names what is what, and says sizes."""


def sync_word(view: ProjectView) -> Line:
    """Return how a project is, in one sign and one or two words."""
    if view.role is Role.NONE:
        return (Span(f"{glyphs.NONE} no role", "muted"),)
    if view.project.seen_at is None or view.project.notices:
        return kept_word(view.project)
    if view.standing is not None and not view.standing.report.is_in_step:
        return _drift_word(view.standing)
    if any(not one.is_trusted for one in view.templates):
        return (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))
    if not view.templates and not is_kept_only(view.project):
        return (Span(f"{glyphs.STOPPED_LAB} no runs", "muted"),)
    return _step_word(view)


def _step_word(view: ProjectView) -> Line:
    """Return whether a project is in step; of one that was never compared nothing is claimed."""
    if view.standing is not None or not is_kept_only(view.project):
        return kept_word(view.project)
    if view.project.manifest is None:
        return (Span(f"{glyphs.NONE} plain", "muted"),)
    return (Span(f"{glyphs.STOPPED_LAB} not yet", "muted"),)


def _drift_word(standing: Standing) -> Line:
    if standing.report.errors:
        return (Span(glyphs.FAILED, "bad", bold=True), Span(" sync", "bad"))
    return (Span(glyphs.CUT_OFF, "warn", bold=True), Span(" drift", "warn"))


def is_kept_only(project: Project) -> bool:
    """Say whether a project is a repository on some server, where nothing runs."""
    return project.kind is ProjectKind.GIT and upstream_of(project.id) != LOCAL


def kept_word(project: Project) -> Line:
    """Return how a project was read, in a sign and a word."""
    if project.seen_at is None:
        return (Span(glyphs.PENDING, "spin"), Span(" reading"))
    if project.notices:
        word = tones.several(len(project.notices), "error")
        return (Span(f"{glyphs.PARTIAL} ", "warn"), Span(word, "warn"))
    return (Span(glyphs.READY, "ok"), Span(" in sync"))


def read_word(project: Project) -> Line:
    """Return how a repository was read; that of a server says nothing of being in step by that."""
    is_fine = project.seen_at is not None and not project.notices
    if is_fine and is_kept_only(project):
        return (Span(glyphs.READY, "ok"), Span(" read"))
    return kept_word(project)


def manifest_wire(view: ProjectView, now: datetime, width: int) -> tuple[Line, ...]:
    """Return how what runs it and who is in it compare with its manifest, where it has one."""
    manifest, standing = view.project.manifest, view.standing
    if manifest is None:
        return ()
    where = literal(manifest.engine) or "manifest"
    if standing is None:
        state: Line = (Span(f"{glyphs.STOPPED_LAB} not compared", "muted"),)
        return (wire_line("manifest", where, state, "", (), width),)
    state = kept_word(view.project) if standing.report.is_in_step else _drift_word(standing)
    count = sum(standing.report.requests.values())
    note: Line = (Span(f"{tones.count(count)} requests", "muted"),) if count else ()
    return (wire_line("manifest", where, state, tones.age(now - standing.at), note, width),)


def wire_line(label: str, name: str, state: Line, age: str, note: Line, width: int) -> Line:
    """Return where something is, how it is there and since when, in columns."""
    labels = f"{label:<11} " if width >= ROOMY else ""
    return line(
        Span(labels, "muted"), f"{name:<10} ", fitted(state, 14), Span(f"{age:>4}  ", "muted"), note
    )


def trust_word(template: Template) -> Line:
    """Return whether a template may run here."""
    if template.is_hosted:
        return (Span(str(template.kind), "muted"),)
    if template.is_trusted:
        return (Span(f"{glyphs.PASSED} ", "ok"), Span("trusted", "muted"))
    return (Span(glyphs.ASKS, "warn", bold=True), Span(" trust", "warn"))
