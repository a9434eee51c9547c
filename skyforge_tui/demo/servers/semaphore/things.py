"""What a Semaphore server keeps, in its own words; attributes are named as on the wire.

Read from requests as Go reads JSON: keys that are not known are ignored, wrong types are refused.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Thing(msgspec.Struct):
    """Something with an id in a project; ids are given by the server."""

    id: int = 0
    project_id: int = 0
    name: str = ""


class LoginPassword(msgspec.Struct):
    """A key's user name and password."""

    login: str = ""
    password: str = ""


class SshKey(msgspec.Struct):
    """A key's private half."""

    login: str = ""
    passphrase: str = ""
    private_key: str = ""


class Key(Thing):
    """A credential; its secret parts are never told."""

    type: str = "none"
    string: str = ""
    login_password: LoginPassword = msgspec.field(default_factory=LoginPassword)
    ssh: SshKey = msgspec.field(default_factory=SshKey)
    override_secret: bool = False


class GitRepository(Thing):
    """Where playbooks come from."""

    git_url: str = ""
    git_branch: str = ""
    ssh_key_id: int = 0


class Inventory(Thing):
    """Machines: text, a file, or a workspace of Terraform."""

    inventory: str = ""
    ssh_key_id: int | None = None
    become_key_id: int | None = None
    type: str = "static"
    holder_id: int | None = None
    repository_id: int | None = None


class EnvironmentSecret(msgspec.Struct):
    """A secret value of an environment; `operation` says what a PUT does to it."""

    id: int = 0
    type: str = "var"
    name: str = ""
    secret: str = ""
    operation: str = ""


class Environment(Thing):
    """A variable group; `json` and `env` are JSON documents in a string."""

    password: str | None = None
    json: str = "{}"
    env: str | None = None
    secrets: list[EnvironmentSecret] = msgspec.field(default_factory=list)


class View(msgspec.Struct):
    """A tab of templates."""

    id: int = 0
    project_id: int = 0
    title: str = ""
    position: int = 0


class SurveyValue(msgspec.Struct):
    """A choice of an enum."""

    name: str = ""
    value: str = ""


class SurveyVar(msgspec.Struct):
    """A question; type is empty (string), int, enum or secret."""

    name: str = ""
    title: str = ""
    required: bool = False
    type: str = ""
    description: str = ""
    values: list[SurveyValue] = msgspec.field(default_factory=list)
    default_value: str = ""


class Vault(msgspec.Struct):
    """A vault password of a template."""

    id: int = 0
    vault_key_id: int | None = None
    name: str | None = None
    type: str = "password"
    script: str | None = None


class Template(Thing):
    """Something that can be started."""

    inventory_id: int | None = None
    repository_id: int = 0
    environment_id: int | None = None
    environment_ids: list[int] = msgspec.field(default_factory=list)
    playbook: str = ""
    arguments: str | None = None
    allow_override_args_in_task: bool = False
    description: str | None = None
    vaults: list[Vault] = msgspec.field(default_factory=list)
    type: str = ""
    start_version: str | None = None
    build_template_id: int | None = None
    view_id: int | None = None
    autorun: bool = False
    git_branch: str | None = None
    survey_vars: list[SurveyVar] = msgspec.field(default_factory=list)
    suppress_success_alerts: bool = False
    app: str = "ansible"
    task_params: dict[str, Any] = msgspec.field(default_factory=dict)
    runner_tag: str | None = None
    allow_override_branch_in_task: bool = False
    allow_parallel_tasks: bool = False


class Schedule(Thing):
    """A template's own alarm clock."""

    template_id: int = 0
    cron_format: str = ""
    active: bool = False
    repository_id: int | None = None
    task_params: dict[str, Any] | None = None
    type: str = ""
    run_at: str | None = None
    delete_after_run: bool = False


class Project(msgspec.Struct):
    """A project as it is told."""

    id: int = 0
    name: str = ""
    created: str = ""
    alert: bool = False
    alert_chat: str | None = None
    max_parallel_tasks: int = 0
    type: str = ""


class AnsibleParams(msgspec.Struct, omit_defaults=True):
    """How a run of Ansible differs from its template."""

    debug: bool = False
    debug_level: int = 0
    dry_run: bool = False
    diff: bool = False
    limit: list[str] = msgspec.field(default_factory=list)
    tags: list[str] = msgspec.field(default_factory=list)
    skip_tags: list[str] = msgspec.field(default_factory=list)


class TerraformParams(msgspec.Struct, omit_defaults=True):
    """How a run of Terraform or OpenTofu differs from its template."""

    plan: bool = False
    destroy: bool = False
    auto_approve: bool = False
    upgrade: bool = False
    reconfigure: bool = False


class TaskRequest(msgspec.Struct):
    """What starts a run; see `Task` for the fields that stay."""

    template_id: int = 0
    project_id: int = 0
    message: str = ""
    playbook: str = ""
    environment: str = ""
    secret: str = ""
    arguments: str | None = None
    git_branch: str | None = None
    limit: str = ""
    debug: bool = False
    dry_run: bool = False
    diff: bool = False
    params: dict[str, Any] | None = None
    inventory_id: int | None = None
    build_task_id: int | None = None
    commit_hash: str | None = None
