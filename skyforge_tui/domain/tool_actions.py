"""What lab and infrastructure tools are asked: their actions, and the command line of each.

An answer that means nothing to the chosen action is refused. Leaving it out in silence would start
something other than what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField

COLLECTED = "configs"
"""Where netlab puts collected device configurations, relative to the topology's folder."""
GRAPH = "graph.dot"
_REPORT_FILES = (".html", ".md")
"""Formats for a reader of files; other reports are text, and read well in the run's output."""
_REPORT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a tool: argument vector, whether it may ask, and what it leaves behind."""

    command: tuple[str, ...]
    terminal: bool = False
    artifacts: tuple[str, ...] = ()


def _action(*choices: str, description: str) -> SurveyField:
    return SurveyField("action", FieldKind.ENUM, choices[0], True, choices, description)


def _yes_or_no(name: str, description: str) -> SurveyField:
    return SurveyField(name, FieldKind.BOOL, "false", description=description)


NETLAB_SURVEY = (
    _action(
        "up", "down", "create", "restart", "validate", "collect", "report", "graph", "status",
        description="what netlab does with this topology",
    ),
    _yes_or_no("cleanup", "after down: remove the files that netlab made"),
    SurveyField(
        "report", description="for report: its name, such as wiring, addressing or bgp.html"
    ),
)  # fmt: skip
CONTAINERLAB_SURVEY = (
    _action(
        "deploy", "destroy", "redeploy", "inspect", "save", "graph",
        description="what containerlab does with this topology",
    ),
    _yes_or_no("reconfigure", "with deploy: forget what the nodes were configured to"),
    _yes_or_no("cleanup", "with destroy or redeploy: remove the lab's folder"),
)  # fmt: skip
TERRAFORM_SURVEY = (
    SurveyField(
        "action", FieldKind.ENUM, "plan", True, ("init", "plan", "apply", "destroy"),
        "what is done with this configuration",
    ),
    _yes_or_no("auto_approve", "with apply or destroy: do not ask before changing anything"),
)  # fmt: skip


_NETLAB_ASKS = ("down", "restart")
"""Like `up` they may ask before they go on (an external provider, a lab of another folder, sudo):
with a terminal the question is seen and answered, without one netlab dies of it."""


def netlab(command: Sequence[str], answers: Mapping[str, str]) -> Call:
    """Return the call of netlab for a template's command, which ends with the topology's name.

    Raises:
        Invalid: the answers do not go together, or the report's name is none.
    """
    program, topology, action = command[0], command[-1], answers["action"]
    cleanup = _flag(answers, "cleanup", "--cleanup", action, ("down",))
    report = answers.get("report", "")
    if report and action != "report":
        raise _does_not_go("report", ("report",), action)
    match action:
        case "up":
            return Call((program, action, topology), terminal=True)
        case "create":
            return Call((program, action, topology))
        case "collect":
            return Call((program, action, "-o", COLLECTED), artifacts=(f"{COLLECTED}/*",))
        case "graph":
            return Call((program, action, "--topology", topology, GRAPH), artifacts=(GRAPH,))
        case "report":
            name = _report_name(report)
            files = (name,) if PurePosixPath(name).suffix in _REPORT_FILES else ()
            return Call((program, action, "--topology", topology, name, *files), artifacts=files)
        case _:  # what else there is to do concerns the lab of the folder
            return Call((program, action, *cleanup), terminal=action in _NETLAB_ASKS)


def containerlab(command: Sequence[str], answers: Mapping[str, str]) -> Call:
    """Return the call of containerlab for a template's command, which ends with the topology.

    Raises:
        Invalid: the answers do not go together.
    """
    program, topology, action = command[0], command[-1], answers["action"]
    options = (
        *_flag(answers, "reconfigure", "--reconfigure", action, ("deploy",)),
        *_flag(answers, "cleanup", "--cleanup", action, ("destroy", "redeploy")),
    )
    artifacts: tuple[str, ...] = ()
    if action == "graph":
        # Without a format it would serve a page to everybody until it is stopped.
        options, artifacts = ("--dot",), ("clab-*/graph/*",)
    elif action in ("deploy", "redeploy"):
        artifacts = ("clab-*/topology-data.json", "clab-*/ansible-inventory.yml")
    return Call((program, action, "-t", topology, *options), artifacts=artifacts)


def terraform(command: Sequence[str], answers: Mapping[str, str]) -> Call:
    """Return the call of Terraform or OpenTofu; what was not approved beforehand is asked.

    Raises:
        Invalid: the answers do not go together.
    """
    program, action = command[0], answers["action"]
    changing = ("apply", "destroy")
    approved = _flag(answers, "auto_approve", "-auto-approve", action, changing)
    if action in changing and not approved:
        return Call((program, action), terminal=True)
    return Call((program, action, "-input=false", *approved))


def _flag(
    answers: Mapping[str, str], name: str, option: str, action: str, actions: tuple[str, ...]
) -> tuple[str, ...]:
    if answers.get(name) != "true":
        return ()
    if action not in actions:
        raise _does_not_go(name, actions, action)
    return (option,)


def _does_not_go(name: str, actions: tuple[str, ...], action: str) -> Invalid:
    return Invalid(
        f"{name} goes with {' or '.join(actions)}, not with {action}",
        operation="run.start",
        advice=f"leave {name} out, or choose another action",
    )


def _report_name(report: str) -> str:
    if not report:
        raise Invalid(
            "the action report takes the name of a report", operation="run.start",
            advice="fill in report (-v report=wiring); netlab show reports lists them",
        )  # fmt: skip
    if not _REPORT.fullmatch(report):
        raise Invalid(
            f"{report!r} is no name of a report", operation="run.start",
            advice="letters, digits, dots, dashes and underscores only",
        )  # fmt: skip
    return report
