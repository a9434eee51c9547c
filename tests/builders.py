"""Domain objects with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from skyforge_tui.domain.identity import LOCAL, ProjectId, RunId, TemplateId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.run import ACTION, ResourceUse, Run, RunDetail, RunSpec, RunState
from skyforge_tui.domain.template import Source, SurveyField, Template, TemplateKind

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""The moment around which pretended things happen."""

PROJECT_PATH = "/srv/edge-fabric"
PROJECT_ID = ProjectId(f"{LOCAL}:{PROJECT_PATH}")
TEMPLATE_ID = TemplateId(f"{PROJECT_ID}#site.yml")

_RUN_FIELDS = frozenset(one.name for one in fields(Run))


def a_run(**over: Any) -> Run:
    """Return a run: number 1 of `site.yml` in `edge-fabric`, succeeded in 42 seconds.

    `number` also moves the id and lets the run be created that many seconds after NOON; `state`
    also decides which times and exit code it has. Whatever is given explicitly wins.
    """
    number = over.get("number", 1)
    state = over.get("state", RunState.SUCCESS)
    created_at = over.get("created_at") or NOON + timedelta(seconds=number)
    has_started = state not in {RunState.WAITING, RunState.STARTING}
    values: dict[str, Any] = {
        "id": RunId(f"{LOCAL}:{number}"),
        "number": number,
        "state": state,
        "template_id": TEMPLATE_ID,
        "template": "site",
        "project_id": PROJECT_ID,
        "project": "edge-fabric",
        "started_by": "ada",
        "created_at": created_at,
        "started_at": created_at + timedelta(seconds=1) if has_started else None,
        "ended_at": created_at + timedelta(seconds=43) if state.is_final else None,
        "exit_code": {RunState.SUCCESS: 0, RunState.ERROR: 2}.get(state),
        "signal": "SIGINT" if state is RunState.STOPPED else "",
        "log_bytes": 2048 if has_started else 0,
    }
    return Run(**(values | over))


def a_spec(**over: Any) -> RunSpec:
    """Return what was asked for when `site.yml` of `edge-fabric` was launched."""
    values: dict[str, Any] = {
        "template_id": TEMPLATE_ID,
        "template": "site",
        "project_id": PROJECT_ID,
        "project": "edge-fabric",
        "started_by": "ada",
        "created_at": NOON,
        "command": ("ansible-playbook", "site.yml"),
        "directory": PROJECT_PATH,
    }
    return RunSpec(**(values | over))


def a_detail(**over: Any) -> RunDetail:
    """Return a run with its detail: fields of `Run` go to the run; `run`, `spec`, `use` as such.

    The spec agrees with the run where both say the same thing.
    """
    of_run = {name: over.pop(name) for name in list(over) if name in _RUN_FIELDS}
    run = over.pop("run", None) or a_run(**of_run)
    spec = over.pop("spec", None) or a_spec(
        template_id=run.template_id,
        template=run.template,
        project_id=run.project_id,
        project=run.project,
        started_by=run.started_by,
        created_at=run.created_at,
        answers={ACTION: run.action} if run.action else {},
    )
    use = ResourceUse(1.5, 0.25, 48 << 20) if run.state.is_final else None
    values: dict[str, Any] = {"run": run, "spec": spec, "use": use}
    return RunDetail(**(values | over))


def a_project(**over: Any) -> Project:
    """Return a project: the folder `/srv/edge-fabric`, created by ada; `path` also moves the id."""
    path = over.get("path", PROJECT_PATH)
    name = over.get("name", path.rpartition("/")[2])
    values: dict[str, Any] = {
        "id": ProjectId(f"{LOCAL}:{path}"),
        "slug": name,
        "name": name,
        "kind": ProjectKind.GIT,
        "path": path,
        "created_by": "ada",
        "branch": "main",
        "seen_at": NOON,
    }
    return Project(**(values | over))


def a_template(**over: Any) -> Template:
    """Return a template: the command `netlab up` of `edge-fabric`, one question, not trusted.

    `project_id` and `name` also move the id.
    """
    project_id = over.get("project_id", PROJECT_ID)
    name = over.get("name", "netlab-up")
    values: dict[str, Any] = {
        "id": TemplateId(f"{project_id}#skyforge.toml:{name}"),
        "project_id": project_id,
        "name": name,
        "kind": TemplateKind.COMMAND,
        "command": ("netlab", "up", "{topology}"),
        "directory": PROJECT_PATH,
        "survey": (SurveyField("topology", default="topology.yml", required=True),),
        "sources": (Source(f"{PROJECT_PATH}/skyforge.toml", "0" * 64),),
    }
    return Template(**(values | over))
