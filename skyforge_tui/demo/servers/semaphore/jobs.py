"""Turns a run into the job that its program is given."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from skyforge_tui.demo.output.steps import Job
from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import Room
from skyforge_tui.demo.servers.semaphore.things import Template
from skyforge_tui.demo.servers.semaphore.wording import directory_of

_GROUP = re.compile(r"\[([^\]:]+)\]")


def job_of(run: Run, room: Room, template: Template, dice: random.Random) -> Job:
    """Return what the program is told."""
    params = run.params
    return Job(
        app=template.app,
        playbook=run.playbook or template.playbook,
        directory=directory_of(room, template),
        hosts=_hosts(run, room, template),
        dice=dice,
        answers=_answers(run, room, template),
        limit=_limit(run),
        is_check=run.dry_run or bool(params.get("dry_run")) or bool(params.get("plan")),
        shows_diff=run.diff or bool(params.get("diff")),
        verbosity=params.get("debug_level") or 4 * (run.debug or params.get("debug", False)),
        approves=bool(params.get("auto_approve") or template.task_params.get("auto_approve")),
        destroys=bool(params.get("destroy")),
    )


def _limit(run: Run) -> tuple[str, ...]:
    chosen = run.params.get("limit") or run.limit.split(",")
    return tuple(one.strip() for one in chosen if one.strip())


def _hosts(run: Run, room: Room, template: Template) -> dict[str, tuple[str, ...]]:
    """Read the groups of the inventory; of one that is a file, what the project has."""
    inventory = room.inventory.get(run.inventory_id or template.inventory_id or 0)
    if inventory is None or not inventory.type.startswith("static"):
        return room.hosts or {"all": ("localhost",)}
    groups: dict[str, list[str]] = {}
    group = "ungrouped"
    for line in inventory.inventory.splitlines():
        text = line.partition("#")[0].strip()
        if found := _GROUP.fullmatch(text):
            group = found[1]
        elif text and not text.startswith("["):
            groups.setdefault(group, []).append(text.split()[0])
    return {name: tuple(hosts) for name, hosts in groups.items()}


def _answers(run: Run, room: Room, template: Template) -> dict[str, Any]:
    """Return the extra variables: those of the group, then those of the run."""
    answers: dict[str, Any] = {}
    numbers = template.environment_ids or [template.environment_id or 0]
    for number in numbers:
        if (environment := room.environment.get(number)) is not None:
            answers.update(_object(environment.json))
    return answers | _object(run.environment)


def _object(text: str) -> dict[str, Any]:
    """Read a JSON object; what is none holds nothing."""
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
