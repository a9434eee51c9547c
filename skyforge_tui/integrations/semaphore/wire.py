"""What Semaphore says of itself, its projects and what they hold: the fields wanted here only.

Source: Semaphore UI 2.8 to 2.18, `/api`. Newer versions leave out what is empty, and lists that
were never filled are `null`: everything but an id has a default.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Shape(msgspec.Struct, kw_only=True):
    """Something Semaphore says; keys that are not wanted are left aside."""


class Info(Shape):
    """`GET /info`: the server. `version` is `2.16.31-9a1b2c3-1761000000`, or `development`."""

    version: str = ""
    web_host: str | None = ""


class User(Shape):
    """`GET /user`: who one is here."""

    id: int
    username: str = ""
    name: str = ""
    email: str = ""
    admin: bool = False
    can_create_project: bool | None = None
    """Not there before 2.9, where every administrator may and nobody else."""


class Project(Shape):
    """One of `GET /projects`."""

    id: int
    name: str = ""
    created: datetime | None = None


class Granted(Shape):
    """`GET /project/P/role`: what one may do there.

    Bits of `permissions`: 1 run tasks, 2 update the project, 4 manage resources, 8 manage users. A
    global admin who is no member has no role and no bits, and may everything.
    """

    role: str = ""
    permissions: int = 0


class Member(Shape):
    """One of `GET /project/P/users`."""

    id: int
    username: str = ""
    name: str = ""
    role: str = ""


class Key(Shape):
    """One of `GET /project/P/keys`; its secret parts are never told."""

    id: int
    name: str = ""
    type: str = ""


class Repository(Shape):
    """One of `GET /project/P/repositories`."""

    id: int
    name: str = ""
    git_url: str = ""
    git_branch: str = ""


class Inventory(Shape):
    """One of `GET /project/P/inventory`."""

    id: int
    name: str = ""
    type: str = ""


class Secret(Shape):
    """A secret of a variable group, by name; its value is never told."""

    id: int = 0
    type: str = "var"
    name: str = ""


class Environment(Shape):
    """One of `GET /project/P/environment`: variables as JSON documents written into texts."""

    id: int
    name: str = ""
    json: str | None = ""
    env: str | None = ""
    secrets: list[Secret] | None = None


class Choice(Shape):
    """A value of an enum question."""

    name: str = ""
    value: str = ""


class SurveyVar(Shape):
    """A question of a template; types are "" (text), int, enum and secret."""

    name: str
    title: str | None = ""
    required: bool = False
    type: str = ""
    description: str | None = ""
    values: list[Choice] | None = None
    default_value: str | None = ""


class TemplateParams(Shape):
    """What a template lets a task override (2.11 and newer); what is not said is false."""

    allow_debug: bool | None = False
    allow_override_limit: bool | None = False
    allow_override_tags: bool | None = False
    allow_override_skip_tags: bool | None = False
    allow_override_inventory: bool | None = False
    allow_destroy: bool | None = False
    allow_auto_approve: bool | None = False
    auto_approve: bool | None = False


class Template(Shape):
    """One of `GET /project/P/templates`."""

    id: int
    project_id: int = 0
    name: str = ""
    playbook: str | None = ""
    description: str | None = ""
    type: str = ""
    """Empty for a task, else `build` or `deploy`."""
    app: str = "ansible"
    inventory_id: int | None = None
    repository_id: int | None = None
    environment_id: int | None = None
    environment_ids: list[int] | None = None
    """From 2.16.51 on; then `environment_id` may be absent or 0."""
    git_branch: str | None = None
    arguments: str | None = None
    survey_vars: list[SurveyVar] | None = None
    task_params: TemplateParams | msgspec.UnsetType | None = msgspec.UNSET
    """Not there before 2.11, where a task may override its limit freely."""
    allow_override_args_in_task: bool = False
    allow_override_branch_in_task: bool = False
    start_version: str | None = None
    build_template_id: int | None = None
    tasks: int = 0
    """How many tasks of it there are."""

    @property
    def variable_group_ids(self) -> tuple[int, ...]:
        """The variable groups, whichever way this version names them."""
        if self.environment_ids:
            return tuple(self.environment_ids)
        return (self.environment_id,) if self.environment_id else ()


class Schedule(Shape):
    """One of `GET /project/P/schedules`."""

    id: int
    template_id: int = 0
    tpl_name: str | None = ""
    name: str | None = ""
    cron_format: str | None = ""
    active: bool = True
    type: str = ""
    """Empty for a cron line, `run_at` for one moment (2.17 and newer)."""
    run_at: datetime | None = None


class Event(Shape):
    """One of `GET /project/P/events`; it has no id."""

    object_id: int | None = None
    object_type: str | None = ""
    description: str | None = ""
    created: datetime | None = None
    username: str | None = ""


class DayStats(Shape):
    """One of `GET /project/P/stats` (2.13 and newer)."""

    date: str = ""
    count_by_status: dict[str, int] | None = None
    avg_duration: float | None = None


Raw = dict[str, Any]
"""A whole object as it came: what is written back must hold what is not known here, too."""
