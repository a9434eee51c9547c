"""What may be done, and which role may do it."""

from __future__ import annotations

from enum import StrEnum

from skyforge_tui.domain.identity import Role


class Permission(StrEnum):
    """One thing somebody may do: `noun:verb`, alphabetised."""

    ARTIFACT_DELETE = "artifact:delete"
    ARTIFACT_LIST = "artifact:list"
    ARTIFACT_READ = "artifact:read"
    ARTIFACT_WRITE = "artifact:write"
    ATTENTION_MUTE = "attention:mute"
    ATTENTION_READ = "attention:read"
    CONFIG_WRITE = "config:write"
    CONNECTION_LIST = "connection:list"
    CONNECTION_SIGN_IN = "connection:sign_in"
    CONNECTION_TEST = "connection:test"
    DEPLOYMENT_DESTROY = "deployment:destroy"
    DEPLOYMENT_START = "deployment:start"
    DEPLOYMENT_STOP = "deployment:stop"
    FILE_READ = "file:read"
    HISTORY_READ = "history:read"
    HISTORY_WRITE = "history:write"
    LAB_EDIT = "lab:edit"
    LAB_LIST = "lab:list"
    LAB_READ = "lab:read"
    LAB_START = "lab:start"
    LAB_STOP = "lab:stop"
    LAB_WIPE = "lab:wipe"
    MACHINE_READ = "machine:read"
    PROJECT_CREATE = "project:create"
    PROJECT_DELETE = "project:delete"
    PROJECT_LIST = "project:list"
    PROJECT_READ = "project:read"
    PROJECT_RECONCILE = "project:reconcile"
    PROJECT_SHARE = "project:share"
    PROJECT_SYNC = "project:sync"
    PROJECT_TRUST = "project:trust"
    REPOSITORY_WRITE = "repository:write"
    RUN_ANSWER = "run:answer"
    RUN_CONFIRM = "run:confirm"
    RUN_DELETE = "run:delete"
    RUN_LIST = "run:list"
    RUN_READ = "run:read"
    RUN_START = "run:start"
    RUN_STOP = "run:stop"
    SCHEDULE_WRITE = "schedule:write"
    TEMPLATE_LIST = "template:list"
    VIEW_READ = "view:read"
    VIEW_WRITE = "view:write"


CHANGES_UPSTREAM = frozenset(
    {
        Permission.LAB_EDIT,
        Permission.LAB_START,
        Permission.LAB_STOP,
        Permission.LAB_WIPE,
        Permission.PROJECT_DELETE,
        Permission.PROJECT_RECONCILE,
        Permission.PROJECT_SHARE,
        Permission.REPOSITORY_WRITE,
        Permission.RUN_ANSWER,
        Permission.RUN_CONFIRM,
        Permission.RUN_START,
        Permission.RUN_STOP,
        Permission.SCHEDULE_WRITE,
    }
)
"""What changes something at the upstream of its project, so that the upstream's guard counts."""

NEEDS: dict[Permission, Role] = {
    Permission.ARTIFACT_DELETE: Role.EDITOR,
    Permission.ARTIFACT_LIST: Role.NONE,
    Permission.ARTIFACT_READ: Role.VIEWER,
    Permission.ARTIFACT_WRITE: Role.EDITOR,
    Permission.ATTENTION_MUTE: Role.NONE,
    Permission.ATTENTION_READ: Role.NONE,
    Permission.CONFIG_WRITE: Role.NONE,
    Permission.CONNECTION_LIST: Role.NONE,
    Permission.CONNECTION_SIGN_IN: Role.NONE,
    Permission.CONNECTION_TEST: Role.NONE,
    Permission.DEPLOYMENT_DESTROY: Role.EDITOR,
    Permission.DEPLOYMENT_START: Role.EDITOR,
    Permission.DEPLOYMENT_STOP: Role.EDITOR,
    Permission.FILE_READ: Role.NONE,
    Permission.HISTORY_READ: Role.NONE,
    Permission.HISTORY_WRITE: Role.NONE,
    Permission.LAB_EDIT: Role.EDITOR,
    Permission.LAB_LIST: Role.NONE,
    Permission.LAB_READ: Role.NONE,
    Permission.LAB_START: Role.EDITOR,
    Permission.LAB_STOP: Role.EDITOR,
    Permission.LAB_WIPE: Role.EDITOR,
    Permission.MACHINE_READ: Role.NONE,
    Permission.PROJECT_CREATE: Role.NONE,
    Permission.PROJECT_DELETE: Role.OWNER,
    Permission.PROJECT_LIST: Role.NONE,
    Permission.PROJECT_READ: Role.VIEWER,
    Permission.PROJECT_RECONCILE: Role.OWNER,
    Permission.PROJECT_SHARE: Role.OWNER,
    Permission.PROJECT_SYNC: Role.NONE,
    Permission.PROJECT_TRUST: Role.OWNER,
    Permission.REPOSITORY_WRITE: Role.EDITOR,
    Permission.RUN_ANSWER: Role.EDITOR,
    Permission.RUN_CONFIRM: Role.EDITOR,
    Permission.RUN_DELETE: Role.OWNER,
    Permission.RUN_LIST: Role.NONE,
    Permission.RUN_READ: Role.VIEWER,
    Permission.RUN_START: Role.EDITOR,
    Permission.RUN_STOP: Role.EDITOR,
    Permission.SCHEDULE_WRITE: Role.EDITOR,
    Permission.TEMPLATE_LIST: Role.NONE,
    Permission.VIEW_READ: Role.NONE,
    Permission.VIEW_WRITE: Role.NONE,
}
"""The least role a permission needs. NONE means anybody: such calls filter what they return."""
