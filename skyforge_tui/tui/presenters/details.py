"""What is known of one thing besides its row: as facts, whole and uncut. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.history import Outcome
from skyforge_tui.domain.identity import LOCAL, upstream_of
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, literal
from skyforge_tui.tui.presenters.offers import Fact

if TYPE_CHECKING:
    from skyforge_tui.domain.artifact import Artifact, ArtifactRef
    from skyforge_tui.domain.audit import AuditEntry
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.domain.members import Members
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.project_manifest import ProjectManifest
    from skyforge_tui.domain.run import Run, RunDetail
    from skyforge_tui.domain.template import SurveyField, Template
    from skyforge_tui.services.artifact_views import FolderSize

_MOST = 12
"""Files, questions or notices that are listed of one thing."""


def of_run(run: Run, detail: RunDetail | None, now: datetime) -> list[Fact]:
    """Return a run: when, how it ended, what was asked for; `detail` is None once it is gone."""
    facts = [
        ("id", run.id),
        ("created", _at(run.created_at, now)),
        ("started", _at(run.started_at, now)),
        ("ended", _at(run.ended_at, now)),
        ("exit", run.signal or ("" if run.exit_code is None else str(run.exit_code))),
        # How much there is elsewhere nobody counts before it is read.
        ("output", tones.size(run.log_bytes) if run.log_bytes or _is_here(run) else ""),
    ]
    if detail is not None:
        spec, use = detail.spec, detail.use
        facts += [
            ("command", shlex.join(spec.command)),
            ("directory", spec.directory),
            ("commit", spec.commit),
            ("keeps", ", ".join(spec.artifacts)),
            *((name, value) for name, value in spec.answers.items()),
            *((name, "secret, not kept") for name in spec.secret_names),
        ]
        if use is not None:
            cpu = f"{use.user_s + use.system_s:.1f}s cpu"
            facts.append(("used", f"{cpu}, {tones.size(use.max_rss_bytes)}"))
    return _filled(facts)


def _is_here(run: Run) -> bool:
    return upstream_of(run.id) == LOCAL


def of_project(project: Project, now: datetime, done: Sequence[AuditEntry] = ()) -> list[Fact]:
    """Return a project: where it is, who is in it, what could not be read; what was done to it."""
    facts = [
        ("name", project.name),
        ("about", project.description),
        ("id", project.id),
        ("path", project.path),
        ("kind", str(project.kind)),
        ("branch", project.branch),
        *_members(project.members, project.created_by),
        *_declared(project.manifest),
        ("files", tones.count(project.file_count)),
        ("looked at", _at(project.seen_at, now)),
    ]
    if (commit := project.commit) is not None:
        facts += [("commit", f"{commit.sha}  {commit.subject}"),
                  ("by", f"{commit.author}, {_at(commit.at, now)}")]  # fmt: skip
    facts += [
        ("problem", "  ".join(filter(None, (one.title, one.body, one.where))))
        for one in project.notices[:_MOST]
    ]
    return [*_filled(facts), *(_done(one, now) for one in done)]


def _done(entry: AuditEntry, now: datetime) -> Fact:
    """Return what somebody did, and how long ago, with why it did not go well."""
    words: Line = (Span(literal(f"{entry.who}  {entry.deed}  {entry.words}")),)
    if entry.outcome is Outcome.OK:
        return Fact(f"{tones.age(now - entry.at)} ago", words)
    tone: Tone = "warn" if entry.outcome is Outcome.REFUSED else "bad"
    went = Span(literal(f"{entry.outcome}: {entry.why}"), tone)
    return Fact(f"{tones.age(now - entry.at)} ago", words, (went,))


def _declared(manifest: ProjectManifest | None) -> list[tuple[str, str]]:
    """Return what a manifest says of where a project runs, and of what is deployed."""
    if manifest is None:
        return []
    return [
        ("runs on", manifest.engine),
        ("lab servers", ", ".join(manifest.lab_servers)),
        ("blueprint", manifest.blueprint),
        ("deploys", ", ".join(one.name for one in manifest.deployments)),
    ]


def of_template(template: Template) -> list[Fact]:
    """Return a template: what it runs, what it asks, and the files that declare it."""
    facts = [
        ("about", template.description),
        ("kind", str(template.kind)),
        ("command", shlex.join(template.command)),
        ("directory", template.directory),
        ("keeps", ", ".join(template.artifacts)),
        ("terminal", "it may ask" if template.terminal else ""),
        ("suggests", template.hotkey),
    ]
    facts += [("asks", _asked(one)) for one in template.survey[:_MOST]]
    facts += [
        ("declared in", f"{one.path}  sha256 {one.sha256}") for one in template.sources[:_MOST]
    ]
    return _filled(facts)


def _asked(one: SurveyField) -> str:
    """Return a question: its name, what it takes, what it is when nothing is said."""
    needed = "required" if one.required else ""
    default = f"else {one.default}" if one.default else ""
    words = (one.name, str(one.kind), needed, ", ".join(one.choices), default, one.description)
    return "  ".join(filter(None, words))


def of_lab(lab: Lab, now: datetime) -> list[Fact]:
    """Return a lab: where it is and who made it."""
    return _filled([
        ("id", lab.id), ("name", lab.name), ("provider", f"{lab.kind} {lab.provider}"),
        ("owner", lab.owner), ("about", lab.description), ("folder", lab.folder),
        ("seen as", lab.scope), ("locked", "nobody may edit it" if lab.is_locked else ""),
        ("directory", lab.directory), ("topology", lab.topology),
        ("project", lab.project), ("its run", lab.run_id or ""), ("step", lab.step),
        ("why", lab.note), ("since", _at(lab.updated_at, now)),
    ])  # fmt: skip


def of_artifact(artifact: Artifact, run: Run | None, now: datetime) -> list[Fact]:
    """Return an artifact: its key, its sum, and the run that made it."""
    return _filled([
        ("key", artifact.key), ("store", artifact.store),
        ("size", f"{tones.count(artifact.size)} bytes"),
        ("written", _at(artifact.modified_at, now)), ("sha256", artifact.checksum),
        ("made by", _maker(run)),
    ])  # fmt: skip


def of_folder(ref: ArtifactRef, size: FolderSize, run: Run | None, now: datetime) -> list[Fact]:
    """Return a folder of artifacts: how much is in it, and the run that made it."""
    more = "at least " if size.is_more else ""
    return _filled([
        ("key", ref.key), ("store", ref.store),
        ("holds", f"{more}{tones.count(size.count)} objects, {tones.size(size.size)}"),
        ("newest", _at(size.newest, now)), ("made by", _maker(run)),
    ])  # fmt: skip


def _maker(run: Run | None) -> str:
    if run is None:
        return ""
    return f"run {run.number} {run.title}, {run.who}, {run.project}"


def _members(members: Members, creator: str) -> Iterable[tuple[str, str]]:
    def named(names: frozenset[str], groups: frozenset[str]) -> str:
        return ", ".join([*sorted(names), *(f"{one} (group)" for one in sorted(groups))])

    yield "created by", creator
    yield "owners", named(members.owners, members.owner_groups)
    yield "editors", named(members.editors, members.editor_groups)
    yield "viewers", named(members.viewers, members.viewer_groups)


def _at(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    here = at.astimezone(now.tzinfo)
    return f"{here:%Y-%m-%d %H:%M:%S}, {tones.age(now - at, fine=True)} ago"


def _filled(rows: Iterable[tuple[str, str]]) -> list[Fact]:
    return [Fact(label, _words(text)) for label, text in rows if text]


def _words(text: str) -> Line:
    return (Span(literal(text)),)
