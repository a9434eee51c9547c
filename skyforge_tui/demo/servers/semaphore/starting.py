"""Makes a run of what was asked for, as far as release and template allow it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from skyforge_tui.demo.servers.semaphore.answers import Refusal
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import Account, Room, State
from skyforge_tui.demo.servers.semaphore.things import (
    AnsibleParams,
    TaskRequest,
    Template,
    TerraformParams,
)


def start(state: State, room: Room, account: Account | None, given: TaskRequest) -> Run:
    """Add a run to the project and return it, waiting.

    Raises:
        Refusal: there is no such template, or the variables are no JSON.
    """
    version = state.habits.version
    template = room.templates.get(given.template_id)
    if template is None:
        raise Refusal(500 if version.fails_on_unknown_template else 404)
    for text in (given.environment, given.secret):
        _check_object(text)
    run = Run(
        id=state.numbers.next("task"),
        project_id=room.project.id,
        template_id=template.id,
        user_id=None if account is None else account.id,
        created=state.estate.clock.now(),
        message=given.message,
        playbook=given.playbook,
        environment=given.environment,
        build_task_id=given.build_task_id,
        commit_hash=given.commit_hash,
        limit=given.limit,
    )
    if template.type == "build":
        run.version = _next_version(state, room, template)
    if template.allow_override_args_in_task:
        run.arguments = given.arguments
    if template.allow_override_branch_in_task or not version.limits_branches:
        run.git_branch = given.git_branch
    if version.has_params:
        run.params = _params(template.app, given)
    else:
        run.debug, run.dry_run, run.diff = given.debug, given.dry_run, given.diff
    if version.overrides_inventory and template.task_params.get("allow_override_inventory"):
        run.inventory_id = given.inventory_id
    state.add_run(run)
    return run


def _params(app: str, given: TaskRequest) -> dict[str, Any]:
    """Return the parameters that the app knows; a limit beside them becomes one of them."""
    shape = AnsibleParams if app == "ansible" else TerraformParams
    try:
        known = msgspec.convert(given.params or {}, shape)
    except msgspec.ValidationError:
        raise Refusal(400) from None
    if isinstance(known, AnsibleParams) and not known.limit and given.limit:
        known.limit = given.limit.split(",")
    params: dict[str, Any] = msgspec.to_builtins(known)
    return params


def _next_version(state: State, room: Room, template: Template) -> str:
    """Return the version that a build gets: the last one's, its last number one higher."""
    for before in state.runs_in(room.project.id, template.id):
        if before.version:
            head, dot, last = before.version.rpartition(".")
            return f"{head}{dot}{int(last) + 1}" if last.isdecimal() else before.version
    return template.start_version or "0"


def _check_object(text: str) -> None:
    if not text:
        return
    try:
        data = json.loads(text)
    except ValueError:
        raise Refusal(500) from None
    if not isinstance(data, dict):
        raise Refusal(500)
