"""How things look on the wire, release by release."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec

from skyforge_tui.demo.clock import written
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import Account, Event, Room, State
from skyforge_tui.demo.servers.semaphore.things import Key, Project, Template

Shape = dict[str, Any]


def plain(thing: msgspec.Struct, *, leave_out: Collection[str] = ()) -> Shape:
    """Return a thing with all its keys but some."""
    data: Shape = msgspec.to_builtins(thing)
    return {name: one for name, one in data.items() if name not in leave_out}


def without_empty(data: Shape, but: Collection[str] = ()) -> Shape:
    """Leave out what Go's `omitempty` leaves out, except for some keys."""
    return {
        name: one
        for name, one in data.items()
        if name in but or not (one is None or one is False or one in (0, "", [], {}))
    }


def user(account: Account) -> Shape:
    """Return what `/user` tells of oneself."""
    person = account.person
    return {
        "id": account.id,
        "created": written(account.created, 0),
        "username": person.username,
        "name": person.name,
        "email": person.email,
        "admin": person.is_admin,
        "external": False,
        "alert": False,
        "can_create_project": person.is_admin,
    }


def project(room: Room, state: State) -> Shape:
    """Return a project."""
    data = plain(room.project)
    if state.habits.version.omits_project_zeros:
        return without_empty(data, ("id", "name", "created", "type"))
    return data


def key(one: Key) -> Shape:
    """Return a credential, without what is secret in it."""
    blank = Key(one.id, one.project_id, one.name, one.type)
    return _ordered(plain(blank), ("id", "name", "type", "project_id"))


def template(one: Template, room: Room, state: State, *, in_list: bool) -> Shape:
    """Return a template, with its last run."""
    version = state.habits.version
    last = next(state.runs_in(room.project.id, one.id), None)
    data = plain(one)
    data["survey_vars"] = [
        without_empty(var, ("name", "title", "required", "type", "description", "values"))
        if version.minor >= 14
        else {name: value for name, value in var.items() if name != "default_value"}
        for var in data["survey_vars"]
    ] or None
    if in_list and not data["vaults"]:
        data["vaults"] = None
    data["last_task"] = None if last is None else listed_run(last, state)
    data["tasks"] = state.count_runs(room.project.id, one.id)
    for name, since in _SINCE.items():
        if version.minor < since:
            data.pop(name)
    if version.has_environment_ids:
        data["environment_id"] = 0
    return without_empty(data, _KEPT) if version.omits_empty else data


_SINCE: Final = {
    "environment_ids": 18, "app": 10, "vaults": 10, "task_params": 11, "runner_tag": 13,
    "allow_override_branch_in_task": 14, "allow_parallel_tasks": 16, "git_branch": 10,
}  # fmt: skip
"""Keys of templates that younger releases brought."""
_KEPT: Final = frozenset({"id", "project_id", "name", "playbook", "repository_id", "type", "app"})


def run(one: Run, state: State) -> Shape:
    """Return a task as it is told alone."""
    version = state.habits.version
    data: Shape = {
        "id": one.id,
        "template_id": one.template_id,
        "project_id": one.project_id,
        "status": one.status,
        "debug": one.debug,
        "dry_run": one.dry_run,
        "diff": one.diff,
        "playbook": one.playbook,
        "environment": one.environment,
        "limit": one.limit,
        "secret": one.secret,
        "arguments": one.arguments,
        "git_branch": one.git_branch,
        "user_id": one.user_id,
        "integration_id": None,
        "schedule_id": one.schedule_id,
        "created": _stored(one.created, state),
        "start": _stored(one.start, state),
        "end": _stored(one.end, state),
        "message": one.message,
        "commit_hash": one.commit_hash,
        "commit_message": one.commit_message,
        "build_task_id": one.build_task_id,
        "version": one.version,
        "inventory_id": one.inventory_id,
    }
    if version.has_params:
        for name in ("debug", "dry_run", "diff"):
            del data[name]
        data["params"] = one.params
    return without_empty(data, _RUN_KEPT) if version.omits_empty else data


_RUN_KEPT: Final = frozenset({"id", "template_id", "project_id", "status", "created"})


def listed_run(one: Run, state: State) -> Shape:
    """Return a task as lists tell it, with names of what it belongs to."""
    of = state.rooms[one.project_id].templates[one.template_id]
    account = state.accounts.get(one.user_id or 0)
    build = state.runs.get(one.build_task_id or 0)
    more: Shape = {
        "tpl_playbook": of.playbook,
        "tpl_alias": of.name,
        "tpl_type": of.type,
        "tpl_app": of.app,
        "user_name": None if account is None else account.person.name,
        "build_task": None if build is None else run(build, state),
    }
    if not state.habits.version.has_apps:
        del more["tpl_app"]
    if state.habits.version.omits_empty:
        more = without_empty(more, ("tpl_playbook", "tpl_alias", "tpl_type", "tpl_app"))
    return run(one, state) | more


def rows(one: Run, state: State) -> list[Shape] | None:
    """Return the output that can be fetched by now; None when there is none."""
    version = state.habits.version
    now = state.estate.clock.now()
    stored = [row for row in one.rows if row.stored_at <= now]
    if state.habits.swaps_equal_times:
        stored.reverse()
        stored.sort(key=lambda row: row.at)
    digits = state.habits.time_digits
    more: Shape = {"task": ""} if version.names_output_task else {"id": 0}
    if version.batches_rows:
        more["stage_id"] = None
    return [
        {"task_id": one.id, **more, "time": written(row.at, digits), "output": row.text}
        for row in stored
    ] or None


def event(one: Event, state: State) -> Shape:
    """Return something that happened."""
    room = state.rooms.get(one.project_id or 0)
    account = state.accounts.get(one.user_id or 0)
    return {
        "user_id": one.user_id,
        "project_id": one.project_id,
        "integration_id": None,
        "object_id": one.object_id,
        "object_type": one.object_type,
        "description": one.description,
        "created": written(one.created),
        "object_name": one.object_name,
        "project_name": None if room is None else room.project.name,
        "username": None if account is None else account.person.username,
    }


def new_project(name: str, created: int) -> Project:
    """Return a project that was made at an instant."""
    return Project(name=name, created=written(created))


def _stored(instant: int | None, state: State) -> str | None:
    return None if instant is None else written(instant, state.habits.time_digits)


def _ordered(data: Shape, first: Collection[str]) -> Shape:
    """Return the data with some keys first."""
    return {name: data[name] for name in first} | data
