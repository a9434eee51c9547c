"""What can be asked of every kind of thing, and each thing as such a question sees it.

A field is called like the column that shows it, so that a table can underline what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from skyforge_tui.domain.identity import Me, Role, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.searchable import Field, FieldKind, Record, Vocabulary, record
from skyforge_tui.domain.template import Template

_MICROSECOND = timedelta(microseconds=1)

RUN_WORDS: dict[RunState, str] = {
    RunState.WAITING: "queued",
    RunState.STARTING: "starting",
    RunState.RUNNING: "running",
    RunState.STOPPING: "stopping",
    RunState.STOPPED: "stopped",
    RunState.SUCCESS: "passed",
    RunState.ERROR: "failed",
    RunState.LOST: "lost",
    RunState.UNKNOWN: "unknown",
}
"""The states of a run as people read them."""

RUNS = Vocabulary(
    "runs",
    (
        Field("state", FieldKind.WORD, "how it is", (*RUN_WORDS.values(), "asks")),
        Field("run", FieldKind.COUNT, "its number"),
        Field("template", about="what was launched"),
        Field("project", about="where it belongs"),
        Field("who", about="who started it"),
        Field("note", about="why it deviates"),
        Field("age", FieldKind.AGE, "how long ago it was launched"),
        Field("took", FieldKind.DURATION, "how long it ran"),
        Field("size", FieldKind.SIZE, "of its output"),
        Field("exit", FieldKind.COUNT, "its exit code"),
    ),
    words=("mine", "active", "ended"),
    same={"waiting": "queued", "success": "passed", "error": "failed"},
)

PROJECTS = Vocabulary(
    "projects",
    (
        Field("project", about="its name"),
        Field("role", FieldKind.WORD, "what you are in it",
              ("none", "viewer", "editor", "owner", "admin")),
        Field("kind", about="git or folder"),
        Field("path", about="where it is kept"),
        Field("branch", about="its branch"),
        Field("templates", FieldKind.COUNT, "how many can be launched"),
        Field("files", FieldKind.COUNT, "how many it has"),
        Field("age", FieldKind.AGE, "of its newest commit"),
    ),
    words=("mine", "trust", "problems"),
)  # fmt: skip

TEMPLATES = Vocabulary(
    "templates",
    (
        Field("template", about="its name"),
        Field("kind", about="what it starts"),
        Field("note", about="its description"),
        Field("last", FieldKind.WORD, "how its last run is", tuple(RUN_WORDS.values())),
        Field("age", FieldKind.AGE, "of its last run"),
        Field("took", FieldKind.DURATION, "how long its last run took"),
    ),
    words=("trusted", "untrusted", "never"),
)


def microseconds_of(span: timedelta | None) -> int | None:
    """Return a time span in whole microseconds."""
    return None if span is None else span // _MICROSECOND


def run_text(run: Run) -> dict[str, str]:
    """Return the texts of a run by field; what a word is looked for in."""
    return {
        "state": RUN_WORDS[run.state],
        "run": str(run.number),
        "template": run.title,
        "project": run.project,
        "who": run.who,
        "note": run.note,
    }


def run_record(run: Run, now: datetime, me: Me) -> Record:
    """Return a run as a question sees it; `me` is whose are mine."""
    words = {RUN_WORDS[run.state]}
    if run.asks:
        words.add("asks")
    if run.state.is_active:
        words.add("active")
    if run.state.is_final:
        words.add("ended")
    if run.is_by(me):
        words.add("mine")
    numbers = {
        "run": run.number,
        "age": microseconds_of(now - run.created_at),
        "took": microseconds_of(run.duration(now)),
        "size": run.log_bytes,
        "exit": run.exit_code,
    }
    return record(run_text(run), numbers, frozenset(words), upstream_of(run.id))


def project_record(
    project: Project, role: Role, templates: Sequence[Template], now: datetime
) -> Record:
    """Return a project as a question sees it; `role` is what the asking person is in it."""
    words = {"none" if role is Role.NONE else role.word}
    if role >= Role.OWNER:
        words.add("mine")
    if any(not one.is_trusted for one in templates):
        words.add("trust")
    if project.notices:
        words.add("problems")
    texts = {
        "project": project.slug,
        "name": project.name,
        "kind": str(project.kind),
        "path": project.path,
        "branch": project.branch,
        "note": project.description,
    }
    age = None if project.commit is None else microseconds_of(now - project.commit.at)
    numbers = {
        "role": int(role),
        "templates": len(templates),
        "files": project.file_count,
        "age": age,
    }
    return record(texts, numbers, frozenset(words), upstream_of(project.id))


def template_record(template: Template, last: Run | None, now: datetime) -> Record:
    """Return a template as a question sees it, with its last run if it ever ran."""
    words = {"trusted" if template.is_trusted else "untrusted"}
    words.add("never" if last is None else RUN_WORDS[last.state])
    texts = {
        "template": template.name,
        "kind": str(template.kind),
        "note": template.description,
    }
    numbers: dict[str, int | None] = {}
    if last is not None:
        numbers["age"] = microseconds_of(now - last.created_at)
        numbers["took"] = microseconds_of(last.duration(now))
    return record(texts, numbers, frozenset(words), upstream_of(template.project_id))
