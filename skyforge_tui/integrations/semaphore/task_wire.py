"""What Semaphore says of tasks: how they stand, what they wrote, and what its socket tells.

Source: Semaphore UI 2.8 to 2.18, `/api/project/P/tasks…` and `/api/ws`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from skyforge_tui.integrations.semaphore.wire import Shape


class TaskParams(Shape):
    """What a task was asked to do besides (2.11 and newer)."""

    debug: bool | None = False
    dry_run: bool | None = False
    diff: bool | None = False
    limit: list[str] | str | None = None
    tags: list[str] | None = None
    skip_tags: list[str] | None = None
    plan: bool | None = False
    destroy: bool | None = False
    auto_approve: bool | None = False
    upgrade: bool | None = False
    reconfigure: bool | None = False


class Task(Shape):
    """A task; those of lists also name template and user."""

    id: int
    project_id: int = 0
    template_id: int = 0
    status: str = ""
    created: datetime | None = None
    start: datetime | None = None
    """Set when it enters `running`: one that fails while it is prepared has none."""
    end: datetime | None = None
    """Set a moment after the last status."""
    message: str | None = ""
    playbook: str | None = ""
    environment: str | None = ""
    """Extra variables: a JSON object written into a text."""
    arguments: str | None = None
    limit: str | None = ""
    git_branch: str | None = None
    commit_hash: str | None = None
    commit_message: str | None = ""
    version: str | None = None
    """Of what a build makes."""
    user_id: int | None = None
    schedule_id: int | None = None
    integration_id: int | None = None
    inventory_id: int | None = None
    build_task_id: int | None = None
    params: TaskParams | msgspec.UnsetType | None = msgspec.UNSET
    debug: bool | msgspec.UnsetType | None = msgspec.UNSET
    """Only up to 2.10, as the next two."""
    dry_run: bool | msgspec.UnsetType | None = msgspec.UNSET
    diff: bool | msgspec.UnsetType | None = msgspec.UNSET
    tpl_alias: str | None = None
    """The name of the template."""
    tpl_app: str | None = None
    tpl_type: str | None = None
    tpl_playbook: str | None = None
    user_name: str | None = None

    @property
    def is_dry_run(self) -> bool:
        """Whether the server says that it changes nothing."""
        if isinstance(self.params, TaskParams) and self.params.dry_run:
            return True
        return self.dry_run is True

    @property
    def plans_only(self) -> bool:
        """Whether the server says that Terraform only plans."""
        return isinstance(self.params, TaskParams) and self.params.plan is True

    @property
    def limits(self) -> str:
        """The hosts it is limited to, by comma; empty for all."""
        said = self.params.limit if isinstance(self.params, TaskParams) else None
        if said:
            return said if isinstance(said, str) else ",".join(said)
        return self.limit or ""


class OutputRow(Shape):
    """One line of `…/output`. It has no number of its own: `id` is 0 on every row, or missing."""

    time: datetime
    output: str = ""


class Stage(Shape):
    """One of `…/stages` (2.15 and newer)."""

    id: int
    type: str = ""
    start: datetime | None = None
    end: datetime | None = None


class HostResult(Shape):
    """One of `…/ansible/hosts` (2.15 and newer): what PLAY RECAP says, once it was printed."""

    host: str
    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failed: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0


class TaskError(Shape):
    """One of `…/ansible/errors` (2.15 and newer)."""

    host: str = ""
    task: str = ""
    error: str = ""


class Frame(Shape):
    """What the socket tells: a line (`log`), or that a task stands otherwise (`update`).

    Frames of every task of every project one belongs to come, and of other types too.
    """

    type: str = ""
    project_id: int = 0
    task_id: int = 0
    time: datetime | None = None
    output: str = ""
    status: str = ""
    template_id: int = 0
    start: datetime | None = None
    end: datetime | None = None
    version: str | None = None


def frame(text: str | bytes) -> Frame | None:
    """Read a frame; None for what is none, or of a type that is not known."""
    try:
        read = _FRAME.decode(text)
    except msgspec.DecodeError:
        return None
    if read.type == "log" and read.time is None:
        return None
    return read if read.type in ("log", "update") else None


_FRAME = msgspec.json.Decoder(Frame, strict=False)


class StartTask(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`POST /project/P/tasks`. What two ages of the server want in two places is said in both.

    `environment` and `secret` are JSON objects written into texts, `arguments` a list in the same
    way. `debug`, `dry_run` and `diff` count up to 2.10 only, `params` from 2.11 on; what neither
    knows is ignored silently, so whoever needs one looks at what comes back.
    """

    project_id: int
    template_id: int
    message: str = ""
    environment: str = ""
    secret: str = ""
    arguments: str | None = None
    git_branch: str | None = None
    limit: str = ""
    debug: bool = False
    dry_run: bool = False
    diff: bool = False
    params: dict[str, bool | list[str]] | None = None
    inventory_id: int | None = None
    build_task_id: int | None = None
