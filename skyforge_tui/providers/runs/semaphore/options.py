"""What a Semaphore template asks: its survey, and what it lets one change about a launch.

Both become questions with names; both ways back, from answers to a request and from a task to
answers, start from the same list. Source: Semaphore UI 2.8 to 2.18, templates and tasks.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.integrations.semaphore.task_wire import Task, TaskParams
from skyforge_tui.integrations.semaphore.wire import SurveyVar, Template, TemplateParams

LIMIT: Final = "limit"
DRY_RUN: Final = "dry_run"
_TERRAFORM = frozenset({"terraform", "tofu", "terragrunt"})
_KINDS = {"": FieldKind.STRING, "int": FieldKind.INT, "enum": FieldKind.ENUM,
          "secret": FieldKind.SECRET}  # fmt: skip


def survey_of(template: Template) -> tuple[SurveyField, ...]:
    """Return everything one may be asked before a launch, the template's own questions first."""
    own = tuple(_question(one) for one in template.survey_vars or ())
    return (*own, *_options(template, {one.name for one in own}))


def _question(asked: SurveyVar) -> SurveyField:
    choices = tuple(one.value for one in asked.values or ())
    kind = _KINDS.get(asked.type, FieldKind.STRING)
    if kind is FieldKind.ENUM and not choices:
        kind = FieldKind.STRING
    words = [asked.title or "", asked.description or ""]
    named = [f"{one.value} is {one.name}" for one in asked.values or () if one.name != one.value]
    said = [one for one in words if one and one != asked.name]
    default = "" if kind is FieldKind.SECRET else asked.default_value or ""
    return SurveyField(
        asked.name, kind, default, asked.required, choices if kind is FieldKind.ENUM else (),
        ": ".join(said) + (f" ({', '.join(named)})" if named else ""),
    )  # fmt: skip


def _options(template: Template, taken: Collection[str]) -> tuple[SurveyField, ...]:
    """Return what may be changed about a launch, under names the survey leaves free."""
    params = template.task_params
    may = params if isinstance(params, TemplateParams) else TemplateParams()
    is_old = isinstance(params, msgspec.UnsetType)
    fields: list[SurveyField] = []

    def free(name: str) -> str:
        while name in taken:
            name = f"task_{name}"
        return name

    def text(option: str, about: str) -> None:
        fields.append(SurveyField(free(option), description=about, option=option))

    def flag(option: str, about: str) -> None:
        name = free(option)
        fields.append(SurveyField(name, FieldKind.BOOL, "false", description=about, option=option))

    if template.app in _TERRAFORM:
        if not is_old:
            flag("plan", "plan only, change nothing")
        if may.allow_destroy:
            flag("destroy", "destroy instead of apply")
        if may.allow_auto_approve:
            flag("auto_approve", "do not wait for confirmation")
    elif template.app in ("", "ansible"):
        if is_old or may.allow_override_limit:
            text(LIMIT, "only these hosts and groups")
        if may.allow_override_tags:
            text("tags", "only tasks with these tags")
        if may.allow_override_skip_tags:
            text("skip_tags", "no tasks with these tags")
        flag(DRY_RUN, "change nothing, say what would change")
        flag("diff", "show what changes in files")
    if template.allow_override_branch_in_task:
        text("git_branch", "another branch than the template's")
    if template.allow_override_args_in_task:
        text("arguments", "more arguments, as on a command line")
    if template.type == "deploy":
        fields.append(
            SurveyField(
                free("build_task_id"), FieldKind.INT, option="build_task_id",
                description="the run that built what is deployed; empty for the newest",
            )
        )  # fmt: skip
    return tuple(fields)


def split(
    template: Template, plain: Mapping[str, str], secret: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str], dict[str, str]]:
    """Return (extra variables, secret ones, options by the server's name).

    Empty answers are left out, so that what the playbook itself sets stands.

    Raises:
        Invalid: there is an answer to a question that the template does not ask (any more).
    """
    fields = {one.name: one for one in survey_of(template)}
    variables: dict[str, object] = {}
    options: dict[str, str] = {}
    for name, value in plain.items():
        field = fields.get(name)
        if field is None:
            raise Invalid(
                f"{template.name} asks no question named {name!r} any more",
                operation="run.start", advice="R reads its questions anew",
            )  # fmt: skip
        if value == "":
            continue
        if field.option:
            options[field.option] = value
        else:
            variables[name] = int(value) if field.kind is FieldKind.INT else value
    return variables, {name: value for name, value in secret.items() if value}, options


def answers_of(task: Task) -> dict[str, str]:
    """Return what a task was asked for, as answers to its template's questions."""
    answers = {name: _as_text(value) for name, value in _object(task.environment).items()}
    options: dict[str, str] = {}
    if task.limits:
        options[LIMIT] = task.limits
    if task.is_dry_run:
        options[DRY_RUN] = "true"
    params = task.params
    if isinstance(params, TaskParams):
        for name in ("diff", "plan", "destroy", "auto_approve"):
            if getattr(params, name):
                options[name] = "true"
        for name, words in (("tags", params.tags), ("skip_tags", params.skip_tags)):
            if words:
                options[name] = ",".join(words)
    if task.diff is True:
        options["diff"] = "true"
    if task.git_branch:
        options["git_branch"] = task.git_branch
    if task.build_task_id:
        options["build_task_id"] = str(task.build_task_id)
    if more := _list(task.arguments):
        options["arguments"] = shlex.join(more)
    for name, value in options.items():
        answers[f"task_{name}" if name in answers else name] = value
    return answers


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _object(text: str | None) -> dict[str, object]:
    """Read a JSON object that was written into a text; what is none is empty."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _list(text: str | None) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [str(one) for one in found] if isinstance(found, list) else []
