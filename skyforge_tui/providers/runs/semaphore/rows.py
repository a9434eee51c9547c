"""Semaphore's tasks as our runs. Source: Semaphore UI 2.8 to 2.18, `/api/project/P/tasks…`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from skyforge_tui.domain.run import Run, RunDetail, RunSpec, RunState
from skyforge_tui.integrations.semaphore.task_wire import Task
from skyforge_tui.providers.runs.semaphore.names import Names, Person
from skyforge_tui.providers.runs.semaphore.options import answers_of

CONFIRMATION: Final = "waiting_confirmation"
_STATES: Final = {
    "waiting": RunState.WAITING,
    "starting": RunState.STARTING,
    "running": RunState.RUNNING,
    CONFIRMATION: RunState.RUNNING,
    "confirmed": RunState.RUNNING,
    "rejected": RunState.STOPPING,
    "stopping": RunState.STOPPING,
    "stopped": RunState.STOPPED,
    "success": RunState.SUCCESS,
    "error": RunState.ERROR,
}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def state_of(status: str) -> RunState:
    """Return the state of a status; one that is not known is not the end."""
    return _STATES.get(status, RunState.UNKNOWN)


def detail_of(
    task: Task, names: Names, *, was_stopped: bool = False, ended_at: datetime | None = None
) -> RunDetail:
    """Return a task as a run.

    `was_stopped` says that somebody stopped it: up to 2.10 it may end as an error all the same.
    `ended_at` is when its end was heard of, which counts until the server says when it was.
    """
    project, template = task.project_id, task.template_id
    state, note = state_of(task.status), ""
    if state is RunState.ERROR and was_stopped:
        state, note = RunState.STOPPED, "stopped; the server calls it failed"
    elif state is RunState.ERROR and task.start is None:
        note = "failed while it was prepared"
    elif state is RunState.UNKNOWN:
        note = f"the server says {task.status or 'nothing'}"
    elif task.status == "rejected":
        note = "rejected"
    elif task.is_dry_run:
        note = "dry run"
    created = task.created or task.start or _NEVER
    end = task.end or (ended_at or task.start or created if state.is_final else None)
    title = task.tpl_alias or names.templates.get((project, template)) or f"template {template}"
    name, login = _who(task, names)
    run = Run(
        id=names.run_id(project, task.id),
        number=task.id,
        state=state,
        template_id=names.template_id(project, template),
        template=title,
        project_id=names.project_id(project),
        project=names.slug(project),
        started_by=name,
        login=login,
        created_at=created,
        started_at=task.start,
        ended_at=end if state.is_final else None,
        waits_for_confirmation=task.status == CONFIRMATION,
        note=note,
    )
    spec = RunSpec(
        template_id=run.template_id,
        template=run.template,
        project_id=run.project_id,
        project=run.project,
        started_by=run.started_by,
        created_at=created,
        command=(),
        directory="",
        answers=answers_of(task),
        commit=task.commit_hash or "",
        facts=_facts(task),
    )
    return RunDetail(run, spec)


def _who(task: Task, names: Names) -> tuple[str, str]:
    """Return who started it, or what: in full, and their login where that is known."""
    if task.user_id is not None:
        login, name = names.people.get(task.user_id, Person(""))
        if known := task.user_name or name or login:
            return known, login
    if task.schedule_id:
        return "schedule", ""
    return "integration" if task.integration_id else task.user_name or "", ""


def _facts(task: Task) -> dict[str, str]:
    facts = {
        "playbook": task.playbook or task.tpl_playbook or "",
        "branch": task.git_branch or "",
        "version": task.version or "",
        "message": task.message or "",
        "change": (task.commit_message or "").partition("\n")[0],
    }
    return {label: words for label, words in facts.items() if words}
