"""A launch: what is really executed, made of a template and the answers to its questions.

Secret answers travel in the environment only. A command line is readable by everybody on the
machine, and it is recorded with the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from skyforge_tui.domain import tool_actions
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField, Template, TemplateKind

PLAIN_PREFIX = "SKYFORGE_VAR_"
"""A command finds its plain answers in its environment under this prefix and the field's name."""
SECRET_PREFIX = "SKYFORGE_SECRET_"
"""The same for secret answers, of commands and playbooks."""

LONGEST_ARGUMENT = 128 * 1024 - 1
"""Bytes: no argument may be longer on Linux, where a page is 4 KiB."""

_PIECE = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_-]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Launch:
    """What is executed: argument vector, additions to the environment, and the secret ones."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_environment: Mapping[str, str] = field(default_factory=dict)
    terminal: bool = False
    """Whether standard input is the run's terminal, so that it may ask questions."""
    artifacts: tuple[str, ...] = ()
    """Globs, relative to the working directory, of what the run leaves behind."""


def placeholders(argument: str) -> tuple[str, ...]:
    """Return the names of the fields that `argument` of a declared command asks for, in order.

    Raises:
        Invalid: a brace is neither doubled nor part of a `{name}`.
    """
    return tuple(name for _, name in _pieces(argument) if name)


def environment_names(prefix: str, names: Iterator[str] | list[str]) -> dict[str, str]:
    """Return the environment variable for each field name; no two names share one."""
    taken: dict[str, str] = {}
    for name in names:
        wanted = prefix + re.sub(r"[^A-Z0-9_]", "_", name.upper())
        free, number = wanted, 1
        while free in taken.values():
            number += 1
            free = f"{wanted}_{number}"
        taken[name] = free
    return taken


def build(template: Template, plain: Mapping[str, str], secret: Mapping[str, str]) -> Launch:
    """Return what to execute for `template` with these checked answers.

    Raises:
        Invalid: the command asks for an answer that is not among the plain ones, answers do not
            go together, or an argument becomes longer than a process may be given.
    """
    match template.kind:
        case TemplateKind.PLAYBOOK:
            launch = _playbook(template, plain, secret)
        case TemplateKind.NETLAB:
            launch = _called(template, tool_actions.netlab(template.command, plain))
        case TemplateKind.CONTAINERLAB:
            launch = _called(template, tool_actions.containerlab(template.command, plain))
        case TemplateKind.TERRAFORM:
            launch = _called(template, tool_actions.terraform(template.command, plain))
        case TemplateKind.MAKE:
            launch = _called(template, tool_actions.Call(template.command))
        case TemplateKind.COMMAND | TemplateKind.UNKNOWN:
            launch = _command(template, plain, secret)
    for argument in launch.command:
        if len(argument.encode("utf-8", "surrogateescape")) > LONGEST_ARGUMENT:
            raise Invalid(
                f"the answers make an argument of more than {LONGEST_ARGUMENT:,} bytes",
                operation="run.start",
                advice="shorten the answers, or pass a file name instead",
            )
    return launch


def _called(template: Template, call: tool_actions.Call) -> Launch:
    return Launch(
        call.command,
        dict(template.environment),
        terminal=template.terminal or call.terminal,
        artifacts=(*template.artifacts, *call.artifacts),
    )


def _playbook(template: Template, plain: Mapping[str, str], secret: Mapping[str, str]) -> Launch:
    """Add the answers as options and as one object of extra variables."""
    fields = {one.name: one for one in template.survey}
    names = environment_names(SECRET_PREFIX, list(secret))
    options: list[str] = []
    variables: dict[str, object] = {}
    for name, value in plain.items():
        asked = fields.get(name, SurveyField(name))
        if not asked.option:
            variables[name] = _extra_variable(value, asked.kind)
        elif asked.kind is FieldKind.BOOL:
            options += [asked.option] if value == "true" else []
        elif value:
            # In one word: a value that begins with a dash is a value all the same.
            options.append(f"{asked.option}={value}")
    for name, variable in names.items():
        variables[name] = "{{ lookup('ansible.builtin.env', '" + variable + "') }}"
    extra = ("-e", json.dumps(variables)) if variables else ()
    # Options first: the playbook is the last word of a playbook template's command.
    command = (*template.command[:-1], *options, *extra, *template.command[-1:])
    return Launch(
        command,
        dict(template.environment),
        {names[name]: value for name, value in secret.items()},
        template.terminal,
        template.artifacts,
    )


def _extra_variable(value: str, kind: FieldKind) -> object:
    """Return the JSON value that Ansible takes literally, whatever braces and quotes it holds."""
    if kind is FieldKind.BOOL and value:
        return value == "true"
    if kind is FieldKind.INT and value:
        return int(value)
    return {"__ansible_unsafe": value}


def _command(template: Template, plain: Mapping[str, str], secret: Mapping[str, str]) -> Launch:
    """Put the answers in place of the placeholders, and into the environment."""

    def filled(argument: str) -> str:
        parts = []
        for literal, name in _pieces(argument):
            if name in secret:
                raise Invalid(f"{name} is secret: it cannot stand on a command line")
            if name and name not in plain:
                raise Invalid(f"the command of {template.name} asks for {{{name}}}, unanswered")
            parts.append(plain[name] if name else literal)
        return "".join(parts)

    plain_names = environment_names(PLAIN_PREFIX, list(plain))
    secret_names = environment_names(SECRET_PREFIX, list(secret))
    return Launch(
        tuple(filled(argument) for argument in template.command),
        dict(template.environment) | {plain_names[name]: value for name, value in plain.items()},
        {secret_names[name]: value for name, value in secret.items()},
        template.terminal,
        template.artifacts,
    )


def _pieces(argument: str) -> Iterator[tuple[str, str]]:
    """Yield (literal, "") and ("", field name), in order."""
    end = 0
    for match in _PIECE.finditer(argument):
        if match.start() > end:
            yield argument[end : match.start()], ""
        end = match.end()
        if match[1]:
            yield "", match[1]
        elif match[0] in ("{{", "}}"):
            yield match[0][0], ""
        else:
            raise Invalid(
                f"a lone {match[0]} in {argument!r}",
                advice=f"write {match[0] * 2} for the character itself, {{name}} for an answer",
            )
    if end < len(argument):
        yield argument[end:], ""
